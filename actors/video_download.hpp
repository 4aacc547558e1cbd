#pragma once

#include "actors/job_settlement.hpp"

#include <optional>

namespace neurocards {

/// Brings the video of a job's task into our storage and completes the job: the provider has been
/// paid, so it tries with patience. Part of the actor `generation`; not an actor itself.
class video_download {
public:
  /// When the video cannot be had: `poll_again` asks the provider anew, `give_up` ends the task.
  video_download(job_hold& hold, job_settlement& settlement,
                 std::function<void(caf::timespan delay)> poll_again,
                 std::function<void(const std::string& reason)> give_up)
    : hold_(hold), settlement_(settlement), poll_again_(std::move(poll_again)),
      give_up_(std::move(give_up)) {}

  /// From where the provider says that the video lies; `cost` is what the provider took for it, in
  /// US$.
  void start(std::string url, std::optional<double> cost);

private:
  void fetch(const std::string& link);
  void on_not_fetched(const http::response&);
  void retry(const std::string& reason);
  void on_address_refused(const std::string& reason);
  void renew_link();
  void wait_for_storage(const std::string& reason);
  void complete(int64_t bytes);

  job_hold& hold_;
  job_settlement& settlement_;
  std::function<void(caf::timespan)> poll_again_;
  std::function<void(const std::string&)> give_up_;
  std::shared_ptr<const void> stage_;        // the one it is in, for those who watch
  std::string url_;                          // as the provider named it
  std::optional<double> cost_;               // US$; absent: the provider did not say
  caf::actor_clock::time_point result_seen_; // when the provider was seen to have it
  int downloads_ = 0;
  bool polled_again_ = false; // for a video that could not be fetched
  int storage_waits_ = 0;
};

} // namespace neurocards
