#include "actors/queue_claimer.hpp"

#include "actors/commit_retry.hpp"
#include "actors/lazy_timer.hpp"
#include "base/jitter.hpp"

#include <caf/actor_registry.hpp>

namespace neurocards {

namespace {

constexpr int batch = 500; // jobs a claim takes at most: more would only delay the first of them

/// How long a job must have been due for a node that may not be able to do it.
constexpr auto others_first = std::chrono::seconds{10};

constexpr caf::timespan hint_pause = std::chrono::milliseconds{50};

/// How often this node compares what it holds with the database, which costs 20,000 jobs some 20
/// ms.
constexpr caf::timespan compare_interval = std::chrono::seconds{5};

} // namespace

queue_claimer::queue_claimer(queue_claimer_actor::pointer self, claimer_config config,
                             claim_store_actor store, changing<generation_context> context)
  : self_(self), config_(std::move(config)), store_(std::move(store)),
    context_(std::move(context)) {}

queue_claimer::~queue_claimer() {
  for (const auto& [address, entry] : generations_)
    caf::anon_send_exit(entry.actor, caf::exit_reason::kill);
}

queue_claimer_actor::behavior_type queue_claimer::make_behavior() {
  self_->set_down_handler([this](const caf::down_msg& msg) { on_down(msg); });
  context_->counts.capacity().value(config_.capacity());
  claim_later();
  compare_later();
  return {
    [this](wake_atom) { claim(); },
    [this](const task_callback& callback) { on_callback(callback); },
    [this](lease_atom, incarnation node) { change_lease(node); },
    [this](stats_atom) { return stats(); },
    [this](drain_atom) { return drain(); },
  };
}

/// A little more often than asked, so that jitter makes nobody wait longer.
void queue_claimer::claim_later() {
  run_after(self_, with_jitter(*config_.interval.now() * 9 / 10), [this] {
    claim();
    claim_later();
  });
}

void queue_claimer::compare_later() {
  run_about_after(self_, compare_interval, [this] {
    if (claiming_)
      knows_all_ = false; // the next claim begins with it
    else if (!draining_ && !node_.value.empty())
      ask_for_held();
    compare_later();
  });
}

int queue_claimer::free_places() const {
  return config_.capacity() - static_cast<int>(generations_.size());
}

void queue_claimer::claim() {
  if (claiming_) {
    woken_ = true;
    return;
  }
  if (draining_ || node_.value.empty())
    return;
  if (!knows_all_)
    return ask_for_held();
  if (const int limit = std::min(free_places(), batch); limit > 0)
    ask_for_due(limit);
}

void queue_claimer::ask_for_due(int limit) {
  claiming_ = true;
  woken_ = false;
  const auto context = context_.now();
  store::claim_jobs request{node_, limit, context->accounts(), context->settings.create_budget,
                            {},    {}};
  for (const auto& model : context->usable_models()) {
    request.models.push_back(model.slug);
    request.providers.push_back(model.provider);
  }
  yield_to_others(request);
  self_->request(store_, caf::infinite, std::move(request))
    .then(
      [this, limit, asked_as = node_](store::claimed_jobs& got) {
        if (asked_as == node_ && std::ssize(got.jobs) >= limit)
          woken_ = true; // others may be due
        on_jobs(got, asked_as);
      },
      [this](const caf::error& err) { on_no_jobs(err); });
}

/// While the provider is silent to this node, others go first: it takes a new job only if nobody
/// has taken it for a while, and one at a time, which tries whether the provider is back.
void queue_claimer::yield_to_others(store::claim_jobs& request) {
  const bool silent = config_.provider_is_silent && config_.provider_is_silent();
  if (silent != std::exchange(silent_, silent)) {
    if (silent)
      log::warn("queue_claimer.provider_silent", "advice", "check this node's way to the provider");
    else
      log::info("queue_claimer.provider_answers_again");
  }
  if (!silent)
    return;
  request.create_budget = by_job_.contains(probe_) ? 0 : 1;
  request.overdue = others_first;
}

/// Jobs may be ours in the database without our knowing: of a claim whose answer was lost, or of a
/// claimer before us. Nobody else takes them as long as this node lives. Once is not enough: that a
/// connection was lost does not mean that its last statement has ended.
void queue_claimer::ask_for_held() {
  claiming_ = true;
  store::held_jobs request{node_, {}, {}};
  const auto add = [&request](const job_id& job, int claim) {
    request.known.push_back(job);
    request.claims.push_back(claim);
  };
  for (const auto& [job, claim] : given_back_)
    add(job, claim);
  for (const auto& [job, address] : by_job_)
    add(job, generations_.at(address).claim);
  self_->request(store_, caf::infinite, std::move(request))
    .then(
      [this, asked_as = node_](store::claimed_jobs& got) {
        if (!got.jobs.empty())
          log::warn("queue_claimer.jobs_found_again", "jobs", got.jobs.size());
        if (asked_as == node_ && !std::exchange(knows_all_, true))
          woken_ = true; // a claim waits
        on_jobs(got, asked_as);
      },
      [this](const caf::error& err) { on_no_jobs(err); });
}

void queue_claimer::on_jobs(store::claimed_jobs& got, incarnation asked_as) {
  claiming_ = false;
  if (const auto failures = failed_claims_.reset())
    log::info("queue_claimer.claims_again", "failures", failures);
  if (draining_)
    return finish_drain(); // which gives them back with all others
  // Under another incarnation they come back when its lease has expired.
  if (asked_as == node_)
    for (auto& job : got.jobs)
      start(std::move(job));
  if (woken_)
    claim();
}

void queue_claimer::on_no_jobs(const caf::error& err) {
  claiming_ = false;
  knows_all_ = false;
  if (failed_claims_.should_log())
    log::warn("queue_claimer.claim_failed", "error", err, "times", failed_claims_.count());
  if (draining_)
    finish_drain();
}

void queue_claimer::start(claimed_job job) {
  const auto id = job.id;
  const auto claim = job.claim;
  if (silent_ && job.task.value.empty())
    probe_ = id;
  // The row was in the queue: an older generation that still has something to write has lost it.
  if (const auto older = by_job_.find(id); older != by_job_.end())
    self_->send_exit(generations_.at(older->second).actor, caf::exit_reason::user_shutdown);
  auto actor = self_->spawn<generation_impl, caf::monitored>(context_.now(), node_, std::move(job));
  const auto address = actor.address();
  generations_.insert_or_assign(address, running_generation{id, claim, node_, actor});
  by_job_.insert_or_assign(id, address);
  ++claimed_;
  show_in_flight();
}

void queue_claimer::show_in_flight() {
  context_->counts.in_flight().value(static_cast<int64_t>(generations_.size()));
  context_->counts.capacity().value(config_.capacity());
}

/// What a generation ended with is in the outbox. The notifier may be on another node, which the
/// agent knows; one word is enough for all that ends at the same time.
void queue_claimer::hint_soon() {
  if (std::exchange(hinting_, true))
    return;
  run_after(self_, hint_pause, [this] {
    hinting_ = false;
    if (const auto agent = self_->system().registry().get<node_agent_actor>("node_agent"))
      self_->send(agent, outbox_hint{});
  });
}

void queue_claimer::on_down(const caf::down_msg& msg) {
  const auto found = generations_.find(msg.source);
  if (found == generations_.end())
    return;
  const auto gone = std::move(found->second);
  generations_.erase(found);
  if (const auto entry = by_job_.find(gone.job);
      entry != by_job_.end() && entry->second == msg.source)
    by_job_.erase(entry);
  show_in_flight();
  hint_soon();
  if (msg.reason && msg.reason != caf::exit_reason::kill) {
    log::error("queue_claimer.generation_died", "job", gone.job, "reason", msg.reason, "advice",
               "the job goes back to the queue; report this if it repeats");
    give_back(gone.job, gone.node, gone.claim, 0);
  }
  if (draining_)
    finish_drain();
  else if (woken_ || free_places() == 1)
    claim(); // the node was full: somebody may be waiting for the place
}

/// Until the database has it: nobody else takes a job that this node holds.
void queue_claimer::give_back(const job_id& job, incarnation node, int claim, int tries) {
  if (node != node_ || by_job_.contains(job)) {
    given_back_.erase(job);
    return;
  }
  given_back_.insert_or_assign(job, claim);
  self_->request(store_, caf::infinite, store::release_jobs{node, {job}, true, {claim}})
    .then([this, job](const store::count&) { given_back_.erase(job); },
          [this, job, node, claim, tries](const caf::error& err) {
            if (worth_a_line(tries + 1))
              log::error("queue_claimer.job_not_released", "job", job, "error", err, "advice",
                         "restart this node if the job does not move");
            run_after(self_, backoff(tries + 1, first_pause, longest_pause),
                      [this, job, node, claim, tries] { give_back(job, node, claim, tries + 1); });
          });
}

void queue_claimer::change_lease(incarnation node) {
  if (node == node_)
    return;
  if (!generations_.empty())
    log::warn("queue_claimer.lease_changed", "dropped", generations_.size());
  for (const auto& [address, entry] : generations_)
    self_->send_exit(entry.actor, caf::exit_reason::user_shutdown);
  by_job_.clear();
  node_ = node;
  knows_all_ = false;
  claim();
}

void queue_claimer::on_callback(const task_callback& callback) {
  const auto found = by_job_.find(callback.job);
  if (found != by_job_.end())
    self_->send(generations_.at(found->second).actor, callback);
}

caf::result<void> queue_claimer::drain() {
  auto promise = self_->make_response_promise<void>();
  drained_.push_back(promise);
  if (std::exchange(draining_, true))
    return promise;
  log::info("queue_claimer.drains", "in_flight", generations_.size());
  for (const auto& [address, entry] : generations_)
    self_->send(entry.actor, drain_atom_v);
  finish_drain();
  return promise;
}

void queue_claimer::finish_drain() {
  if (claiming_ || !generations_.empty())
    return;
  if (node_.value.empty())
    return drained({}); // what another incarnation held is taken over when its lease has expired
  give_all_back(1);
}

/// Until the database has it: the node may live on without its worker, and its lease with it.
void queue_claimer::give_all_back(int tries) {
  self_->request(store_, caf::infinite, store::release_jobs{node_, {}, false})
    .then(
      [this, tries](const store::count& given) {
        log::info("queue_claimer.drained", "given_back", given.value);
        make_sure_of_all(tries);
      },
      [this, tries](const caf::error& err) { on_not_given_back(err, tries); });
}

/// Jobs that somebody has locked were passed over.
void queue_claimer::make_sure_of_all(int tries) {
  self_->request(store_, caf::infinite, store::held_jobs{node_, {}})
    .then(
      [this, tries](const store::claimed_jobs& left) {
        if (left.jobs.empty())
          return drained({});
        on_not_given_back(
          caf::make_error(ec::unavailable, "somebody has locked", to_string(left.jobs.front().id)),
          tries);
      },
      [this, tries](const caf::error& err) { on_not_given_back(err, tries); });
}

void queue_claimer::on_not_given_back(const caf::error& err, int tries) {
  if (worth_a_line(tries))
    log::warn("queue_claimer.release_failed", "error", err, "tries", tries, "advice",
              "none: the jobs are taken over when the node is gone");
  if (!repeatable(err))
    return drained(err);
  run_after(self_, backoff(tries, first_pause, longest_pause),
            [this, tries] { give_all_back(tries + 1); });
}

void queue_claimer::drained(const caf::error& reason) {
  for (auto& promise : drained_) {
    if (reason)
      promise.deliver(reason);
    else
      promise.deliver();
  }
  self_->quit();
}

node_stats queue_claimer::stats() const {
  node_stats result;
  result.in_flight = static_cast<int>(generations_.size());
  result.capacity = config_.capacity();
  result.claimed = claimed_;
  result.completed = static_cast<uint64_t>(context_->counts.jobs_ended("completed").value());
  result.failed = static_cast<uint64_t>(context_->counts.jobs_ended("failed").value());
  return result;
}

} // namespace neurocards
