#include "actors/chat_queues.hpp"

namespace neurocards {

std::vector<chat_id> chat_queues::add(std::vector<store::notification> page) {
  std::vector<chat_id> fresh;
  for (auto& x : page) {
    const auto chat = x.chat;
    auto& its = chats_[chat];
    const bool first = !its.taken && its.waiting.empty();
    if (first)
      fresh.push_back(chat);
    its.more = its.more || !first; // a page holds only some of a long queue
    its.waiting.push_back(std::move(x));
    ++held_;
  }
  return fresh;
}

std::optional<store::notification> chat_queues::take(chat_id chat) {
  auto& its = chats_.at(chat);
  if (its.waiting.empty())
    return std::nullopt;
  auto result = std::move(its.waiting.front());
  its.waiting.pop_front();
  its.taken = true;
  return result;
}

void chat_queues::finish(chat_id chat) {
  chats_.at(chat).taken = false;
  --held_;
}

void chat_queues::drop_waiting(chat_id chat) {
  auto& its = chats_.at(chat);
  held_ -= its.waiting.size();
  its.waiting.clear();
}

bool chat_queues::forget(chat_id chat) {
  const auto& its = chats_.at(chat);
  held_ -= its.waiting.size() + (its.taken ? 1 : 0);
  const bool more = its.more;
  chats_.erase(chat);
  return more;
}

std::vector<chat_id> chat_queues::skip_in_next_read() {
  std::vector<chat_id> result;
  result.reserve(chats_.size());
  for (auto& [chat, its] : chats_) {
    result.push_back(chat);
    its.more = true;
  }
  return result;
}

} // namespace neurocards
