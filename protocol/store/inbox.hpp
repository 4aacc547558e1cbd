#pragma once

#include "protocol/ids.hpp"
#include "protocol/store/request.hpp"

#include <string>
#include <vector>

/// Updates as Telegram sent them.
namespace neurocards::store {

struct inbox_update {
  update_id id;
  chat_id chat;     // 0: of no chat (pre-checkout query and the like)
  std::string kind; // "message", "callback_query", …
  std::string body; // the update as Telegram sent it (JSON)
};

/// Stores updates; those already known are ignored. `receiver` names one life of the gateway that
/// has them in hand: when it ends, others bring them.
struct put_updates {
  std::vector<inbox_update> updates;
  uuid receiver{};
  using answer = struct update_ids;
  static constexpr request_traits traits{.name = "put_updates", .through = way::inbox};
};
struct update_ids {
  std::vector<update_id> fresh; // not seen before
};

/// Unhandled updates for replay after a crash, in order per chat.
struct pending_updates {
  enum class choice : uint8_t {
    all,
    left_behind, // only those whose receiver is gone
  };
  int limit = 1000;
  choice which = choice::all;
  using answer = struct inbox_page;
  static constexpr request_traits traits{.name = "pending_updates", .batch_limit = 1};
};
struct inbox_page {
  std::vector<inbox_update> updates;
};

} // namespace neurocards::store
