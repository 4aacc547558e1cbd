#include "actors/generation.hpp"

#include "actors/generation_commit.hpp"
#include "base/jitter.hpp"

namespace neurocards {

using namespace std::chrono_literals;

namespace {

/// The database needs less to answer when it can be reached.
constexpr caf::timespan longest_answer = 1s;

/// When the database takes writes again, whoever kept a task for it has said so by then: lanes
/// connect again within 3 s, and it is tried every second (intent_age.sql has the same figure).
constexpr caf::timespan time_to_speak = 10s;

caf::timespan part_of(caf::timespan whole, double fraction) {
  return caf::timespan{static_cast<int64_t>(fraction * static_cast<double>(whole.count()))};
}

/// What watching needs of a job: the texts that creation needed weigh more, and ten thousands of
/// jobs are watched.
claimed_job without_texts(const claimed_job& x) {
  claimed_job result;
  result.id = x.id;
  result.owner = x.owner;
  result.attempts = x.attempts;
  result.claim = x.claim;
  result.rescues = x.rescues;
  result.polls = x.polls;
  result.model = x.model;
  result.key = x.key;
  result.task = x.task;
  return result;
}

} // namespace

generation::generation(generation_actor::pointer self,
                       std::shared_ptr<const generation_context> context, incarnation node,
                       claimed_job job)
  : self_(self), context_(std::move(context)), node_(node), job_(std::move(job)),
    started_at_(self->clock().now()), task_created_at_(started_at_ - job_.task_age.value_or(0ms)) {}

generation_actor::behavior_type generation::make_behavior() {
  self_->set_down_handler([this](const caf::down_msg& msg) { on_poller_down(msg); });
  self_->set_exit_handler([this](const caf::exit_msg&) { lose_lease(); });
  begin();
  return {
    [this](const task_ended& what) { on_task_ended(what); },
    [this](const task_polled& what) { on_polled(what); },
    [this](const kie_callback& what) { on_callback(what.task); },
    [this](drain_atom) { drain(); },
  };
}

void generation::begin() {
  log::info("job.claimed", "job", job_.id, "attempt", job_.attempts, "resumes",
            !job_.task.value.empty());
  if (!job_.task.value.empty())
    return watch(first_look_again());
  if (job_.intent_age) {
    // Somebody died between announcing a task and saving it. If KIE made it, it calls back.
    // A negative age: who announced it could not write for a while, and may know the task.
    const auto grace = std::max<caf::timespan>(
      left_of(context_->grace(), started_at_ - *job_.intent_age), -*job_.intent_age);
    log::warn("job.task_in_doubt", "job", job_.id, "grace", grace);
    if (job_.rescues > 1 && grace > caf::timespan::zero())
      return wait_in_queue(grace);
    created_again_ = true;
    return wait_for_orphan(grace, [this] { prepare(); });
  }
  prepare();
}

std::chrono::milliseconds generation::since(caf::actor_clock::time_point when) const {
  return std::chrono::duration_cast<std::chrono::milliseconds>(self_->clock().now() - when);
}

/// How much of `limit` is left for something that began at `since`. The database's clock may have
/// been set back since then: nothing is left of more than the whole.
caf::timespan generation::left_of(caf::timespan limit, caf::actor_clock::time_point since) const {
  const auto spent = self_->clock().now() - since;
  return std::clamp(limit - std::chrono::duration_cast<caf::timespan>(spent), caf::timespan::zero(),
                    limit);
}

void generation::wait_for_orphan(caf::timespan grace, std::function<void()> otherwise) {
  in_grace_ = true;
  const auto part = std::min<caf::timespan>(grace, context_->settings.poll_interval);
  grace_ = run_after(self_, part, [this, left = grace - part, otherwise = std::move(otherwise)] {
    ask_for_orphan(left, otherwise);
  });
}

/// Workers may have died of this job: waiting here for so long would keep others like it from being
/// tried. A callback finds it in the queue as well.
void generation::wait_in_queue(caf::timespan grace) {
  store::release_jobs what{node_, {job_.id}, false, {job_.claim}};
  what.delay = std::chrono::ceil<std::chrono::milliseconds>(grace);
  commit(std::move(what), [this](const store::count&) { end("released"); });
}

/// The callback may have reached another node, or this one before it knew of the job: the same
/// intent is granted again only as long as its job has no task.
void generation::ask_for_orphan(caf::timespan left, const std::function<void()>& otherwise) {
  const auto asked_at = self_->clock().now();
  commit(intent(), [this, left, otherwise, asked_at](const store::intent_outcome& got) {
    if (!in_grace_)
      return; // the callback was faster
    if (draining_)
      return end("released");
    // While we could not ask, who has the task could not say so.
    if (got.what != store::intent_outcome::verdict::lease_lost
        && self_->clock().now() - asked_at > longest_answer)
      return wait_for_orphan(std::max(left, time_to_speak), otherwise);
    if (got.what != store::intent_outcome::verdict::lease_lost && left > caf::timespan::zero())
      return wait_for_orphan(left, otherwise);
    in_grace_ = false;
    if (got.what == store::intent_outcome::verdict::lease_lost)
      return on_transition(store::transition::lease_lost, "");
    context_->counts.kie_orphans("given_up").inc();
    otherwise();
  });
}

/// Until the database hears that we have the task, it refuses to end an attempt whose task we may
/// not know of.
void generation::adopt(const kie_task_id& task) {
  in_grace_ = false;
  grace_.dispose();
  log::info("job.task_adopted", "job", job_.id, "task", task);
  job_.task = task;
  task_created_at_ = self_->clock().now();
  commit(store::record_task{node_, job_.id, task}, [this](store::transition how) {
    if (how != store::transition::done)
      return on_transition(how, "lost");
    watch(0s); // KIE calls when it is done
  });
}

void generation::prepare() {
  if (!job_.prompt.empty())
    return offer_photo();
  self_->request(context_->prompts, caf::infinite, write_prompt{job_})
    .then([this](const written_prompt& got) { save_prompt(got); },
          [this](const caf::error& err) { fault(err, "write_prompt"); });
}

void generation::save_prompt(const written_prompt& got) {
  job_.prompt = got.text;
  log::info("job.prompt_written", "job", job_.id, "source", got.source);
  commit(store::record_prompt{node_, job_.id, got.text, got.source}, [this](store::transition how) {
    if (how == store::transition::done)
      offer_photo();
    else
      on_transition(how, "lost");
  });
}

/// What was taken over is looked at soon, but not all of it at once, and a task that is new not
/// before its first interval is over. A job that workers may have died of stands in the way of
/// others like it: it is looked at now.
caf::timespan generation::first_look_again() const {
  if (job_.rescues > 1)
    return 0s;
  const caf::timespan interval = context_->settings.poll_interval;
  const auto soon = part_of(std::min<caf::timespan>(interval, 2s), random_fraction());
  return std::max(soon, left_of(interval, task_created_at_));
}

void generation::watch(caf::timespan first_look) {
  creating_ = false;
  origin_.reset();
  if (draining_)
    return end("released");
  watched_task what{job_.task, job_.key, first_look,
                    left_of(context_->settings.poll_timeout, task_created_at_), job_.rescues > 0};
  poller_ = self_->spawn<kie_poller_impl>(context_->polling, std::move(what), context_->http,
                                          context_->keys, caf::actor_cast<task_owner_actor>(self_));
  self_->monitor(poller_);
  auto slim = without_texts(job_);
  std::swap(job_, slim); // assigning would keep the memory of the longer texts
  std::string{}.swap(photo_url_);
  polls_before_ = job_.polls;
}

/// The end of a poller that has told nothing. Its task lives on at KIE.
void generation::on_poller_down(const caf::down_msg& msg) {
  if (!poller_ || msg.source != poller_.address())
    return;
  poller_ = nullptr;
  log::error("job.poller_died", "job", job_.id, "task", job_.task, "reason", msg.reason, "advice",
             "another one goes on; report this if it repeats");
  watch(first_look_again());
}

void generation::on_callback(const kie_task_id& task) {
  if (in_grace_)
    return adopt(task);
  if (!poller_)
    called_back_ = task; // before the answer of createTask, or of one that was given up
  else if (task == job_.task)
    self_->send(poller_, wake_atom_v);
}

/// Nobody died of the job this time. If the word is lost, the next claim says it again.
void generation::on_polled(const task_polled& polled) {
  job_.polls = polls_before_ + polled.polls;
  store::record_task what{node_, job_.id, job_.task};
  fence(what);
  self_->request(context_->store, caf::infinite, std::move(what))
    .then([](store::transition) {},
          [this](const caf::error& err) {
            log::warn("job.progress_not_recorded", "job", job_.id, "error", err);
          });
}

void generation::on_task_ended(const task_ended& what) {
  poller_ = nullptr;
  job_.polls = polls_before_ + what.polls;
  may_finish_ = what.ending != task_ended::how::failure;
  switch (what.ending) {
    case task_ended::how::success:
      video_url_ = what.video_url;
      result_seen_at_ = self_->clock().now();
      return download(video_url_);
    case task_ended::how::failure: {
      kie::signal why;
      why.from = kie::call::task;
      why.status = 200;
      why.json = true;
      why.code = 200;
      why.fail_code = what.fail_code;
      why.fail_msg = what.fail_message;
      return settle(why);
    }
    case task_ended::how::timed_out:
      return give_task_up("KIE did not finish in time");
    case task_ended::how::without_result:
      return settle_temporary("KIE succeeded without a video");
    case task_ended::how::vanished:
      return settle_temporary("KIE does not know the task");
  }
}

/// Ends at once, unless a task is coming into being or the database is writing: whatever comes next
/// ends then.
void generation::drain() {
  draining_ = true;
  if (!creating_ && !committing_)
    end("released");
}

/// Others take the job over. A task that only this generation knows of, or will when KIE answers,
/// is paid for: it is brought home, however long that takes.
void generation::lose_lease() {
  if (!at_stake_)
    return self_->quit();
  if (!std::exchange(bereft_, true))
    log::warn("job.task_at_stake", "job", job_.id, "task", job_.task);
}

void generation::end(std::string_view how) {
  context_->counts.jobs_ended(how).inc();
  self_->quit();
}

void generation::on_transition(store::transition how, std::string_view done_name) {
  if (how == store::transition::done)
    return end(done_name);
  // Not ours any more, or its row went on without us (an adopted task): if we hold it still, giving
  // it back lets the next claim see how it stands.
  log::warn("job.lease_lost", "job", job_.id);
  creating_ = false;
  commit(store::release_jobs{node_, {job_.id}, false, {job_.claim}},
         [this](const store::count&) { end("lost"); });
}

void generation::fault(const caf::error& err, std::string_view doing) {
  log::error("job.worker_fault", "job", job_.id, "doing", doing, "error", err, "advice",
             "the job is taken over; report this if it repeats");
  context_->counts.jobs_ended("faulted").inc();
  self_->quit(err);
}

} // namespace neurocards
