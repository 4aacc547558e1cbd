#pragma once

#include "protocol/store/outbox.hpp"

#include <deque>
#include <optional>
#include <unordered_map>
#include <vector>

namespace neurocards {

/// The excerpt of the outbox that `notifier` holds: of each chat one notification that is being
/// dealt with and those that wait behind it, in their order. Not an actor.
class chat_queues {
public:
  /// Returns the chats that had none: `take` their first.
  std::vector<chat_id> add(std::vector<store::notification>);

  /// The next notification of a chat, which is being dealt with from now on; nullopt: none waits.
  std::optional<store::notification> take(chat_id);

  /// What was taken last is settled.
  void finish(chat_id);

  /// The database may have more of this chat than is held.
  void expect_more(chat_id chat) { chats_.at(chat).more = true; }

  /// Drops those that wait behind the one that is being dealt with.
  void drop_waiting(chat_id);

  /// Drops all of a chat. True: the database may have more of it.
  bool forget(chat_id);

  /// The chats to be skipped by the next read, of which it might have found more, hence.
  std::vector<chat_id> skip_in_next_read();

  size_t held() const { return held_; } // notifications
  bool empty() const { return chats_.empty(); }

private:
  struct queue {
    std::deque<store::notification> waiting;
    bool taken = false; // one is being dealt with
    bool more = false;  // the database may have others
  };

  std::unordered_map<chat_id, queue> chats_;
  size_t held_ = 0;
};

} // namespace neurocards
