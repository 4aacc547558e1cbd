#include "sandbox/telegram/people.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace neurocards::sandbox::telegram {

namespace {

void add_names(const person& x, nlohmann::json& out) {
  out["id"] = x.id;
  out["first_name"] = x.first_name;
  if (!x.last_name.empty())
    out["last_name"] = x.last_name;
  if (!x.username.empty())
    out["username"] = x.username;
}

} // namespace

nlohmann::json person::as_user() const {
  nlohmann::json out{{"is_bot", false}};
  add_names(*this, out);
  if (!language_code.empty())
    out["language_code"] = language_code;
  return out;
}

nlohmann::json person::as_chat() const {
  nlohmann::json out{{"type", "private"}};
  add_names(*this, out);
  return out;
}

person& people::of(int64_t id) {
  auto [place, fresh] = all_.try_emplace(id);
  if (fresh) {
    place->second.id = id;
    place->second.first_name = "User " + std::to_string(id);
  }
  return place->second;
}

person* people::find(int64_t id) {
  const auto found = all_.find(id);
  return found == all_.end() ? nullptr : &found->second;
}

person* people::find_username(const std::string& name) {
  const auto found = std::find_if(all_.begin(), all_.end(),
                                  [&](const auto& p) { return p.second.username == name; });
  return found == all_.end() ? nullptr : &found->second;
}

} // namespace neurocards::sandbox::telegram
