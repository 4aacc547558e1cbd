#include "actors/generation_commit.hpp"

#include <filesystem>

namespace neurocards {

using namespace std::chrono_literals;

namespace {

constexpr int64_t max_video_bytes = int64_t{2} << 30;
constexpr int max_downloads = 5; // KIE has been paid: worth some patience

storage_key video_key(const job_id& job) {
  return storage_key{"videos/" + to_string(job) + ".mp4"};
}

} // namespace

void generation::download() {
  ++downloads_;
  const auto file = context_->files->temporary_file(".mp4");
  const auto limit = std::chrono::duration_cast<std::chrono::milliseconds>(context_->settings.download_timeout);
  self_->request(context_->http, caf::infinite,
                 kie::download(video_url_, file, max_video_bytes, limit, context_->private_downloads))
    .then([this, file](const http::response& got) { on_downloaded(got, file); },
          [this](const caf::error& err) { fault(err, "download"); });
}

void generation::on_downloaded(const http::response& got, const std::string& file) {
  if (got.ok()) {
    context_->counts.kie_calls("download", "done").inc();
    return store_video(file);
  }
  context_->counts.kie_calls("download", "failed").inc();
  const auto why = kie::download_signal(got);
  log::warn("job.download_failed", "job", job_.id, "try", downloads_, "signal", kie::describe(why));
  if (downloads_ >= max_downloads)
    return settle(why);
  run_after(self_, backoff(downloads_, 2s, 1min), [this] { download(); });
}

void generation::store_video(const std::string& file) {
  self_->request(context_->objects, caf::infinite,
                 put_file{file, video_key(job_.id), "video/mp4"})
    .then([this](const put_result& got) { complete(got.bytes); },
          [this, file](const caf::error& err) {
            std::error_code ignored;
            std::filesystem::remove(file, ignored);
            if (err == ec::bad_file)
              return settle_temporary("what KIE delivered is no video");
            // Our storage's trouble, not the user's: the video waits at KIE.
            log::error("job.video_not_stored", "job", job_.id, "error", err, "advice",
                       "check the room and the settings of storage; the job waits");
            downloads_ = 0;
            run_after(self_, with_jitter(30s), [this] { download(); });
          });
}

void generation::complete(int64_t bytes) {
  commit(store::complete_job{node_, job_.id, video_key(job_.id), bytes},
         [this, bytes](store::transition how) {
           if (how == store::transition::done) {
             log::info("job.completed", "message", "✅ Job completed", "job", job_.id, "user",
                       job_.owner, "model", job_.model, "seconds", self_->clock().now() - started_at_, "bytes", bytes);
           }
           on_transition(how, "completed");
         });
}

void generation::settle(const kie::signal& why) {
  job_failure failure;
  auto verdict = kie::classify(why);
  if (verdict.check_image)
    verdict.cls = failure_class::temporary; // the photo was checked when it came: KIE's trouble
  failure.cls = verdict.cls;
  failure.error = kie::describe(why);
  failure.raw_signal = kie::raw_signal(why);
  if (verdict.alert)
    log::error("kie.needs_attention", "class", failure.cls, "rule", verdict.rule, "signal",
               failure.error, "advice", "see `neurocards status` for keys and models at rest");
  apply(verdict, std::move(failure));
}

void generation::settle_temporary(std::string reason) {
  kie::verdict verdict;
  verdict.cls = failure_class::temporary;
  verdict.rule = "ours";
  apply(verdict, {failure_class::temporary, reason, reason});
}

void generation::apply(const kie::verdict& verdict, job_failure failure) {
  retry::situation now;
  now.attempts = job_.attempts;
  size_t keys = 0;
  for (const auto& account : context_->accounts)
    keys += account.keys.size();
  now.other_key = keys > 1;
  now.other_model = context_->settings.models.size() > 1;
  now.random = random_fraction();
  const auto decision = retry::decide(verdict, now, context_->settings);
  log::info("job.attempt_failed", "job", job_.id, "attempt", job_.attempts, "class", failure.cls,
            "rule", verdict.rule, "error", failure.error);
  rest(decision, failure.error);
  if (decision.what == retry::decision::action::retry)
    return requeue(decision, std::move(failure));
  commit(store::fail_job{node_, job_.id, failure, task_may_finish_}, [this, failure](store::transition how) {
    if (how == store::transition::done)
      log::info("job.failed", "job", job_.id, "user", job_.owner, "class", failure.cls, "error",
                failure.error);
    on_transition(how, "failed");
  });
}

void generation::rest(const retry::decision& what, const std::string& reason) {
  switch (what.rest) {
    case kie::rests::nothing: return;
    case kie::rests::model:
      return commit(store::rest_model{job_.model, what.rest_for, reason},
                    [](const store::committed&) {});
    case kie::rests::key:
    case kie::rests::account: {
      store::rest_key order{job_.key, what.rest_for, reason,
                            what.rest == kie::rests::account, {}};
      for (const auto& account : context_->accounts)
        if (std::ranges::find(account.keys, job_.key) != account.keys.end())
          order.account_keys = account.keys;
      return commit(std::move(order), [](const store::committed&) {});
    }
  }
}

void generation::requeue(const retry::decision& what, job_failure failure) {
  commit(store::retry_job{node_, job_.id, std::move(failure), what.delay, what.uses_attempt,
                          what.tell_user, task_may_finish_},
         [this](store::transition how) { on_transition(how, "retried"); });
}

void generation::postpone(caf::timespan delay, std::string reason) {
  retry::decision later;
  later.delay = std::chrono::duration_cast<std::chrono::milliseconds>(with_jitter(delay));
  later.uses_attempt = false;
  later.tell_user = true; // once per job, says the database
  log::info("job.postponed", "job", job_.id, "reason", reason);
  requeue(later, {failure_class::temporary, reason, reason});
}

} // namespace neurocards
