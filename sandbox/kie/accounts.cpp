#include "sandbox/kie/accounts.hpp"

#include <nlohmann/json.hpp>

namespace neurocards::sandbox::kie {

void accounts::declare(const std::string& name, const std::vector<std::string>& keys,
                       double credits) {
  const auto a = std::make_shared<account>(account{name, credits});
  for (const auto& key : keys)
    by_key_[key] = a;
}

account* accounts::of(const std::string& key) {
  const auto found = by_key_.find(key);
  if (found != by_key_.end())
    return found->second.get();
  if (set_.kie_known_keys_only)
    return nullptr;
  declare(key, {key}, set_.kie_credits);
  return by_key_[key].get();
}

bool accounts::may_query(const std::string& key, steady_time now) {
  constexpr milliseconds second{1000};
  return !set_.kie_limits || queries_[key].take(now, static_cast<size_t>(set_.kie_queries), second);
}

nlohmann::json accounts::list() const {
  auto result = nlohmann::json::object();
  for (const auto& [key, a] : by_key_) {
    auto& one = result[a->name];
    one["credits"] = a->credits;
    one["keys"].push_back(key);
  }
  return result;
}

void accounts::clear() {
  by_key_.clear();
  queries_.clear();
}

} // namespace neurocards::sandbox::kie
