#include "actors/queue_claimer.hpp"

#include "actors/generation_commit.hpp"
#include "base/jitter.hpp"

namespace neurocards {

namespace {

constexpr int batch = 500; // jobs a claim takes at most: more would only delay the first of them

} // namespace

queue_claimer::queue_claimer(queue_claimer_actor::pointer self, claimer_config config,
                             std::shared_ptr<const generation_context> context)
  : self_(self), config_(config), context_(std::move(context)) {}

queue_claimer_actor::behavior_type queue_claimer::make_behavior() {
  self_->set_down_handler([this](const caf::down_msg& msg) { on_down(msg); });
  context_->counts.capacity().value(config_.capacity);
  claim_later();
  return {
    [this](wake_atom) { claim(); },
    [this](const kie_callback& what) { on_callback(what); },
    [this](lease_atom, incarnation node) { change_lease(node); },
    [this](stats_atom) { return stats(); },
    [this](drain_atom) -> caf::result<void> {
      auto promise = self_->make_response_promise<void>();
      drain(promise);
      return promise;
    },
  };
}

void queue_claimer::claim_later() {
  run_after(self_, with_jitter(config_.interval), [this] {
    claim();
    claim_later();
  });
}

int queue_claimer::free_places() const {
  return config_.capacity - static_cast<int>(generations_.size());
}

void queue_claimer::claim() {
  if (claiming_) {
    woken_ = true;
    return;
  }
  const int limit = std::min(free_places(), batch);
  if (draining_ || node_.value.empty() || limit <= 0)
    return;
  claiming_ = true;
  woken_ = false;
  if (in_doubt_)
    return recover_lost_claim();
  const auto& settings = context_->settings;
  store::claim_jobs what{node_, limit, context_->accounts, settings.create_budget, {}};
  for (const auto& model : settings.models)
    what.models.push_back(model.slug);
  self_->request(context_->store, caf::infinite, std::move(what))
    .then([this, asked_as = node_](store::claimed_jobs& got) { on_claimed(got, asked_as); },
          [this](const caf::error& err) {
            claiming_ = false;
            in_doubt_ = true;
            if (failed_claims_.should_log())
              log::warn("queue_claimer.claim_failed", "error", err, "times", failed_claims_.count());
          });
}

void queue_claimer::recover_lost_claim() {
  store::held_jobs what{node_, {}};
  for (const auto& [job, address] : by_job_)
    what.known.push_back(job);
  self_->request(context_->store, caf::infinite, std::move(what))
    .then(
      [this, asked_as = node_](store::claimed_jobs& got) {
        in_doubt_ = false;
        woken_ = true;
        on_claimed(got, asked_as);
      },
      [this](const caf::error&) { claiming_ = false; });
}

void queue_claimer::on_claimed(store::claimed_jobs& got, incarnation asked_as) {
  claiming_ = false;
  if (const auto failures = failed_claims_.reset())
    log::info("queue_claimer.claims_again", "failures", failures);
  claimed_ += got.jobs.size();
  if (asked_as != node_)
    return; // the lease went meanwhile: these jobs come back when it has expired
  for (auto& job : got.jobs)
    start(std::move(job));
  if (draining_)
    return finish_drain();
  // `more` with nothing taken means that the budget is spent: the interval is soon enough.
  if (woken_ || (got.more && !got.jobs.empty()))
    claim();
}

void queue_claimer::start(claimed_job job) {
  const auto id = job.id;
  auto actor = self_->spawn<generation_impl, caf::monitored>(context_, node_, std::move(job));
  const auto address = actor.address();
  generations_.insert_or_assign(address, running{id, node_, actor});
  by_job_.insert_or_assign(id, address);
  context_->counts.in_flight().value(static_cast<int64_t>(generations_.size()));
  if (draining_)
    self_->send(actor, drain_atom_v);
}

void queue_claimer::on_down(const caf::down_msg& msg) {
  const auto found = generations_.find(msg.source);
  if (found == generations_.end())
    return;
  const auto gone = std::move(found->second);
  generations_.erase(found);
  if (const auto entry = by_job_.find(gone.job); entry != by_job_.end() && entry->second == msg.source)
    by_job_.erase(entry);
  context_->counts.in_flight().value(static_cast<int64_t>(generations_.size()));
  if (msg.reason && msg.reason != caf::exit_reason::kill && gone.node == node_) {
    log::error("queue_claimer.generation_died", "job", gone.job, "reason", msg.reason, "advice",
               "the job goes back to the queue; report this if it repeats");
    self_->request(context_->store, caf::infinite, store::release_jobs{node_, {gone.job}, true})
      .then([](const store::count&) {},
            [this, job = gone.job](const caf::error& err) {
              log::error("queue_claimer.job_not_released", "job", job, "error", err, "advice",
                         "restart this node if the job does not move");
            });
  }
  if (draining_)
    finish_drain();
  else if (woken_ || free_places() == 1)
    claim(); // the node was full: somebody may be waiting for the place
}

void queue_claimer::change_lease(incarnation node) {
  if (node == node_)
    return;
  if (!generations_.empty())
    log::warn("queue_claimer.lease_changed", "dropped", generations_.size());
  for (const auto& [address, entry] : generations_)
    self_->send_exit(entry.actor, caf::exit_reason::kill);
  by_job_.clear();
  node_ = node;
  claim();
}

void queue_claimer::on_callback(const kie_callback& what) {
  const auto found = by_job_.find(what.job);
  if (found != by_job_.end())
    self_->send(generations_.at(found->second).actor, what);
}

void queue_claimer::drain(caf::typed_response_promise<void> promise) {
  drained_ = std::move(promise);
  draining_ = true;
  log::info("queue_claimer.drains", "in_flight", generations_.size());
  for (const auto& [address, entry] : generations_)
    self_->send(entry.actor, drain_atom_v);
  finish_drain();
}

void queue_claimer::finish_drain() {
  if (claiming_ || !generations_.empty())
    return;
  self_->request(context_->store, caf::infinite, store::release_jobs{node_, {}, false})
    .then(
      [this](const store::count& given) {
        log::info("queue_claimer.drained", "given_back", given.value);
        drained_.deliver();
        self_->quit();
      },
      [this](caf::error& err) {
        log::warn("queue_claimer.release_failed", "error", err, "advice",
                  "none: the jobs are taken over when the lease has expired");
        drained_.deliver(std::move(err));
        self_->quit();
      });
}

node_stats queue_claimer::stats() const {
  node_stats result;
  result.in_flight = static_cast<int>(generations_.size());
  result.capacity = config_.capacity;
  result.claimed = claimed_;
  result.completed = static_cast<uint64_t>(context_->counts.jobs_ended("completed").value());
  result.failed = static_cast<uint64_t>(context_->counts.jobs_ended("failed").value());
  return result;
}

} // namespace neurocards
