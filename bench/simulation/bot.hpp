#pragma once

#include "bench/simulation/agenda.hpp"
#include "domain/send_pace.hpp"

#include <deque>
#include <unordered_map>

namespace neurocards::simulation {

enum class message_kind : uint8_t {
  reply,
  accepted, // an order
  progress, // its progress message, and
  refresh,  // an edit of it
  started,
  video,
  news_of_failure,
};

struct message {
  message_kind kind{};
  uint32_t subject = 0; // an order, or a job
  int64_t chat = 0;
  uint32_t bot = 0;
  time_point committed;
};

/// The outbox of one bot with the product's own pacing: in the order of each chat, one at a time.
class bot {
public:
  bot(double rate, double per_chat_rate) : pace_(rate, per_chat_rate) {}

  void add(uint32_t message, int64_t chat, time_point now);

  /// The message whose turn it is; nullopt: not before `next`.
  std::optional<uint32_t> take(time_point now);

  std::optional<time_point> next() const { return pace_.next(); }

  /// What was taken of this chat has been answered.
  void answered(int64_t chat, time_point now);

  /// Nothing of the chat waits or is on its way.
  bool is_quiet(int64_t chat) const { return !waiting_.contains(chat); }

  time_point wakes{}; // when it is going to be asked next

private:
  send_pace pace_;
  std::unordered_map<int64_t, std::deque<uint32_t>>
    waiting_; // by chat; the first may be on its way
};

} // namespace neurocards::simulation
