#pragma once

#include "actors/claimer_config.hpp"
#include "actors/generation.hpp"
#include "actors/watched_actor.hpp"

#include <unordered_map>

namespace neurocards {

/// What `queue_claimer` asks the database.
using claim_store_actor = store_actor<store::claim_jobs, store::held_jobs, store::release_jobs>;

/// Claims due jobs up to the node's free capacity and owns one `generation` for each. What the
/// database says that the node holds is compared with what it knows before it claims anew after a
/// lost answer, and every few seconds: a claim may be committed long after its connection was cut.
class queue_claimer {
public:
  static constexpr const char* name = "queue_claimer";

  queue_claimer(queue_claimer_actor::pointer self, claimer_config config, claim_store_actor store,
                changing<generation_context> context);
  queue_claimer_actor::behavior_type make_behavior();

  /// However it ends, no generation outlives it: a successor claims under the same incarnation.
  ~queue_claimer();
  queue_claimer(const queue_claimer&) = delete;
  queue_claimer& operator=(const queue_claimer&) = delete;

private:
  void claim_later();
  void compare_later();
  void claim();
  void ask_for_due(int limit);
  void yield_to_others(store::claim_jobs&);
  void ask_for_held();
  void on_jobs(store::claimed_jobs&, incarnation asked_as);
  void on_no_jobs(const caf::error&);
  void start(claimed_job);
  void on_down(const caf::down_msg&);
  void give_back(const job_id&, incarnation, int claim, int tries);
  void change_lease(incarnation);
  void on_callback(const task_callback&);
  caf::result<void> drain();
  void finish_drain();
  void give_all_back(int tries);
  void make_sure_of_all(int tries);
  void on_not_given_back(const caf::error&, int tries);
  void drained(const caf::error&);
  void show_in_flight();
  void hint_soon();
  int free_places() const;
  node_stats stats() const;

  queue_claimer_actor::pointer self_;
  claimer_config config_;
  claim_store_actor store_;
  changing<generation_context> context_; // each generation works with that of its beginning
  incarnation node_;                     // zero: may not claim
  bool knows_all_ = false; // that the database says `node_` holds; not after an answer was lost
  std::unordered_map<caf::actor_addr, running_generation> generations_;
  std::unordered_map<job_id, caf::actor_addr> by_job_;
  job_id probe_;        // claimed while the provider was silent
  bool silent_ = false; // as of the last claim
  // That the database has not confirmed yet, with the number of the claim.
  std::unordered_map<job_id, int> given_back_;
  uint64_t claimed_ = 0;
  bool claiming_ = false;
  bool woken_ = false; // while a claim was under way
  std::vector<caf::typed_response_promise<void>> drained_;
  bool draining_ = false;
  bool hinting_ = false;
  log::limiter failed_claims_;
};

using queue_claimer_impl = watched_impl<queue_claimer_actor, queue_claimer>;

} // namespace neurocards
