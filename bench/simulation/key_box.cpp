#include "bench/simulation/key_box.hpp"

#include <algorithm>

namespace neurocards::simulation {

using namespace std::chrono_literals;

key_box::key_box(const equipment& given, const services& limits, int budget)
  : creations_per_10s_(limits.creations_per_10s), queries_per_second_(limits.queries_per_second) {
  const auto accounts = static_cast<size_t>(given.accounts);
  const auto keys = accounts * static_cast<size_t>(given.keys_per_account);
  budgets_.assign(accounts, creation_budget{budget});
  creations_.resize(accounts);
  queries_.resize(keys);
  for (size_t key = 0; key < keys; ++key)
    turn_.push_back(key);
}

std::optional<size_t> key_box::choose(time_point now) {
  const auto found = std::ranges::find_if(
    turn_, [&](size_t key) { return budgets_[account_of(key)].free(now) > 0; });
  if (found == turn_.end())
    return std::nullopt;
  const auto key = *found;
  turn_.erase(found);
  turn_.push_back(key);
  budgets_[account_of(key)].take(now, 1);
  return key;
}

time_point key_box::opens() const {
  auto result = budgets_.front().opens();
  for (const auto& budget : budgets_)
    result = std::min(result, budget.opens());
  return result;
}

bool key_box::may_create(size_t key, time_point now) {
  return creations_[account_of(key)].take(now, static_cast<size_t>(creations_per_10s_), 10s);
}

bool key_box::may_query(size_t key, time_point now) {
  return queries_[key].take(now, static_cast<size_t>(queries_per_second_), 1s);
}

} // namespace neurocards::simulation
