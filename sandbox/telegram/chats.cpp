#include "sandbox/telegram/chats.hpp"

#include "sandbox/clock.hpp"

#include <nlohmann/json.hpp>

namespace neurocards::sandbox::telegram {

message& chats::add(nlohmann::json body, const nlohmann::json& chat, bool from_bot) {
  message m;
  m.id = ++last_id_;
  m.chat = chat.at("id").get<int64_t>();
  m.from_bot = from_bot;
  body["message_id"] = m.id;
  body["date"] = real_now() / 1000;
  body["chat"] = chat;
  m.json = body.dump();
  return all_[m.chat][m.id] = std::move(m);
}

message* chats::find(int64_t chat, int64_t id) {
  const auto in = all_.find(chat);
  if (in == all_.end())
    return nullptr;
  const auto found = in->second.find(id);
  return found == in->second.end() || found->second.deleted ? nullptr : &found->second;
}

void chats::edit(message& m, const nlohmann::json& body) {
  auto changed = body;
  changed["edit_date"] = real_now() / 1000;
  m.earlier.push_back(std::exchange(m.json, changed.dump()));
}

const std::map<int64_t, message>& chats::of(int64_t chat) const {
  static const std::map<int64_t, message> none;
  const auto in = all_.find(chat);
  return in == all_.end() ? none : in->second;
}

} // namespace neurocards::sandbox::telegram
