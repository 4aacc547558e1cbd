#pragma once

#include "protocol/actors.hpp"

#include <unordered_map>

namespace neurocards {

/// The KIE accounts of the configuration as the database names them, without secrets.
std::vector<store::kie_account> kie_accounts(const std::vector<std::vector<secret>>&);

/// Holds the secrets of the KIE keys and spaces the queries made with each. Which key a new task
/// gets is decided in the database (record_intent), where all nodes share one budget.
class key_ring {
public:
  static constexpr const char* name = "key_ring";

  /// `query_budget`: queries per second and key.
  key_ring(key_ring_actor::pointer self, const std::vector<std::vector<secret>>& accounts,
           int query_budget);
  key_ring_actor::behavior_type make_behavior();

private:
  struct key {
    secret value;
    caf::actor_clock::time_point free_at; // when the next query may start
  };

  found_key find(const key_fingerprint&);
  query_turn reserve(const key_fingerprint&);

  key_ring_actor::pointer self_;
  caf::timespan spacing_;
  std::unordered_map<key_fingerprint, key> keys_;
  std::vector<key_fingerprint> order_;
  size_t turn_ = 0;
};

using key_ring_impl = key_ring_actor::stateful_impl<key_ring>;

} // namespace neurocards
