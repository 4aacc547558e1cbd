#pragma once

#include "clients/telegram.hpp"
#include "protocol/ids.hpp"

#include <optional>
#include <unordered_map>
#include <vector>

namespace neurocards {

/// Chats for which something older may come than what is known: what comes for them is held back
/// until a replay of the inbox that began later has ended. A chat that is lost during a replay is
/// complete only after the next one. Part of `update_router`.
class lost_chats {
public:
  /// Loses every chat for which something comes, until a replay that begins from now on has ended.
  void lose_all() { all_since_ = replay_; }
  void lose(chat_id chat) { lost_[chat].replay = replay_; }
  bool contains(chat_id chat) const { return lost_.contains(chat); }
  bool any() const { return !lost_.empty(); }

  /// Keeps an update for later. False: its chat is not lost, and it is untouched.
  [[nodiscard]] bool hold_back(chat_id, telegram::incoming&);
  size_t held_back() const { return held_; }

  void begin_replay() { ++replay_; }

  /// Whether a replay that runs may have passed over something older of this chat.
  bool waits_for_another_replay(chat_id) const;

  /// What was held back for chats that are complete now.
  [[nodiscard]] std::vector<telegram::incoming> end_replay();

  void forget();

private:
  struct lost_chat {
    int replay = 0; // the one running or last run when it was lost
    std::vector<telegram::incoming> held;
  };

  std::unordered_map<chat_id, lost_chat> lost_;
  std::optional<int> all_since_; // the replay running or last run when all were lost
  size_t held_ = 0;
  int replay_ = 0; // counts them
};

} // namespace neurocards
