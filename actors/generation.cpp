#include "actors/generation.hpp"

#include "actors/kie_poller.hpp"
#include "base/jitter.hpp"
#include "domain/poll_times.hpp"

namespace neurocards {

using namespace std::chrono_literals;

generation::generation(generation_actor::pointer self,
                       std::shared_ptr<const generation_context> context, incarnation node,
                       claimed_job job)
  : self_(self), id_(job.id), hold_(self, std::move(context), node, std::move(job)),
    settlement_(hold_) {}

generation_actor::behavior_type generation::make_behavior() {
  self_->set_down_handler([this](const caf::down_msg& msg) { on_poller_down(msg); });
  self_->set_exit_handler([this](const caf::exit_msg&) { hold_.lose_lease(); });
  begin();
  return {
    [this](const task_ended& ended) { on_task_ended(ended); },
    [this](const task_polled& polled) { on_polled(polled); },
    [this](const task_callback& callback) { on_callback(callback.task); },
    [this](drain_atom) { hold_.drain(); },
  };
}

void generation::begin() {
  const auto& job = hold_.job();
  log::info("job.claimed", "job", job.id, "attempt", job.attempts, "resumes",
            !job.task.value.empty());
  if (!job.provider.empty() && !hold_.choose_provider(job.provider)) {
    log::error("job.provider_unknown", "job", job.id, "provider", job.provider, "advice",
               "bring this node to the version of the others; the job waits for one of them");
    return hold_.release(1min);
  }
  if (is_for_others()) {
    log::warn(
      "job.key_elsewhere", "job", job.id, "provider", job.provider, "advice",
      "give all workers the keys of the same providers; the job waits for one that has them");
    return hold_.release(
      std::chrono::ceil<std::chrono::milliseconds>(hold_.context().settings.poll_interval * 4));
  }
  if (!job.task.value.empty())
    return watch_again();
  if (job.intent_age)
    return resume_creation();
  prepare();
}

/// This node has no key of the provider that was paid already, or may have been: one that has sees
/// the task, or repeats its creation. When a task would have had its time nobody is waited for any
/// more: the keys may be gone everywhere.
bool generation::is_for_others() const {
  const auto& job = hold_.job();
  if (!hold_.provider().accounts.empty())
    return false;
  const caf::timespan limit = hold_.context().settings.poll_timeout;
  if (!job.task.value.empty())
    return hold_.left_of_task(limit) > caf::timespan::zero();
  return job.intent_age && *job.intent_age < limit && hold_.service().repeatable;
}

/// Somebody died between announcing a task and saving it. Where creations may be repeated this one
/// is. Elsewhere, if the provider made it, it calls back. A negative age: who announced it could
/// not write for a while, and may know the task.
void generation::resume_creation() {
  if (hold_.service().repeatable && creation().repeat())
    return;
  const auto& job = hold_.job();
  const auto age = *job.intent_age;
  const auto grace =
    std::max<caf::timespan>(hold_.left_of(hold_.context().grace(), hold_.started_at() - age), -age);
  log::warn("job.task_left_unknown", "job", job.id, "grace", grace);
  // Workers may have died of this job: waiting here for so long would keep others like it from
  // being tried. A callback finds it in the queue as well.
  if (job.rescues > 1 && grace > caf::timespan::zero())
    return hold_.release(std::chrono::ceil<std::chrono::milliseconds>(grace));
  creation().wait_for_orphan(grace, [this] { prepare(); });
}

task_creation& generation::creation() {
  if (!creation_)
    creation_ = std::make_unique<task_creation>(
      hold_, settlement_, [this](caf::timespan first_poll) { watch(first_poll); });
  return *creation_;
}

void generation::prepare() {
  if (!hold_.job().prompt.empty())
    return creation().start();
  self_->request(hold_.context().prompts, caf::infinite, write_prompt{hold_.job()})
    .then([this](const written_prompt& got) { save_prompt(got); }, hold_.on_fault("write_prompt"));
}

void generation::save_prompt(const written_prompt& got) {
  auto& job = hold_.job();
  job.prompt = got.text;
  log::info("job.prompt_written", "job", job.id, "source", to_string(got.source));
  hold_.commit(store::record_prompt{hold_.node(), job.id, got.text, got.source, 0, got.narration},
               [this](store::transition outcome) {
                 if (outcome == store::transition::done)
                   creation().start();
                 else
                   hold_.leave(outcome, "lost");
               });
}

/// A job that workers may have died of stands in the way of others like it: it is polled now.
void generation::watch_again() {
  const caf::timespan interval = hold_.context().settings.poll_interval;
  watch(hold_.job().rescues > 1
          ? 0s
          : poll_times::first(interval, hold_.left_of_task(interval), random_fraction()),
        true);
}

void generation::watch(caf::timespan first_poll, bool taken_over) {
  settlement_.origin.reset();
  if (hold_.draining())
    return hold_.end("released");
  const auto& context = hold_.context();
  const auto& job = hold_.job();
  watched_task task{job.task,        job.key,
                    first_poll,      hold_.left_of_task(context.settings.poll_timeout),
                    job.rescues > 0, taken_over};
  poller_ =
    self_->spawn<kie_poller_impl>(hold_.provider().polling, std::move(task), hold_.provider().http,
                                  hold_.provider().keys, caf::actor_cast<task_owner_actor>(self_));
  self_->monitor(poller_);
  hold_.drop_texts();
  if (creation_)
    creation_->drop_photo();
  polls_before_ = hold_.job().polls;
}

/// The end of a poller that has told nothing. Its task lives on at the provider.
void generation::on_poller_down(const caf::down_msg& msg) {
  if (!poller_ || msg.source != poller_.address())
    return;
  poller_ = nullptr;
  log::error("job.poller_died", "job", hold_.job().id, "task", hold_.job().task, "reason",
             msg.reason, "advice", "another one goes on; report this if it repeats");
  watch_again();
}

void generation::on_callback(const task_id& task) {
  if (creation_ && creation_->on_callback(task))
    return;
  if (!poller_)
    hold_.called_back = task; // before the answer of createTask, or of one that was given up
  else if (task == hold_.job().task)
    self_->send(poller_, wake_atom_v);
}

/// Nobody died of the job this time. If the word is lost, the next claim says it again.
void generation::on_polled(const task_polled& polled) {
  auto& job = hold_.job();
  job.polls = polls_before_ + polled.polls;
  store::record_task request{hold_.node(), job.id, job.task};
  hold_.fence(request);
  self_->request(hold_.context().store, caf::infinite, std::move(request))
    .then([](store::transition) {},
          [this](const caf::error& err) {
            log::warn("job.progress_not_recorded", "job", hold_.job().id, "error", err);
          });
}

void generation::on_task_ended(const task_ended& ended) {
  poller_ = nullptr;
  hold_.job().polls = polls_before_ + ended.polls;
  settlement_.may_finish = ended.ending != task_ended::outcome::failure;
  switch (ended.ending) {
    case task_ended::outcome::success:
      return download(ended);
    case task_ended::outcome::failure: {
      provider::signal signal;
      signal.from = provider::call::task;
      signal.status = 200;
      signal.json = true;
      signal.code = 200;
      signal.fail_code = ended.fail_code;
      signal.fail_msg = ended.fail_message;
      return settlement_.settle(signal);
    }
    case task_ended::outcome::timed_out:
      return give_task_up("The provider did not finish in time");
    case task_ended::outcome::without_result:
      return settlement_.settle_temporary("The provider succeeded without a video");
    case task_ended::outcome::vanished:
      return settlement_.settle_temporary("The provider does not know the task");
  }
}

void generation::download(const task_ended& ended) {
  if (!download_)
    download_ = std::make_unique<video_download>(
      hold_, settlement_, [this](caf::timespan delay) { watch(delay); },
      [this](const std::string& reason) { give_task_up(reason); });
  download_->start(ended.video_url, ended.cost);
}

/// No task is given up while nobody can see it or fetch its video: it is polled on, for as long as
/// jobs wait for a provider.
void generation::give_task_up(const std::string& reason) {
  settlement_.weigh([this, reason](failure_origin got) {
    const auto& settings = hold_.context().settings;
    const caf::timespan longest = settings.poll_timeout + settings.outage_patience;
    if (got != failure_origin::job && hold_.left_of_task(longest) > caf::timespan::zero())
      return watch(settings.poll_interval);
    settlement_.origin = got;
    settlement_.settle_temporary(reason);
  });
}

std::string generation::describe() const {
  return "{\"task\":\"" + hold_.job().task.value + "\",\"attempt\":"
         + std::to_string(hold_.job().attempts) + ",\"polling\":" + (poller_ ? "true" : "false")
         + ",\"downloading\":" + (download_ ? "true" : "false") + "}";
}

} // namespace neurocards
