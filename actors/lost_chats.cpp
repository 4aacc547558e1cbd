#include "actors/lost_chats.hpp"

namespace neurocards {

bool lost_chats::hold_back(chat_id chat, telegram::incoming& update) {
  if (all_since_)
    lost_.try_emplace(chat, lost_chat{*all_since_, {}});
  const auto found = lost_.find(chat);
  if (found == lost_.end())
    return false;
  found->second.held.push_back(std::move(update));
  ++held_;
  return true;
}

bool lost_chats::waits_for_another_replay(chat_id chat) const {
  const auto found = lost_.find(chat);
  return found != lost_.end() && found->second.replay >= replay_;
}

std::vector<telegram::incoming> lost_chats::end_replay() {
  if (all_since_ && *all_since_ < replay_)
    all_since_.reset();
  std::vector<telegram::incoming> released;
  for (auto it = lost_.begin(); it != lost_.end();) {
    if (it->second.replay >= replay_) {
      ++it;
      continue;
    }
    for (auto& update : it->second.held)
      released.push_back(std::move(update));
    it = lost_.erase(it);
  }
  held_ -= released.size();
  return released;
}

void lost_chats::forget() {
  lost_.clear();
  held_ = 0;
  all_since_.reset();
}

} // namespace neurocards
