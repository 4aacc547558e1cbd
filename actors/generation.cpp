#include "actors/generation.hpp"

#include "actors/generation_commit.hpp"
#include "base/jitter.hpp"

namespace neurocards {

using namespace std::chrono_literals;

namespace {

/// How much of `limit` is left for something that began at `since` (wall clock: it may have begun
/// on another node).
caf::timespan left_of(caf::timespan limit, std::chrono::system_clock::time_point since) {
  const auto spent = std::chrono::system_clock::now() - since;
  return std::max(limit - std::chrono::duration_cast<caf::timespan>(spent), caf::timespan::zero());
}

} // namespace

generation::generation(generation_actor::pointer self,
                       std::shared_ptr<const generation_context> context, incarnation node,
                       claimed_job job)
  : self_(self), context_(std::move(context)), node_(node), job_(std::move(job)),
    started_at_(self->clock().now()) {}

generation_actor::behavior_type generation::make_behavior() {
  begin();
  return {
    [this](const task_ended& what) { on_task_ended(what); },
    [this](const kie_callback& what) { on_callback(what.task); },
    [this](drain_atom) { drain(); },
  };
}

void generation::begin() {
  log::info("job.claimed", "job", job_.id, "attempt", job_.attempts, "resumes",
            !job_.task.value.empty());
  if (!job_.task.value.empty())
    return watch(true);
  if (job_.intent_at) {
    // Somebody died between announcing a task and saving it. If KIE made it, it calls back.
    const auto grace = left_of(context_->settings.orphan_grace, *job_.intent_at);
    log::warn("job.task_in_doubt", "job", job_.id, "grace", grace);
    return wait_for_orphan(grace, [this] { prepare(); });
  }
  prepare();
}

void generation::wait_for_orphan(caf::timespan grace, std::function<void()> otherwise) {
  waiting_ = run_after(self_, grace, [this, otherwise = std::move(otherwise)] {
    context_->counts.kie_orphans("given_up").inc();
    otherwise();
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
  commit(store::record_prompt{node_, job_.id, got.text, got.source},
         [this](store::transition how) {
           if (how == store::transition::done)
             offer_photo();
           else
             on_transition(how, "lost");
         });
}

void generation::watch(bool resumed) {
  creating_ = false;
  if (draining_)
    return end("released");
  const auto& settings = context_->settings;
  const auto since = job_.task_created_at.value_or(std::chrono::system_clock::now());
  // What was taken over is looked at soon, but not all of it at once.
  const auto soon = caf::timespan{static_cast<int64_t>(
    random_fraction() * static_cast<double>(std::min<caf::timespan>(settings.poll_interval, 4s).count()))};
  watched_task what{job_.task, job_.key, resumed ? soon : with_jitter(settings.poll_interval),
                    left_of(settings.poll_timeout, since)};
  poller_ = self_->spawn<kie_poller_impl>(context_->polling, std::move(what), context_->http,
                                          context_->keys,
                                          caf::actor_cast<task_owner_actor>(self_));
  // What creation needed weighs more than what watching needs; ten thousands of jobs are watched.
  job_.prompt = {};
  job_.product_text = {};
  job_.extra_wishes = {};
  job_.user_prompt = {};
  photo_url_ = {};
}

void generation::on_callback(const kie_task_id& task) {
  if (poller_) {
    if (task == job_.task)
      self_->send(poller_, wake_atom_v);
    return;
  }
  if (!waiting_.valid() || waiting_.disposed())
    return; // creation is under way and saves its own task
  waiting_.dispose();
  log::info("job.task_adopted", "job", job_.id, "task", task);
  context_->counts.kie_orphans("adopted").inc();
  job_.task = task;
  job_.task_created_at = std::chrono::system_clock::now();
  watch(true);
}

void generation::on_task_ended(const task_ended& what) {
  poller_ = nullptr;
  switch (what.ending) {
    case task_ended::how::success:
      video_url_ = what.video_url;
      return download();
    case task_ended::how::failure: {
      kie::signal why;
      why.from = kie::call::record_info;
      why.status = 200;
      why.json = true;
      why.code = 200;
      why.fail_code = what.fail_code;
      why.fail_msg = what.fail_message;
      return settle(why);
    }
    case task_ended::how::timed_out:
      task_may_finish_ = true;
      return settle_temporary("KIE did not finish in time");
    case task_ended::how::without_result: return settle_temporary("KIE succeeded without a video");
    case task_ended::how::vanished: return settle_temporary("KIE does not know the task");
  }
}

void generation::drain() {
  draining_ = true;
  if (!creating_)
    end("released");
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
  commit(store::release_jobs{node_, {job_.id}}, [this](const store::count&) { end("lost"); });
}

void generation::fault(const caf::error& err, std::string_view doing) {
  log::error("job.worker_fault", "job", job_.id, "doing", doing, "error", err, "advice",
             "the job is taken over; report this if it repeats");
  context_->counts.jobs_ended("faulted").inc();
  self_->quit(err);
}

} // namespace neurocards
