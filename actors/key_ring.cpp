#include "actors/key_ring.hpp"

#include "actors/lazy_timer.hpp"
#include "base/log.hpp"
#include "clients/provider.hpp"
#include "domain/poll_times.hpp"

namespace neurocards {

using std::chrono::milliseconds;

std::vector<store::account> named_accounts(const std::vector<std::vector<secret>>& accounts,
                                           const std::string& of_provider) {
  std::vector<store::account> result;
  for (const auto& keys : accounts) {
    auto& account = result.emplace_back();
    account.provider = of_provider;
    for (const auto& key : keys)
      account.keys.push_back(provider::fingerprint(key));
    account.name = account.keys.front().value;
  }
  return result;
}

key_ring::key_ring(key_ring_actor::pointer self, const key_ring_config& config,
                   key_store_actor store)
  : self_(self), store_(std::move(store)), query_budget_(config.query_budget), lease_(config.lease),
    interval_(config.interval) {
  for (size_t i = 0; i < config.accounts.size(); ++i) {
    for (const auto& value : config.accounts[i]) {
      const auto print = provider::fingerprint(value);
      keys_.emplace(print, key{value, i, {}, {}});
      order_.push_back(print);
    }
  }
}

key_ring_actor::behavior_type key_ring::make_behavior() {
  read();
  return {
    [this](const find_key& request) { return find(request.key); },
    [this](const choose_key& wanted) { return choose(wanted.outside_of); },
    [this](const query_slot& slot) { return reserve(slot); },
    [this](const store::cool_down_key& cooldown) { cool_down(cooldown); },
  };
}

/// At the same moments as the rings of other providers: the database answers all of them at once.
void key_ring::schedule_read() {
  run_about_after(self_, interval_, [this] { read(); });
}

void key_ring::read() {
  const auto lease = std::chrono::duration_cast<milliseconds>(lease_);
  self_->request(store_, caf::infinite, store::read_keys{lease})
    .then(
      [this, before = cooldowns_](const store::key_view& got) {
        on_view(got, before == cooldowns_);
        schedule_read();
      },
      [this](const caf::error& err) {
        log::debug("key_ring.not_looked", "error", err); // what it knew last has to do
        schedule_read();
      });
}

/// A view from before our own last cooldown would end it: the next one tells more.
void key_ring::on_view(const store::key_view& got, bool newer_than_ours) {
  workers_ = std::max(got.workers, 1);
  if (!newer_than_ours)
    return;
  const auto now = self_->clock().now();
  for (auto& [print, state] : keys_)
    state.cooldown_until = {};
  for (const auto& x : got.cooling)
    if (const auto found = keys_.find(x.key); found != keys_.end())
      found->second.cooldown_until = now + x.left;
}

found_key key_ring::find(const key_fingerprint& print) const {
  const auto found = keys_.find(print);
  return found == keys_.end() ? found_key{} : found_key{found->second.value, print, {}};
}

found_key key_ring::choose(const key_fingerprint& outside_of) {
  const auto now = self_->clock().now();
  const auto not_of = keys_.find(outside_of);
  std::optional<time_point> soonest;
  for (size_t tried = 0; tried < order_.size(); ++tried) {
    turn_ = (turn_ + 1) % order_.size();
    const auto& candidate = keys_.at(order_[turn_]);
    if (not_of != keys_.end() && not_of->second.account == candidate.account)
      continue;
    if (candidate.cooldown_until <= now)
      return {candidate.value, order_[turn_], {}};
    soonest = std::min(soonest.value_or(candidate.cooldown_until), candidate.cooldown_until);
  }
  found_key none;
  if (soonest)
    none.wait = std::chrono::ceil<milliseconds>(*soonest - now);
  return none;
}

query_turn key_ring::reserve(const query_slot& slot) {
  if (order_.empty())
    return {};
  auto found = keys_.find(slot.key);
  const bool gone = found == keys_.end();
  if (gone)
    found = keys_.find(order_[slot.stand_in % order_.size()]);
  const auto now = self_->clock().now();
  const auto start = std::max(now, found->second.free_at);
  found->second.free_at = start + spacing();
  return {start - now, found->second.value, gone ? order_.size() : 0};
}

caf::timespan key_ring::spacing() const {
  return poll_times::query_spacing(*query_budget_.now(), workers_);
}

void key_ring::cool_down(const store::cool_down_key& request) {
  ++cooldowns_;
  const auto until = self_->clock().now() + request.cooldown;
  const auto put = [&](const key_fingerprint& print) {
    if (const auto found = keys_.find(print); found != keys_.end())
      found->second.cooldown_until = std::max(found->second.cooldown_until, until);
  };
  put(request.key);
  if (request.whole_account)
    for (const auto& print : request.account_keys)
      put(print);
}

} // namespace neurocards
