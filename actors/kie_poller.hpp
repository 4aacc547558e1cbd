#pragma once

#include "actors/watched_actor.hpp"
#include "actors/watched_task.hpp"
#include "base/log.hpp"
#include "protocol/actors.hpp"

#include <caf/disposable.hpp>

#include <memory>
#include <optional>

namespace neurocards {

/// Watches one task: polls every `interval` (jittered), gives up when `time_left` is spent and
/// the provider has said that the task is still under way, tells `owner` and ends. Polls that fail
/// say nothing of the task: it polls on beyond its time, ever more rarely, as long as
/// `failing_limit` allows. An end that contradicts itself is looked at again a moment later, a few
/// times, before it is believed. Knows its owner only weakly: a task nobody waits for is not
/// watched. Keeps nothing that the jobs row does not: after a crash another poller is as good.
class kie_poller {
public:
  static constexpr const char* name = "kie_poller";

  kie_poller(kie_poller_actor::pointer self, std::shared_ptr<const poller_config> config,
             watched_task watched, http_agent_actor http, key_ring_actor keys,
             const task_owner_actor& owner);
  kie_poller_actor::behavior_type make_behavior();

  /// For those who watch actors (actor_instance.hpp).
  std::string label() const { return task_.value; }
  std::string describe() const;

private:
  using time_point = caf::actor_clock::time_point;

  void schedule_poll(time_point when);
  void poll();
  void ask_provider(const secret& key);
  void on_answer(const provider::task_state&);
  void on_still_running();
  bool poll_once_more();
  void on_failed_poll(const provider::signal&);
  bool try_another_key(const provider::signal&);
  void on_unknown();
  void go_on_failing(caf::timespan at_least = caf::timespan::zero());
  void schedule_next_poll(caf::timespan pause, caf::timespan at_least);
  void end(task_ended::outcome);
  void end_with(const provider::succeeded&);
  void tell_owner(task_ended);

  kie_poller_actor::pointer self_;
  std::shared_ptr<const poller_config> config_;
  const task_id task_;
  key_fingerprint key_;
  time_point give_up_at_;
  time_point polled_at_;                    // when the last poll began
  std::optional<time_point> unknown_since_; // absent: the provider knew the task when we last heard
  int contradictions_ = 0;                  // answers in a row that contradict themselves
  int overdue_polls_ = 0;                   // that failed since the time was up
  int polls_ = 0;                           // how often the provider was asked
  int polls_told_ = 0;                      // of these, how many its owner knows of
  size_t stand_in_ = 0;  // which key polls for one that has left the configuration
  size_t stand_ins_ = 0; // how many could
  http_agent_actor http_;
  key_ring_actor keys_;
  caf::weak_actor_ptr owner_;
  caf::disposable next_poll_;
  bool looking_ = false;
  bool tell_of_poll_ = false;
  bool in_step_ = false; // with others that were taken over
  bool woken_ = false;   // a callback came while a poll was under way
  log::limiter failed_polls_;
};

using kie_poller_impl = watched_impl<kie_poller_actor, kie_poller>;

} // namespace neurocards
