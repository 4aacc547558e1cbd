#pragma once

#include "bench/simulation/conditions.hpp"
#include "bench/simulation/creation_budget.hpp"
#include "sandbox/limiter.hpp"

#include <deque>
#include <optional>
#include <vector>

namespace neurocards::simulation {

/// The keys of all accounts: which of them makes the next task, as the database deals them out
/// (sql/functions/record_intents.sql), and what the provider says to it, as sandbox/ does.
class key_box {
public:
  key_box(const equipment&, const services&, int budget);

  /// The key used longest ago whose account has something left; nullopt: none has.
  std::optional<size_t> choose(time_point now);

  /// When `choose` may succeed again.
  time_point opens() const;

  /// False: the provider refuses this creation, or this query, as too many.
  bool may_create(size_t key, time_point now);
  bool may_query(size_t key, time_point now);

  size_t count() const { return queries_.size(); }

private:
  size_t account_of(size_t key) const { return key % budgets_.size(); }

  int creations_per_10s_;
  int queries_per_second_;
  std::vector<creation_budget> budgets_; // by account
  std::vector<sandbox::sliding_window> creations_;
  std::vector<sandbox::sliding_window> queries_; // by key
  std::deque<size_t> turn_;                      // keys, used longest ago first
};

} // namespace neurocards::simulation
