#pragma once

#include "sandbox/limiter.hpp"
#include "sandbox/telegram/chats.hpp"
#include "sandbox/telegram/files.hpp"
#include "sandbox/telegram/people.hpp"
#include "sandbox/telegram/updates.hpp"

namespace neurocards::sandbox::telegram {

/// A button press that waits for answerCallbackQuery.
struct button_press {
  int64_t user = 0;
  int64_t expires_at = 0; // time of the scaled clock
  bool answered = false;
};

/// A purchase between pre_checkout_query and its end.
struct checkout {
  int64_t user = 0;
  int64_t chat = 0;
  std::string currency{};
  int64_t amount = 0;
  std::string payload{};
  int64_t expires_at = 0;                              // time of the scaled clock
  std::function<void(const nlohmann::json&)> on_end{}; // tells who pays how it ended
};

struct star_transaction {
  std::string id; // the charge; a refund repeats it
  int64_t amount = 0;
  int64_t date = 0;
  int64_t user = 0;
  bool refund = false;
  std::string payload{};
};

/// All that Telegram knows about the bot and its users.
struct bot {
  explicit bot(world& x) : w(x), stored(x.blobs, x.clock), updates(x) {}

  world& w;
  people users;
  chats messages;
  files stored;
  update_queue updates;
  std::map<int64_t, button_press> presses;
  std::map<int64_t, checkout> checkouts;
  std::vector<star_transaction> transactions;
  std::string commands = "[]"; // JSON
  int64_t id = 7'000'000'001;
  int64_t last_query = 4611;
  int64_t last_charge = 0;
  int64_t last_album = 0;

  nlohmann::json as_user() const;
  void clear();
};

/// Tells the watchers of `/control/events` that something happened in a chat.
void announce(bot& b, const char* type, const message& m);

} // namespace neurocards::sandbox::telegram
