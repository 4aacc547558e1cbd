#include "actors/generation_commit.hpp"
#include "domain/word_match.hpp"

#include <filesystem>

namespace neurocards {

using namespace std::chrono_literals;

namespace {

/// How long KIE may fetch a photo by its link: a creation may wait in KIE's own queue.
constexpr auto photo_link_life = std::chrono::hours{24};

constexpr int max_uploads = 3;             // each with the next key in turn
constexpr caf::timespan least_wait = 50ms; // for budget

/// A name no other upload has: KIE overwrites equal ones.
std::string upload_name(const storage_key& photo) {
  return to_string(uuid::random()) + std::filesystem::path{photo.value}.extension().string();
}

void remove_temporary(const opened_file& file) {
  std::error_code ignored;
  if (file.temporary)
    std::filesystem::remove(file.path, ignored);
}

} // namespace

// ── the photo ────────────────────────────────────────────────────────────────────────────────────

void generation::offer_photo() {
  if (draining_)
    return end("released");
  if (models::taking(context_->settings.models, job_.photo).empty()) // the catalogue was changed
    return fail({failure_class::user_violation,
                 "no model of kie.models takes the photo " + job_.photo.value,
                 "invalid image: no model of the catalogue takes it"});
  if (context_->public_url.empty() || photo_way_ == photo_way::upload)
    upload_with_any_key();
  else
    link_photo();
}

void generation::link_photo() {
  self_->request(context_->objects, caf::infinite, link_file{job_.photo, photo_link_life})
    .then(
      [this](const file_link& link) {
        // KIE refuses links with a query, which those to an object store have.
        const bool fit = !link.url.empty() && link.url.find('?') == std::string::npos;
        photo_way_ = fit ? photo_way::link : photo_way::upload;
        if (!fit)
          return upload_with_any_key();
        on_photo_ready(link.url);
      },
      [this](const caf::error& err) { on_photo_unavailable(err); });
}

void generation::upload_with_any_key() {
  choose_upload_key([this](caf::timespan wait) { postpone(wait, "every KIE key rests"); });
}

void generation::choose_upload_key(std::function<void(caf::timespan wait)> none) {
  self_->request(context_->keys, caf::infinite, choose_key{})
    .then(
      [this, none = std::move(none)](const found_key& found) {
        if (found.value.empty())
          return none(found.wait);
        job_.key = found.key; // the one to rest if KIE refuses it
        open_photo(found.value);
      },
      [this](const caf::error& err) { fault(err, "choose_key"); });
}

void generation::open_photo(const secret& key) {
  self_->request(context_->objects, caf::infinite, open_file{job_.photo})
    .then([this, key](const opened_file& photo) { upload_photo(photo, key); },
          [this](const caf::error& err) { on_photo_unavailable(err); });
}

/// Our storage's trouble is not the user's: the job waits.
void generation::on_photo_unavailable(const caf::error& err) {
  if (err == ec::file_missing) {
    origin_ = failure_origin::job; // says nothing of KIE
    return settle_temporary("the photo is missing from storage");
  }
  if (worth_a_line(++storage_waits_))
    log::error("job.photo_unavailable", "job", job_.id, "error", err, "advice",
               "check the settings of storage; the job waits");
  run_after(self_, with_jitter(10s), [this] { offer_photo(); });
}

void generation::upload_photo(const opened_file& photo, const secret& key) {
  self_
    ->request(context_->http, caf::infinite,
              context_->kie.upload(key, photo.path, upload_name(job_.photo),
                                   storage::content_type(job_.photo)))
    .then(
      [this, photo](const http::response& got) {
        remove_temporary(photo);
        on_uploaded(got);
      },
      [this](const caf::error& err) { fault(err, "upload_photo"); });
}

void generation::on_uploaded(const http::response& got) {
  if (got.how == http::outcome::local_fault)
    return on_photo_unavailable(caf::make_error(ec::unavailable, "upload_photo", got.error));
  const auto result = kie::parse_upload(got);
  if (const auto* url = std::get_if<std::string>(&result)) {
    context_->counts.kie_calls("upload", "done").inc();
    return on_photo_ready(*url);
  }
  const auto& why = std::get<kie::signal>(result);
  context_->counts.kie_calls("upload", "failed").inc();
  const auto rest = kie::classify(why).cooldown;
  if (rest == kie::cooldown_scope::key || rest == kie::cooldown_scope::account)
    return on_upload_key_refused(why);
  if (++uploads_ >= max_uploads)
    return settle(why);
  log::warn("job.upload_failed", "job", job_.id, "try", uploads_, "signal", kie::describe(why));
  weigh([this, why](failure_origin origin) { retry_upload(why, origin); });
}

/// With the same photo, unless it is known already that KIE's host, or our way to it, is to blame.
void generation::retry_upload(const kie::signal& why, failure_origin origin) {
  if (origin != failure_origin::job && kie::classify(why).cls == failure_class::temporary) {
    origin_ = origin;
    return settle(why);
  }
  const caf::timespan wish = why.retry_after.value_or(0ms);
  run_after(self_, std::max(backoff(uploads_, 2s, 1min), wish), [this] { offer_photo(); });
}

/// Says nothing of the photo: the next key tries at once, as long as one is left that does not
/// rest, and that is no attempt.
void generation::on_upload_key_refused(const kie::signal& why) {
  size_t keys = 0;
  for (const auto& account : context_->accounts)
    keys += account.keys.size();
  if (++keys_refused_ >= keys)
    return settle(why);
  log::warn("job.upload_key_refused", "job", job_.id, "key", job_.key, "signal",
            kie::describe(why));
  const auto verdict = kie::classify(why);
  alert(verdict, why);
  rest(verdict, retry::cooldown_for(verdict, why.retry_after, context_->settings),
       kie::describe(why), [this, why, verdict] {
         choose_upload_key([this, why, verdict](caf::timespan) {
           const job_failure failure{verdict.cls, kie::describe(why), kie::raw_signal(why)};
           look_for_key(verdict, failure, situation(why.retry_after));
         });
       });
}

// ── the intent ───────────────────────────────────────────────────────────────────────────────────

void generation::on_photo_ready(std::string url) {
  photo_url_ = std::move(url);
  photo_ready_at_ = self_->clock().now();
  announce();
}

void generation::announce() {
  if (draining_)
    return end("released");
  job_.intent_token = to_string(uuid::random());
  commit(intent(), [this](const store::intent_outcome& got) { on_intent(got); });
}

store::record_intent generation::intent() const {
  const auto& settings = context_->settings;
  store::record_intent result{node_,
                              job_.id,
                              job_.intent_token,
                              context_->accounts,
                              settings.create_budget,
                              models::taking(settings.models, job_.photo)};
  if (!photo_url_.empty()) {
    result.photo = photo_way_ == photo_way::link ? "link" : "upload";
    result.photo_age = since(photo_ready_at_);
  }
  return result;
}

void generation::on_intent(const store::intent_outcome& got) {
  using verdict = store::intent_outcome::verdict;
  switch (got.what) {
    case verdict::granted: {
      job_.key = got.key;
      job_.model = got.model;
      creating_ = true;
      if (const auto* chosen = models::find(context_->settings.models, got.model))
        return fit_prompt(*chosen);
      return fault(caf::make_error(ec::misconfigured, "no such model", got.model), "record_intent");
    }
    case verdict::wait:
      if (draining_)
        return end("released");
      run_after(self_, std::max<caf::timespan>(got.wait, least_wait), [this] { announce(); });
      return;
    case verdict::no_key:
      return postpone(got.wait, "every KIE key rests");
    case verdict::no_model:
      return postpone(got.wait, "every model rests");
    case verdict::lease_lost:
      return on_transition(store::transition::lease_lost, "");
  }
}

/// Nothing was created for the intent: without it, nobody waits for an orphan.
void generation::withdraw() {
  creating_ = false;
  retry::decision at_once;
  at_once.uses_attempt = false;
  requeue(at_once, {failure_class::temporary, "the worker drains", "the worker drains"});
}

/// `jobs.prompt` is what KIE gets, and models differ in how much they take.
void generation::fit_prompt(const config::model& chosen) {
  auto bounded = models::bounded_prompt(chosen, job_.prompt);
  if (bounded == job_.prompt)
    return find_creation_key(chosen);
  job_.prompt = bounded;
  commit(store::record_prompt{node_, job_.id, std::move(bounded), ""},
         [this, &chosen](store::transition how) {
           if (how != store::transition::done)
             return on_transition(how, "lost");
           find_creation_key(chosen);
         });
}

void generation::find_creation_key(const config::model& chosen) {
  self_->request(context_->keys, caf::infinite, find_key{job_.key})
    .then(
      [this, &chosen](const found_key& key) {
        if (key.value.empty())
          return fault(caf::make_error(ec::misconfigured, "no such key", job_.key.value),
                       "find_key");
        create(chosen, key.value);
      },
      [this](const caf::error& err) { fault(err, "find_key"); });
}

// ── the task ─────────────────────────────────────────────────────────────────────────────────────

void generation::create(const config::model& chosen, const secret& key) {
  if (draining_)
    return withdraw();
  std::string callback;
  if (!context_->public_url.empty())
    callback = context_->public_url + "/kie/callback/" + job_.intent_token;
  auto body = models::create_task_body(chosen, job_.prompt, photo_url_, callback);
  at_stake_ = context_->counts.unanswered_call();
  self_->request(context_->http, caf::infinite, context_->kie.create_task(key, std::move(body)))
    .then([this](const http::response& got) { on_created(got); },
          [this](const caf::error& err) { fault(err, "create_task"); });
}

void generation::on_created(const http::response& got) {
  const auto result = kie::parse_created(got);
  if (const auto* made = std::get_if<kie::created>(&result)) {
    context_->counts.kie_calls("create_task", "created").inc();
    if (made->code != 200)
      log::warn("job.created_against_words", "job", job_.id, "task", made->task, "code",
                made->code);
    return save_task(made->task);
  }
  auto why = std::get<kie::signal>(result);
  why.message = words::without_echo(why.message, job_.prompt);
  creating_ = false;
  at_stake_ = nullptr;
  if (bereft_)
    return end("lost");
  if (kie::classify(why).maybe_created)
    return on_creation_in_doubt(why);
  context_->counts.kie_calls("create_task", "refused").inc();
  if (photo_way_ == photo_way::link && !draining_ && kie::could_not_fetch(why))
    return upload_instead(why);
  settle(why);
}

void generation::upload_instead(const kie::signal& why) {
  log::warn("job.link_refused", "job", job_.id, "signal", kie::describe(why), "advice",
            "see that http.public-url leads here from the internet; the photo is uploaded");
  photo_way_ = photo_way::upload;
  offer_photo();
}

/// The task may exist and be paid for. If it does, KIE calls back, or its video comes as a gift. If
/// KIE is silent it is created once more within the attempt: no answer is no verdict.
void generation::on_creation_in_doubt(const kie::signal& why) {
  context_->counts.kie_calls("create_task", "in_doubt").inc();
  log::warn("job.creation_in_doubt", "job", job_.id, "signal", kie::describe(why));
  may_finish_ = true;
  if (draining_)
    return end("released");
  if (!called_back_.value.empty())
    return adopt(called_back_);
  wait_for_orphan(context_->grace(), [this, why] {
    const bool of_job = origin_.value_or(failure_origin::job) == failure_origin::job;
    if (!of_job || std::exchange(created_again_, true))
      return settle(why);
    origin_.reset(); // what comes next is weighed for itself
    announce();
  });
  weigh_doubt();
}

void generation::save_task(const kie_task_id& task) {
  job_.task = task;
  task_created_at_ = self_->clock().now();
  log::info("job.task_created", "job", job_.id, "task", task, "model", job_.model, "key", job_.key);
  commit(store::record_task{node_, job_.id, task}, [this](store::transition how) {
    if (how != store::transition::done)
      return bring_task_home();
    at_stake_ = nullptr;
    if (bereft_) // nobody has taken the job over yet: with its task it goes back at once
      return on_transition(store::transition::lease_lost, "");
    const caf::timespan interval = context_->settings.poll_interval;
    const bool ended = called_back_ == job_.task;
    watch(ended ? caf::timespan{0} : std::max<caf::timespan>(interval, with_jitter(interval)));
  });
}

/// Somebody else has the job, but not this task: its token finds the job.
void generation::bring_task_home() {
  commit(store::adopt_task{job_.intent_token, job_.task}, [this](const store::adoption&) {
    at_stake_ = nullptr;
    on_transition(store::transition::lease_lost, "");
  });
}

} // namespace neurocards
