#include "bench/simulation/bot.hpp"

namespace neurocards::simulation {

void bot::add(uint32_t message, int64_t chat, time_point now) {
  auto& queue = waiting_[chat];
  queue.push_back(message);
  if (queue.size() == 1)
    pace_.add(chat_id{chat}, now);
}

std::optional<uint32_t> bot::take(time_point now) {
  const auto chat = pace_.take(now);
  if (!chat)
    return std::nullopt;
  return waiting_.at(chat->value).front();
}

void bot::answered(int64_t chat, time_point now) {
  pace_.answered(chat_id{chat}, now);
  const auto found = waiting_.find(chat);
  found->second.pop_front();
  if (found->second.empty())
    waiting_.erase(found);
  else
    pace_.add(chat_id{chat}, now);
}

} // namespace neurocards::simulation
