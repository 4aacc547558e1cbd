#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Whether Telegram still brings updates the way this installation expects. Anybody with the bot's
/// token can change that from outside.
namespace neurocards::webhook {

/// What getWebhookInfo tells.
struct facts {
  std::string url; // empty: none is set
  int64_t pending = 0;
  int64_t last_error_at = 0; // Unix seconds; 0: never
  std::string last_error;
  std::string ip_address;
  std::vector<std::string>
    kinds; // allowed_updates; empty: Telegram's default, which has all of ours
};

struct wanted {
  std::string url; // empty: updates are fetched, no webhook may be set
  std::span<const std::string_view> kinds;
};

enum class fault : uint8_t {
  none,
  removed,  // ours is not set
  replaced, // another is set in its place
  kinds,    // ours, for fewer kinds of update than we need
  unwanted, // one is set, and we fetch
  failing,  // ours, and Telegram cannot deliver
};

/// "removed", …: for logs and metrics.
std::string to_string(fault);

struct verdict {
  webhook::fault fault = webhook::fault::none;
  std::string words; // for operators; never more of a foreign address than its host

  /// Setting the webhook (or deleting it) again mends it.
  bool mendable() const {
    return fault != webhook::fault::none && fault != webhook::fault::failing;
  }
};

/// `now` in Unix seconds.
verdict check(const facts&, const wanted&, int64_t now);

} // namespace neurocards::webhook
