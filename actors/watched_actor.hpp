#pragma once

#include "actors/actor_instance.hpp"
#include "actors/actor_kinds.hpp"
#include "actors/actor_threads.hpp"
#include "actors/actor_watch.hpp"
#include "actors/stalls.hpp"

#include <chrono>

#include <caf/actor_system.hpp>
#include <caf/execution_unit.hpp>
#include <caf/intrusive/task_result.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/resumable.hpp>
#include <caf/scheduled_actor.hpp>
#include <caf/telemetry/timer.hpp>

namespace neurocards {

namespace detail {

/// The kind of whoever sent a message.
std::string_view kind_of_sender(const caf::mailbox_element&, const caf::node_id& here);

/// For a message that its actor has no handler for.
caf::skippable_result drop_unhandled(actor_kind&, const caf::scheduled_actor&, const caf::message&);

} // namespace detail

/// An actor whose kind is counted: `State::name` names it. CAF itself shows neither how many actors
/// live nor how they ended, forgets messages to those that have, and knows neither depth nor
/// duration by type of message unless it is built otherwise (CAF_ENABLE_ACTOR_PROFILER).
///
/// What a message costs while nobody watches: a counter of the mailbox up and down, one reading of
/// the clock, and stores to the thread's own place. A state may have `std::string label() const`
/// (actor_instance::label) and `std::string describe() const`.
template <class Stateful, class State>
class watched_actor : public Stateful, public actor_instance {
public:
  template <class... Ts>
  explicit watched_actor(caf::actor_config& cfg, Ts&&... xs)
    : Stateful(cfg, std::forward<Ts>(xs)...), actor_instance(kind_of_all) {}

  void launch(caf::execution_unit* ctx, bool lazy, bool hide) override {
    launched_ = true;
    kind_of_all.spawned.fetch_add(1, std::memory_order_relaxed);
    kind_of_all.alive.fetch_add(1, std::memory_order_relaxed);
    this->set_default_handler([](caf::scheduled_actor* self, caf::message& x) {
      return detail::drop_unhandled(kind_of_all, *self, x);
    });
    this->enter(Stateful::id());
    Stateful::launch(ctx, lazy, hide); // may run the actor to its end
  }

  bool enqueue(caf::mailbox_element_ptr element, caf::execution_unit* ctx) override {
    const bool watched = actor_watch::is_on();
    message_key key = 0;
    if (watched) {
      key = key_of(*element);
      element->set_enqueue_time();
    }
    if (this->waiting.fetch_add(1, std::memory_order_relaxed) == 0 && watched)
      this->oldest_since.store(now_ns(), std::memory_order_relaxed);
    if (Stateful::enqueue(std::move(element), ctx))
      return true; // it may have been handled by now, and the actor be gone
    kind_of_all.rejected.fetch_add(1, std::memory_order_relaxed);
    if (watched)
      kind_of_all.details.add_lost(key);
    return false;
  }

  caf::resumable::resume_result resume(caf::execution_unit* ctx, size_t throughput) override {
    auto& thread = actor_thread::mine();
    const auto begin = clock::now();
    auto now = begin;
    const auto result = run(ctx, throughput, thread, now); // the actor may be gone by now
    const auto took = std::chrono::nanoseconds{now - begin}.count();
    thread.add_busy(took);
    kind_of_all.busy_ns.fetch_add(took, std::memory_order_relaxed);
    return result;
  }

  void on_exit() override {
    this->leave(); // before the state goes
    Stateful::on_exit();
  }

  bool cleanup(caf::error&& reason, caf::execution_unit* ctx) override {
    const auto end = end_of(reason);
    if (!Stateful::cleanup(std::move(reason), ctx))
      return false; // it had ended before
    faulted_ = end == actor_end::faulted;
    if (launched_) {
      kind_of_all.alive.fetch_sub(1, std::memory_order_relaxed);
      kind_of_all.ended[static_cast<size_t>(end)].fetch_add(1, std::memory_order_relaxed);
    }
    return true;
  }

  std::string label() const override {
    if constexpr (requires(const State& x) { x.label(); })
      return this->state.label();
    else
      return {};
  }

  std::string describe() const override {
    if constexpr (requires(const State& x) { x.describe(); })
      return this->state.describe();
    else
      return "{}";
  }

  caf::weak_actor_ptr address() override { return caf::weak_actor_ptr{this->ctrl()}; }

private:
  using clock = std::chrono::steady_clock;
  using task_result = caf::intrusive::task_result;
  using outcome = caf::scheduled_actor::activation_result;

  static inline actor_kind& kind_of_all = kind_of(State::name);

  static int64_t now_ns() { return clock::now().time_since_epoch().count(); }

  /// What scheduled_actor::resume of CAF 0.18.7 does for actors without streams; the original knows
  /// no hook for a single message. `now` is moved on to the end of the last handler.
  caf::resumable::resume_result run(caf::execution_unit* ctx, size_t throughput,
                                    actor_thread& thread, clock::time_point& now) {
    if (!this->activate(ctx))
      return caf::resumable::done;
    size_t consumed = 0;
    auto handle = [&](caf::mailbox_element& x) {
      return handle_one(x, consumed, throughput, thread, now);
    };
    while (consumed < throughput) {
      this->mailbox().fetch_more();
      if (!this->get_upstream_queue().empty() || this->get_downstream_queue().total_task_size() > 0)
        return Stateful::resume(ctx, throughput); // no actor of ours streams: a stranger's message
      const auto before = consumed;
      this->get_urgent_queue().new_round(urgent_quantum, handle);
      this->get_normal_queue().new_round(normal_quantum, handle);
      if (consumed > before) {
        this->home_system().base_metrics().processed_messages->inc(
          static_cast<int64_t>(consumed - before));
      } else {
        if (consumed > 0)
          this->set_receive_timeout();
        if (this->mailbox().try_block())
          return caf::resumable::awaiting_message; // and another thread may have it already
      }
      if (this->finalize())
        return caf::resumable::done;
    }
    this->set_receive_timeout();
    return this->mailbox().try_block() ? caf::resumable::awaiting_message
                                       : caf::resumable::resume_later;
  }

  task_result handle_one(caf::mailbox_element& x, size_t& consumed, size_t throughput,
                         actor_thread& thread, clock::time_point& now) {
    const bool watched = actor_watch::is_on();
    const running_handler running{&kind_of_all, Stateful::id(), key_of(x),
                                  this->getf(caf::abstract_actor::is_detached_flag), now};
    const auto sent_at = x.enqueue_time;
    handled_message note;
    if (watched)
      note.from = detail::kind_of_sender(x, this->home_system().node());
    const auto left = this->waiting.fetch_sub(1, std::memory_order_relaxed) - 1;
    if (const auto oldest = left > 0 ? sent_at.time_since_epoch().count() : 0;
        watched || this->oldest_since.load(std::memory_order_relaxed) != 0)
      this->oldest_since.store(oldest, std::memory_order_relaxed);
    thread.begin(running);
    const auto result = this->reactivate(x);
    thread.end();
    const auto end = clock::now();
    const auto took = std::chrono::nanoseconds{end - std::exchange(now, end)};
    if (result == outcome::skipped) {
      this->waiting.fetch_add(1, std::memory_order_relaxed);
      return task_result::skip;
    }
    observe(running, sent_at, took);
    if (handling_times::is_on())
      kind_of_all.handling.add(running.key, took.count());
    if (took >= stall_limit && !running.may_block)
      add_stall(running, took);
    if (watched) {
      note.key = running.key;
      note.took = took.count();
      if (sent_at.time_since_epoch().count() != 0)
        note.waited = std::chrono::nanoseconds{running.since - sent_at}.count();
      note.failed = is_failure(note.key) || (result == outcome::terminated && faulted_);
      kind_of_all.details.add(note);
      actor_watch::end_if_left(end);
    }
    if (result == outcome::terminated)
      return task_result::stop;
    if (result == outcome::success && ++consumed >= throughput)
      return task_result::stop_all;
    return task_result::resume;
  }

  /// CAF's own figures, as scheduled_actor::run_with_metrics sets them, and those of the instance.
  void observe(const running_handler& x, clock::time_point sent_at, std::chrono::nanoseconds took) {
    this->handled.store(this->handled.load(std::memory_order_relaxed) + 1,
                        std::memory_order_relaxed);
    this->busy_ns.store(this->busy_ns.load(std::memory_order_relaxed) + took.count(),
                        std::memory_order_relaxed);
    if (!std::exchange(this->is_probed, false)) {
      this->last_message.store(x.key, std::memory_order_relaxed);
      this->last_done.store((x.since + took).time_since_epoch().count(), std::memory_order_relaxed);
    }
    if (!this->metrics_.mailbox_time)
      return;
    using seconds = std::chrono::duration<double>;
    this->metrics_.processing_time->observe(seconds{took}.count());
    this->metrics_.mailbox_time->observe(seconds{x.since - sent_at}.count());
    this->metrics_.mailbox_size->dec();
  }

  static constexpr size_t normal_quantum = 3; // as CAF's
  static constexpr size_t urgent_quantum = 3 * normal_quantum;

  bool launched_ = false;
  bool faulted_ = false; // how it ended
};

/// What to spawn: `Handle` is the typed actor's, `State` its behaviour.
template <class Handle, class State>
using watched_impl = watched_actor<typename Handle::template stateful_impl<State>, State>;

} // namespace neurocards
