#include "actors/task_creation.hpp"

#include "actors/run_after.hpp"
#include "base/jitter.hpp"
#include "domain/time_ordered.hpp"
#include "domain/word_match.hpp"

#include <algorithm>

namespace neurocards {

using namespace std::chrono_literals;

namespace {

constexpr caf::timespan least_wait = 50ms; // for budget
constexpr int most_repeats = 5;            // of one creation, before its job goes back

} // namespace

task_creation::task_creation(job_hold& hold, job_settlement& settlement,
                             std::function<void(caf::timespan)> created)
  : hold_(hold), settlement_(settlement), created_(std::move(created)) {}

/// With several providers the database says whose turn it is before the photo is made ready.
void task_creation::start() {
  const auto& photo = hold_.job().photo;
  several_ = hold_.context().makers().size() > 1;
  runs_ = models::runs_by_form(hold_.context().usable_models(), photo);
  if (runs_.empty()) // the catalogue was changed
    return settlement_.fail({failure_class::user_violation,
                             "no model of kie.models takes the photo " + photo.value,
                             "invalid image: no model of the catalogue takes it"});
  photo_.reset();
  if (several_)
    announce();
  else
    offer_photo(0);
}

/// Which model makes the film is decided with the intent, behind which nothing may take its time:
/// so the photo lies there before it, at the provider and in the form that the models have that may
/// then be chosen.
void task_creation::offer_photo(size_t run) {
  const auto& wanted = runs_[run];
  if (!photo_ || hold_.service().name != wanted.provider) {
    if (!hold_.choose_provider(wanted.provider))
      return hold_.fault(caf::make_error(ec::misconfigured, "no such provider", wanted.provider),
                         "offer_photo");
    photo_ = std::make_unique<photo_offer>(hold_, settlement_, [this] { announce(); });
  }
  run_ = run;
  photo_->offer(wanted.form);
}

void task_creation::offer_photo_for(const std::string& model) {
  for (size_t i = 0; i < runs_.size(); ++i)
    if (std::ranges::find(runs_[i].slugs, model) != runs_[i].slugs.end())
      return offer_photo(i);
  hold_.fault(caf::make_error(ec::misconfigured, "no such model", model), "record_intent");
}

/// No model of those for which the photo is ready may be used, nor any of another provider.
void task_creation::try_next_form(caf::timespan wait) {
  if (several_ && photo_) { // the provider's models of other forms may be free
    photo_.reset();
    return announce();
  }
  models_wait_ = run_ == 0 || several_ ? wait : std::min(models_wait_, wait);
  if (!several_ && run_ + 1 < runs_.size())
    return offer_photo(run_ + 1);
  settlement_.postpone(models_wait_, "every model cools down");
}

bool task_creation::repeat() {
  const auto& job = hold_.job();
  const auto* chosen = models::find(hold_.context().settings.models, job.model);
  const auto& accounts = hold_.provider().accounts;
  if (!chosen || chosen->provider != job.provider || job.prompt.empty() || accounts.empty())
    return false; // settings have changed: as if it could not be repeated
  const auto has_key = [&job](const store::account& x) {
    return std::ranges::find(x.keys, job.key) != x.keys.end();
  };
  if (std::ranges::none_of(accounts, has_key)) // replaced since, most likely by one of its account
    hold_.job().key = accounts.front().keys.front();
  log::info("job.creation_repeated", "job", job.id, "token", job.intent_token);
  announced_ = hold_.self()->clock().now() - job.intent_age.value_or(0ms);
  outcome_unknown_ = true;
  photo_ = std::make_unique<photo_offer>(hold_, settlement_, [this, chosen] { send(*chosen); });
  photo_->offer(photo_forms::needed_by(*chosen, job.photo));
  return true;
}

void task_creation::send(const config::model& chosen) {
  hold_.begin_creation();
  find_key(chosen);
}

orphan_wait& task_creation::orphan() {
  if (!orphan_)
    orphan_ = std::make_unique<orphan_wait>(
      hold_, [this] { return intent(); },
      [this] { created_(0s); }); // the provider calls when it is done
  return *orphan_;
}

void task_creation::wait_for_orphan(caf::timespan grace, std::function<void()> otherwise) {
  created_again_ = true;
  orphan().start(grace, std::move(otherwise));
}

bool task_creation::on_callback(const task_id& task) {
  if (!orphan_ || !orphan_->waiting())
    return false;
  orphan_->adopt(task);
  return true;
}

void task_creation::announce() {
  if (hold_.draining())
    return hold_.end("released");
  hold_.job().intent_token =
    to_string(time_ordered(uuid::random(), std::chrono::system_clock::now()));
  hold_.commit(intent(), [this](const store::intent_outcome& got) { on_intent(got); });
}

store::record_intent task_creation::intent() const {
  const auto& context = hold_.context();
  const auto& job = hold_.job();
  store::record_intent result{
    hold_.node(), job.id, job.intent_token, context.accounts(), context.settings.create_budget, {}};
  const auto runs =
    runs_.empty() ? models::runs_by_form(context.usable_models(), job.photo) : runs_;
  for (size_t i = 0; i < runs.size(); ++i) {
    if (photo_ && !runs_.empty() && !may_be_chosen(i))
      continue;
    result.models.insert(result.models.end(), runs[i].slugs.begin(), runs[i].slugs.end());
    result.providers.insert(result.providers.end(), runs[i].slugs.size(), runs[i].provider);
  }
  if (photo_) {
    photo_->describe(result);
    result.prepared = job.provider;
  }
  return result;
}

/// For the others of its provider the photo has another form.
bool task_creation::may_be_chosen(size_t run) const {
  return run == run_ || (several_ && runs_[run].provider != runs_[run_].provider);
}

void task_creation::on_intent(const store::intent_outcome& got) {
  using verdict = store::intent_outcome::verdict;
  switch (got.outcome) {
    case verdict::granted: {
      hold_.job().key = got.key;
      hold_.job().model = got.model;
      hold_.begin_creation();
      announced_ = hold_.self()->clock().now();
      outcome_unknown_ = false;
      if (const auto* chosen = models::find(hold_.context().settings.models, got.model))
        return fit_prompt(*chosen);
      return hold_.fault(caf::make_error(ec::misconfigured, "no such model", got.model),
                         "record_intent");
    }
    case verdict::wait:
      if (hold_.draining())
        return hold_.end("released");
      run_after(hold_.self(), std::max<caf::timespan>(got.wait, least_wait),
                [this] { announce(); });
      return;
    case verdict::no_key:
      return settlement_.postpone(got.wait, "every key of the provider cools down");
    case verdict::no_model:
      return try_next_form(got.wait);
    case verdict::elsewhere:
      return offer_photo_for(got.model);
    case verdict::lease_lost:
      return hold_.leave(store::transition::lease_lost, "");
  }
}

/// `jobs.prompt` is what the provider gets, and models differ in how much they take.
void task_creation::fit_prompt(const config::model& chosen) {
  auto& job = hold_.job();
  auto bounded = models::bounded_prompt(chosen, job.prompt);
  if (bounded == job.prompt)
    return find_key(chosen);
  job.prompt = bounded;
  hold_.commit(store::record_prompt{hold_.node(), job.id, std::move(bounded), {}},
               [this, &chosen](store::transition outcome) {
                 if (outcome != store::transition::done)
                   return hold_.leave(outcome, "lost");
                 find_key(chosen);
               });
}

void task_creation::find_key(const config::model& chosen) {
  hold_.self()
    ->request(hold_.provider().keys, caf::infinite, neurocards::find_key{hold_.job().key})
    .then(
      [this, &chosen](const found_key& key) {
        if (key.value.empty())
          return hold_.fault(
            caf::make_error(ec::misconfigured, "no such key", hold_.job().key.value), "find_key");
        create(chosen, key.value);
      },
      hold_.on_fault("find_key"));
}

void task_creation::create(const config::model& chosen, const secret& key) {
  if (hold_.draining()) {
    hold_.end_creation();
    return outcome_unknown_ ? hold_.end("released") : settlement_.withdraw();
  }
  const auto& context = hold_.context();
  const auto& job = hold_.job();
  std::string callback;
  if (!context.public_url.empty() && !hold_.service().callback_path.empty())
    callback = context.public_url + hold_.service().callback_path + job.intent_token;
  hold_.send_creation();
  hold_.self()
    ->request(
      hold_.provider().http, caf::infinite,
      hold_.service().create(key, {chosen, job.prompt, photo_->url(), callback, job.intent_token}))
    .then([this](const http::response& got) { on_answer(got); }, hold_.on_fault("create_task"));
}

void task_creation::on_answer(const http::response& got) {
  const auto result = hold_.service().read_created(got, hold_.job().intent_token);
  if (const auto* made = std::get_if<provider::created>(&result)) {
    hold_.context().counts.provider_calls("create_task", "created").inc();
    if (made->code != 200)
      log::warn("job.created_against_words", "job", hold_.job().id, "task", made->task, "code",
                made->code);
    return save(made->task);
  }
  auto signal = std::get<provider::signal>(result);
  signal.message = words::without_echo(signal.message, hold_.job().prompt);
  signal.photo_uploaded = photo_->uploaded();
  on_refused(signal);
}

void task_creation::on_refused(const provider::signal& signal) {
  if (!hold_.end_creation())
    return hold_.end("lost");
  const auto verdict = hold_.service().classify(signal);
  if (verdict.maybe_created)
    return on_outcome_unknown(signal);
  // A repeat that is refused for want of money, say, proves nothing of the creation before it.
  const bool by_content =
    verdict.cls == failure_class::user_violation || verdict.cls == failure_class::unknown;
  if (outcome_unknown_ && !by_content)
    return repeat_later(signal);
  hold_.context().counts.provider_calls("create_task", "refused").inc();
  if (!hold_.draining() && hold_.service().could_not_fetch(signal)
      && photo_->upload_instead(signal))
    return;
  settlement_.settle(signal);
}

/// The task may exist and be paid for. If it does, the provider calls back, or its video comes
/// late. If the provider is silent it is created once more within the attempt: no answer is no
/// verdict.
void task_creation::on_outcome_unknown(const provider::signal& signal) {
  hold_.context().counts.provider_calls("create_task", "in_doubt").inc();
  log::warn("job.creation_left_unknown", "job", hold_.job().id, "signal",
            provider::describe(signal));
  settlement_.may_finish = true;
  if (hold_.draining())
    return hold_.end("released");
  if (hold_.service().repeatable)
    return repeat_later(signal);
  if (!hold_.called_back.value.empty())
    return orphan().adopt(hold_.called_back);
  orphan().start(hold_.context().grace(), [this, signal] {
    const bool of_job = settlement_.origin.value_or(failure_origin::job) == failure_origin::job;
    if (!of_job || std::exchange(created_again_, true))
      return settlement_.settle(signal);
    settlement_.origin.reset(); // what comes next is weighed for itself
    announce();
  });
  // Whose fault it was is found out at once, long before it is settled.
  settlement_.weigh([this](failure_origin got) {
    if (orphan_->waiting())
      settlement_.origin = got;
  });
}

/// Under the same token, as long as a task may take: it is made and paid for once. While the
/// provider is down the job waits in the queue, and whoever has it next repeats it.
void task_creation::repeat_later(const provider::signal& signal) {
  outcome_unknown_ = true;
  settlement_.weigh([this, signal](failure_origin got) {
    if (hold_.draining())
      return hold_.end("released");
    const auto& settings = hold_.context().settings;
    if (hold_.left_of(settings.poll_timeout, announced_) <= caf::timespan::zero()) {
      hold_.context().counts.orphans("given_up").inc();
      settlement_.origin = got;
      return settlement_.settle(signal);
    }
    const auto* chosen = models::find(settings.models, hold_.job().model);
    if (got != failure_origin::job || ++repeats_ > most_repeats || !chosen)
      return hold_.release(
        std::chrono::ceil<std::chrono::milliseconds>(with_jitter(settings.poll_interval * 2)));
    run_after(hold_.self(), backoff(repeats_, 1s, 30s), [this, chosen] {
      if (hold_.draining())
        return hold_.end("released");
      send(*chosen);
    });
  });
}

void task_creation::save(const task_id& task) {
  hold_.set_task(task);
  runs_ = {}; // nothing is left to choose, and ten thousands of tasks are watched
  const auto& job = hold_.job();
  log::info("job.task_created", "job", job.id, "task", task, "model", job.model, "key", job.key);
  hold_.commit(store::record_task{hold_.node(), job.id, task}, [this](store::transition outcome) {
    if (outcome != store::transition::done)
      return bring_home();
    if (!hold_.end_creation()) // nobody has taken the job over yet: with its task it goes back
      return hold_.leave(store::transition::lease_lost, "");
    const caf::timespan interval = hold_.context().settings.poll_interval;
    const bool ended = hold_.called_back == hold_.job().task;
    created_(ended ? caf::timespan{0} : std::max<caf::timespan>(interval, with_jitter(interval)));
  });
}

/// Somebody else has the job, but not this task: its token finds the job.
void task_creation::bring_home() {
  hold_.commit(store::adopt_task{hold_.job().intent_token, hold_.job().task},
               [this](const store::adoption&) {
                 hold_.end_creation();
                 hold_.leave(store::transition::lease_lost, "");
               });
}

} // namespace neurocards
