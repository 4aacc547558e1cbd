#include "actors/video_download.hpp"

#include "actors/run_after.hpp"
#include "actors/video_transfer.hpp"
#include "base/jitter.hpp"

#include <cerrno>

namespace neurocards {

using namespace std::chrono_literals;

namespace {

constexpr int max_downloads = 5; // the provider has been paid: worth some patience
constexpr caf::timespan turn_pause = 10s;

storage_key video_key(const job_id& job) {
  return storage_key{"videos/" + to_string(job) + ".mp4"};
}

} // namespace

void video_download::start(std::string url, std::optional<double> cost) {
  url_ = std::move(url);
  cost_ = cost;
  result_seen_ = hold_.self()->clock().now();
  stage_ = hold_.context().stages->enter(job_stage::download, result_seen_);
  downloads_ = 0;
  fetch(url_);
}

void video_download::fetch(const std::string& link) {
  ++downloads_;
  const auto count_done = [this] {
    hold_.context().counts.provider_calls("download", "done").inc();
  };
  video_transfer transfer;
  transfer.url = link;
  transfer.key = video_key(hold_.job().id);
  transfer.stored = [this, count_done](int64_t bytes) {
    count_done();
    complete(bytes);
  };
  transfer.not_fetched = [this](const http::response& got) { on_not_fetched(got); };
  transfer.not_stored = [this, count_done](const caf::error& err) {
    count_done();
    wait_for_storage(to_string(err));
  };
  transfer.failed = hold_.on_fault("download");
  transfer_video(hold_.self(), hold_.context(), hold_.provider().http, std::move(transfer));
}

void video_download::on_not_fetched(const http::response& got) {
  if (got.outcome == http::outcome::not_started) { // it waited on our side: no failed download
    --downloads_;
    run_after(hold_.self(), with_jitter(turn_pause), [this] { renew_link(); });
    return;
  }
  hold_.context().counts.provider_calls("download", "failed").inc();
  // Without an errno it is the link that cannot be used, not the disk.
  if (got.outcome == http::outcome::local_fault && got.error_number != 0)
    return wait_for_storage(got.error);
  const auto signal = provider::download_signal(got);
  if (got.outcome == http::outcome::forbidden_address && got.error_number == EPROTONOSUPPORT)
    return settlement_.settle(signal); // it was led into our machine: no setting may allow that
  if (got.outcome == http::outcome::forbidden_address)
    return on_address_refused(provider::describe(signal));
  if (got.outcome == http::outcome::too_large && downloads_ >= max_downloads)
    return settlement_.settle(signal); // another task would bring no smaller one
  retry(got.ok() ? "download: no MP4 but " + got.content_type : provider::describe(signal));
}

void video_download::retry(const std::string& reason) {
  log::warn("job.download_failed", "job", hold_.job().id, "try", downloads_, "why", reason);
  if (downloads_ >= max_downloads) {
    stage_.reset();
    // The address may have been written before the file, or have been replaced since.
    if (!std::exchange(polled_again_, true))
      return poll_again_(std::min<caf::timespan>(hold_.context().settings.poll_interval, 2s));
    return give_up_(reason); // says nothing of the key: no other class could be right
  }
  run_after(hold_.self(), backoff(downloads_, 2s, 1min), [this] { renew_link(); });
}

/// Our own guard refused the address of the result: the provider has been paid, and the settings or
/// the network of this node are to blame. The job goes back with its task: another node may fetch
/// it, or this one once its settings are mended. Should that take longer than jobs wait for
/// anything, the credit goes back, and the video comes late if it ever can be fetched.
void video_download::on_address_refused(const std::string& reason) {
  const auto& settings = hold_.context().settings;
  log::error(
    "job.result_refused", "job", hold_.job().id, "task", hold_.job().task, "why", reason, "advice",
    "if a proxy or a VPN of yours resolves names to such addresses, set kie.private-downloads; "
    "the job waits");
  if (hold_.left_of_task(settings.poll_timeout + settings.outage_patience)
      <= caf::timespan::zero()) {
    provider::verdict verdict;
    verdict.rule = "result_refused";
    return settlement_.apply(verdict, {failure_class::unknown, reason, reason, verdict.rule});
  }
  hold_.release(
    std::chrono::ceil<std::chrono::milliseconds>(with_jitter(settings.poll_interval * 4)));
}

/// Links to results expire, some within 20 minutes.
void video_download::renew_link() {
  if (!hold_.service().renew_link)
    return fetch(url_);
  const auto with_key = [this](const found_key& key) {
    if (key.value.empty())
      return fetch(url_);
    hold_.self()
      ->request(hold_.provider().http, caf::infinite, hold_.service().renew_link(key.value, url_))
      .then(
        [this](const http::response& got) {
          const auto fresh = hold_.service().read_link(got);
          const auto* link = std::get_if<std::string>(&fresh);
          fetch(link ? *link : url_);
        },
        hold_.on_fault("renew_link"));
  };
  hold_.self()
    ->request(hold_.provider().keys, caf::infinite, find_key{hold_.job().key})
    .then(with_key, hold_.on_fault("find_key"));
}

/// Our storage's trouble, not the user's: the video waits at the provider.
void video_download::wait_for_storage(const std::string& reason) {
  if (worth_a_line(++storage_waits_))
    log::error("job.video_not_stored", "job", hold_.job().id, "error", reason, "advice",
               "check the room and the settings of storage; the job waits");
  downloads_ = 0;
  run_after(hold_.self(), with_jitter(hold_.context().settings.poll_interval * 2),
            [this] { renew_link(); });
}

void video_download::complete(int64_t bytes) {
  const auto& job = hold_.job();
  store::complete_job done{hold_.node(), job.id, video_key(job.id), bytes};
  done.result_age = hold_.since(result_seen_);
  done.cost = cost_;
  done.star_value = hold_.context().star_value;
  const auto begin = hold_.self()->clock().now();
  stage_ = hold_.context().stages->enter(job_stage::commit, begin);
  hold_.commit(std::move(done), [this, bytes, begin](store::transition outcome) {
    hold_.context()
      .counts.times()
      .job_stage(job_stage::commit)
      .observe(durations::seconds(hold_.self()->clock().now() - begin));
    if (outcome == store::transition::done) {
      const auto& ours = hold_.job();
      log::info("job.completed", "message", "✅ Job completed", "job", ours.id, "user", ours.owner,
                "model", ours.model, "seconds", hold_.self()->clock().now() - hold_.started_at(),
                "bytes", bytes);
    }
    hold_.leave(outcome, "completed");
  });
}

} // namespace neurocards
