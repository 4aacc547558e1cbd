#pragma once

#include "protocol/ids.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <unordered_map>
#include <unordered_set>

namespace neurocards {

/// Whose turn it is to be sent to. Chats stand in one line, the one that may be served longest goes
/// first, each at most once; a chat that cools down delays nobody behind it.
///
/// Overall: never more than `rate` sends in any second that slides over them, evenly spaced as far
/// as the caller is punctual, and on average 0.6 % below `rate`: the reserve from which late timers
/// are made up for. Per chat: one send in flight, the next at the earliest
/// 1/`per_chat_rate` after the answer, so that the spacing also holds where the messages arrive.
class send_pace {
public:
  using time_point = std::chrono::steady_clock::time_point;
  using duration = std::chrono::nanoseconds;

  /// Both in sends per second.
  send_pace(double rate, double per_chat_rate);

  /// From now on; what was sent counts on.
  void set_rates(double rate, double per_chat_rate);

  /// Somebody else may have sent until `now`, to anybody: his sends count as if they were ours.
  void begin(time_point now);

  /// `chat` has something to send. Does nothing when it stands in line already.
  void add(chat_id chat, time_point now);

  /// Takes the chat whose turn it is out of the line and counts a send; nullopt: not before `next`.
  std::optional<chat_id> take(time_point now);

  /// The earliest time at which `take` succeeds; nullopt: nobody stands in line.
  std::optional<time_point> next() const;

  /// Nobody who could be served now stands in line, and nobody is kept from being served.
  bool idle(time_point now) const;

  /// What was sent to `chat` has been answered.
  void answered(chat_id chat, time_point now);

  /// Telegram refused a send to `chat` because of too many and named `wait`. True when several
  /// chats heard that within seconds: then the bot as a whole is too fast, and all wait for `wait`.
  bool flooded(chat_id chat, time_point now, duration wait);

  /// Nobody is served before `until`.
  void hold_all(time_point until);

  /// Empties the line. What was sent still counts.
  void clear();

private:
  struct turn {
    time_point from;
    uint64_t order; // first come, first served
    chat_id chat;
    friend auto operator<=>(const turn&, const turn&) = default;
  };
  struct flood {
    time_point when;
    chat_id chat;
  };

  time_point paused_until() const;
  time_point opens() const;
  void cool_down(chat_id chat, time_point until, time_point now);

  duration spacing_{};
  duration chat_spacing_{};
  size_t window_sends_ = 1; // at most so many …
  duration window_{};       // … within this time
  std::set<turn> line_;
  std::unordered_set<chat_id> in_line_;
  std::unordered_map<chat_id, time_point> cooling_; // until when
  size_t sweep_size_;
  std::deque<time_point> recent_; // the last `window_sends_` sends
  std::deque<flood> floods_;
  time_point slot_;                      // when the next send is due in an even flow
  time_point pause_;                     // of all
  time_point began_ = time_point::min(); // until then others may have sent
  uint64_t last_order_ = 0;
};

/// How long a notification waits after its `tries`-th failure (from 0): 1 s doubling up to 10 min,
/// and up to a tenth more or less. `random` in [0, 1).
std::chrono::milliseconds notification_backoff(int tries, double random);

} // namespace neurocards
