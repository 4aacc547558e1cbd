#include "bench/simulation/installation.hpp"
#include "domain/poll_times.hpp"
#include "domain/retry.hpp"

#include <algorithm>
#include <cmath>

namespace neurocards::simulation {

namespace {

using namespace std::chrono_literals;

constexpr int most_claimed = 500; // at once (actors/queue_claimer.cpp)

} // namespace

// ── claims ───────────────────────────────────────────────────────────────────────────────────────

/// NOTIFY wakes all nodes; one of them is first.
void installation::claim_somewhere() {
  const auto count = static_cast<uint32_t>(nodes_.size());
  const auto first = std::uniform_int_distribution<uint32_t>{0, count - 1}(chance_);
  for (uint32_t i = 0; i < count && !queue_.empty() && claims_.free(now_) > 0; ++i)
    claim((first + i) % count);
  tally().most_queued = std::max(tally().most_queued, queue_.size());
}

void installation::claim(uint32_t number) {
  const int places = std::min(given_.worker.concurrency - nodes_[number].held, most_claimed);
  const int most = std::min(places, claims_.free(now_));
  int taken = 0;
  for (; taken < most && !queue_.empty(); ++taken)
    start(queue_.take(), number);
  if (taken > 0)
    claims_.take(now_, taken);
}

void installation::start(uint32_t number, uint32_t on) {
  auto& claimed = jobs_[number];
  auto& holder = nodes_[on];
  auto& seen = tally();
  claimed.node = on;
  ++claimed.attempts;
  ++claims_made_;
  ++seen.claims;
  if (!std::exchange(claimed.was_claimed, true))
    seen.until_claimed.add(now_ - claimed.ordered);
  ++holder.held;
  ++in_flight_;
  seen.most_in_flight = std::max(seen.most_in_flight, in_flight_);
  seen.most_on_a_node = std::max(seen.most_on_a_node, static_cast<size_t>(holder.held));
  --orders_[claimed.order].waiting;
  ++orders_[claimed.order].writing;
  if (holder.scripts < given_.openai.concurrency)
    write_script(number);
  else
    holder.scripts_wait.push_back(number);
}

// ── scripts and creations ────────────────────────────────────────────────────────────────────────

void installation::write_script(uint32_t number) {
  ++nodes_[jobs_[number].node].scripts;
  const auto& services = given_.services;
  const double length =
    services.script_least + (services.script_most - services.script_least) * random();
  tally().script_seconds += length;
  plan(from_seconds(length), happening::script_written, number);
}

void installation::end_script(uint32_t number) {
  auto& holder = nodes_[jobs_[number].node];
  --holder.scripts;
  if (!holder.scripts_wait.empty()) {
    const auto next = holder.scripts_wait.front();
    holder.scripts_wait.pop_front();
    write_script(next);
  }
  try_creation(number);
}

void installation::try_creation(uint32_t number) {
  const auto key = keys_.choose(now_);
  if (!key) {
    const auto wait = std::max<duration>(keys_.opens() - now_, 50ms);
    return plan(wait, happening::creation_tried, number);
  }
  jobs_[number].key = *key;
  ++tally().creations;
  plan(given_.services.creation, happening::creation_answered, number);
}

void installation::end_creation(uint32_t number) {
  auto& made = jobs_[number];
  auto& seen = tally();
  if (!keys_.may_create(made.key, now_)) {
    ++seen.refused_creations;
    return retry(number);
  }
  ++seen.created;
  auto& whole = orders_[made.order];
  --whole.writing;
  if (whole.making++ == 0)
    whole.first_task = now_;
  std::lognormal_distribution<double> length{std::log(given_.services.task_median),
                                             given_.services.task_spread};
  made.ends = now_ + from_seconds(length(chance_));
  made.give_up = now_ + given_.generation.poll_timeout;
  if (!std::exchange(made.was_created, true)) {
    seen.until_created.add(now_ - made.ordered);
    say(message_kind::started, number, whole);
  }
  const auto interval = given_.generation.poll_interval;
  plan(poll_times::first(interval, interval, random()), happening::poll_due, number);
}

// ── polls ────────────────────────────────────────────────────────────────────────────────────────

/// A turn among the queries of its key, as `key_ring` gives it.
void installation::poll(uint32_t number) {
  auto& watched = jobs_[number];
  watched.polled = now_;
  auto& free_from = nodes_[watched.node].free_from[watched.key];
  const auto begin = std::max(now_, free_from);
  free_from = begin + query_spacing_;
  tally().poll_delay.add(begin - now_);
  plan(begin - now_ + given_.services.poll, happening::poll_answered, number);
}

void installation::end_poll(uint32_t number) {
  auto& watched = jobs_[number];
  auto& seen = tally();
  ++seen.polls;
  const bool refused = !keys_.may_query(watched.key, now_);
  seen.refused_polls += refused ? 1 : 0;
  if (!refused && watched.ends <= now_)
    return end_task(number);
  const auto interval = given_.generation.poll_interval;
  const auto next = poll_times::next({watched.polled, now_, watched.give_up, 0ns},
                                     with_jitter(interval, random()), interval);
  agenda_.add(next, happening::poll_due, number);
}

// ── ends ─────────────────────────────────────────────────────────────────────────────────────────

void installation::end_task(uint32_t number) {
  --orders_[jobs_[number].order].making;
  ++orders_[jobs_[number].order]
      .writing; // neither waits nor is made: it is fetched, or tried again
  if (random() < given_.services.failing_tasks)
    return retry(number);
  plan(given_.services.keeping, happening::video_kept, number);
}

/// A failure that may pass, of the job: three attempts in all.
void installation::retry(uint32_t number) {
  auto& failed = jobs_[number];
  provider::verdict temporary;
  temporary.cls = failure_class::temporary;
  retry::situation now;
  now.attempts = failed.attempts;
  now.random = random();
  const auto decision = retry::decide(temporary, now, given_.generation);
  if (decision.outcome == retry::decision::action::fail)
    return end_job(number, false);
  ++tally().retried;
  --nodes_[failed.node].held;
  --in_flight_;
  auto& whole = orders_[failed.order];
  --whole.writing;
  ++whole.waiting;
  say(message_kind::news_of_failure, number, whole);
  plan(decision.delay, happening::job_due, number);
}

void installation::enqueue(uint32_t number) {
  const auto& whole = orders_[jobs_[number].order];
  queue_.add(number, whole.chat + whole.bot * int64_t{given_.people.chats_per_bot});
  claim_somewhere();
}

void installation::end_job(uint32_t number, bool completed) {
  const auto ended_order = jobs_[number].order;
  --nodes_[jobs_[number].node].held;
  --in_flight_;
  auto& whole = orders_[ended_order];
  --whole.writing;
  ++whole.ended;
  auto& seen = tally();
  ++(completed ? seen.completed : seen.failed);
  say(completed ? message_kind::video : message_kind::news_of_failure, number, whole);
  if (!completed)
    jobs_.remove(number);
  if (!given_.equipment.refreshes && whole.ended == whole.videos)
    orders_.remove(ended_order);
}

} // namespace neurocards::simulation
