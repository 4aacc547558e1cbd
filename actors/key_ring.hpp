#pragma once

#include "actors/key_ring_config.hpp"
#include "actors/watched_actor.hpp"
#include "protocol/actors.hpp"
#include "protocol/store/provider.hpp"
#include "protocol/store/request_list.hpp"

#include <optional>
#include <unordered_map>

namespace neurocards {

/// What `key_ring` asks the database.
using key_store_actor = store_actor<store::read_keys>;

/// Holds the secrets of the keys, knows which of them cool down, and spaces the queries made
/// with each so that all workers together stay within the budget. Which key a new task gets is
/// decided in the database (record_intent), where all nodes share one budget.
class key_ring {
public:
  static constexpr const char* name = "key_ring";

  key_ring(key_ring_actor::pointer self, const key_ring_config& config, key_store_actor store);
  key_ring_actor::behavior_type make_behavior();

private:
  using time_point = caf::actor_clock::time_point;

  struct key {
    secret value;
    size_t account = 0;
    time_point free_at; // when the next query may start
    time_point cooldown_until;
  };

  void schedule_read();
  void read();
  void on_view(const store::key_view&, bool newer_than_ours);
  found_key find(const key_fingerprint&) const;
  found_key choose(const key_fingerprint& outside_of);
  query_turn reserve(const query_slot&);
  caf::timespan spacing() const;
  void cool_down(const store::cool_down_key&);

  key_ring_actor::pointer self_;
  key_store_actor store_;
  changing<int> query_budget_;
  caf::timespan lease_;
  caf::timespan interval_;
  int workers_ = 1;
  std::unordered_map<key_fingerprint, key> keys_;
  std::vector<key_fingerprint> order_;
  size_t turn_ = 0;
  uint64_t cooldowns_ = 0; // how often this node let keys cool down
};

using key_ring_impl = watched_impl<key_ring_actor, key_ring>;

} // namespace neurocards
