#include "actors/generation_commit.hpp"

#include <cerrno>
#include <filesystem>

namespace neurocards {

using namespace std::chrono_literals;

namespace {

constexpr int max_downloads = 5; // KIE has been paid: worth some patience
constexpr caf::timespan turn_pause = 10s;

storage_key video_key(const job_id& job) {
  return storage_key{"videos/" + to_string(job) + ".mp4"};
}

void remove_file(const std::string& path) {
  std::error_code ignored;
  std::filesystem::remove(path, ignored);
}

} // namespace

void generation::download(const std::string& link) {
  ++downloads_;
  const auto& settings = context_->settings;
  const auto file = context_->files->temporary_file(".mp4");
  const auto limit =
    std::chrono::duration_cast<std::chrono::milliseconds>(settings.download_timeout);
  self_
    ->request(context_->http, caf::infinite,
              kie::download(link, file, kie::max_video_bytes, limit, context_->private_downloads))
    .then([this, file](const http::response& got) { on_downloaded(got, file); },
          [this](const caf::error& err) { fault(err, "download"); });
}

void generation::on_downloaded(const http::response& got, const std::string& file) {
  if (kie::brought_video(got)) {
    context_->counts.kie_calls("download", "done").inc();
    return store_video(file);
  }
  if (got.how == http::outcome::not_started) { // it waited on our side: no failed download
    --downloads_;
    run_after(self_, with_jitter(turn_pause), [this] { renew_link(); });
    return;
  }
  context_->counts.kie_calls("download", "failed").inc();
  // Without an errno it is the link that cannot be used, not the disk.
  if (got.how == http::outcome::local_fault && got.error_number != 0)
    return wait_for_storage(got.error);
  const auto why = kie::download_signal(got);
  if (got.how == http::outcome::forbidden_address && got.error_number == EPROTONOSUPPORT)
    return settle(why); // it was led into our machine: no setting may allow that
  if (got.how == http::outcome::forbidden_address)
    return wait_for_passage(kie::describe(why));
  if (got.how == http::outcome::too_large && downloads_ >= max_downloads)
    return settle(why); // another task would bring no smaller one
  remove_file(file);
  retry_download(got.ok() ? "download: no MP4 but " + got.content_type : kie::describe(why));
}

void generation::retry_download(const std::string& why) {
  log::warn("job.download_failed", "job", job_.id, "try", downloads_, "why", why);
  if (downloads_ >= max_downloads) {
    // The address may have been written before the file, or have been replaced since.
    if (!std::exchange(looked_again_, true)) {
      downloads_ = 0;
      return watch(std::min<caf::timespan>(context_->settings.poll_interval, 2s));
    }
    return give_task_up(why); // says nothing of the key: no other class could be right
  }
  run_after(self_, backoff(downloads_, 2s, 1min), [this] { renew_link(); });
}

/// Our own guard refused the address of the result: KIE has been paid, and the settings or the
/// network of this node are to blame. The job goes back with its task: another node may fetch it,
/// or this one once its settings are mended. Should that take longer than jobs wait for anything,
/// the credit goes back, and the video comes as a gift if it ever can be fetched.
void generation::wait_for_passage(const std::string& why) {
  const auto& settings = context_->settings;
  log::error(
    "job.result_refused", "job", job_.id, "task", job_.task, "why", why, "advice",
    "if a proxy or a VPN of yours resolves names to such addresses, set kie.private-downloads; "
    "the job waits");
  const caf::timespan longest = settings.poll_timeout + settings.outage_patience;
  if (left_of(longest, task_created_at_) <= caf::timespan::zero()) {
    kie::verdict verdict;
    verdict.rule = "result_refused";
    return apply(verdict, {failure_class::unknown, why, why});
  }
  store::release_jobs what{node_, {job_.id}, false, {job_.claim}};
  what.delay =
    std::chrono::ceil<std::chrono::milliseconds>(with_jitter(settings.poll_interval * 4));
  commit(std::move(what), [this](const store::count&) { end("released"); });
}

/// Links to results expire, some within 20 minutes.
void generation::renew_link() {
  const auto with_key = [this](const found_key& key) {
    if (key.value.empty())
      return download(video_url_);
    self_->request(context_->http, caf::infinite, context_->kie.download_url(key.value, video_url_))
      .then(
        [this](const http::response& got) {
          const auto fresh = kie::parse_download_url(got);
          const auto* link = std::get_if<std::string>(&fresh);
          download(link ? *link : video_url_);
        },
        [this](const caf::error& err) { fault(err, "renew_link"); });
  };
  self_->request(context_->keys, caf::infinite, find_key{job_.key})
    .then(with_key, [this](const caf::error& err) { fault(err, "find_key"); });
}

void generation::store_video(const std::string& file) {
  self_->request(context_->objects, caf::infinite, put_file{file, video_key(job_.id), "video/mp4"})
    .then([this](const put_result& got) { complete(got.bytes); },
          [this, file](const caf::error& err) {
            remove_file(file);
            wait_for_storage(to_string(err));
          });
}

/// Our storage's trouble, not the user's: the video waits at KIE.
void generation::wait_for_storage(const std::string& why) {
  if (worth_a_line(++storage_waits_))
    log::error("job.video_not_stored", "job", job_.id, "error", why, "advice",
               "check the room and the settings of storage; the job waits");
  downloads_ = 0;
  run_after(self_, with_jitter(context_->settings.poll_interval * 2), [this] { renew_link(); });
}

void generation::complete(int64_t bytes) {
  store::complete_job done{node_, job_.id, video_key(job_.id), bytes};
  done.result_age = since(result_seen_at_);
  commit(std::move(done), [this, bytes](store::transition how) {
    if (how == store::transition::done)
      log::info("job.completed", "message", "✅ Job completed", "job", job_.id, "user", job_.owner,
                "model", job_.model, "seconds", self_->clock().now() - started_at_, "bytes", bytes);
    on_transition(how, "completed");
  });
}

} // namespace neurocards
