#include "actors/key_ring.hpp"

#include "clients/kie.hpp"

namespace neurocards {

std::vector<store::kie_account> kie_accounts(const std::vector<std::vector<secret>>& accounts) {
  std::vector<store::kie_account> result;
  for (const auto& keys : accounts) {
    auto& account = result.emplace_back();
    for (const auto& key : keys)
      account.keys.push_back(kie::fingerprint(key));
    account.name = account.keys.front().value;
  }
  return result;
}

key_ring::key_ring(key_ring_actor::pointer self, const std::vector<std::vector<secret>>& accounts,
                   int query_budget)
  : self_(self), spacing_(caf::timespan{std::chrono::seconds{1}} / query_budget) {
  for (const auto& account : accounts) {
    for (const auto& value : account) {
      const auto print = kie::fingerprint(value);
      keys_.emplace(print, key{value, {}});
      order_.push_back(print);
    }
  }
}

key_ring_actor::behavior_type key_ring::make_behavior() {
  return {
    [this](const find_key& what) { return find(what.key); },
    [this](const query_slot& what) { return reserve(what.key); },
  };
}

found_key key_ring::find(const key_fingerprint& print) {
  if (print.value.empty() && !order_.empty()) {
    turn_ = (turn_ + 1) % order_.size();
    return {keys_.at(order_[turn_]).value};
  }
  const auto found = keys_.find(print);
  return found == keys_.end() ? found_key{} : found_key{found->second.value};
}

query_turn key_ring::reserve(const key_fingerprint& print) {
  const auto found = keys_.find(print);
  if (found == keys_.end())
    return {};
  const auto now = self_->clock().now();
  const auto start = std::max(now, found->second.free_at);
  found->second.free_at = start + spacing_;
  return {start - now, found->second.value};
}

} // namespace neurocards
