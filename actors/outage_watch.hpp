#pragma once

#include "actors/metrics.hpp"
#include "actors/outage_watch_config.hpp"
#include "actors/watched_actor.hpp"
#include "base/log.hpp"
#include "protocol/actors.hpp"
#include "protocol/store/outages.hpp"
#include "protocol/store/request_list.hpp"

#include <caf/typed_response_promise.hpp>

namespace neurocards {

/// What `outage_watch` asks the database.
using provider_store_actor =
  store_actor<store::report_failures, store::report_probe, store::watch_provider>;

/// One per worker: probes the provider when jobs fail, when another worker cannot reach it, and
/// ever more rarely while it is down. What the probes and failures of all workers mean is decided
/// in the database, which is all there is to remember: whoever starts anew goes on where others
/// are.
class outage_watch {
public:
  static constexpr const char* name = "outage_watch";

  outage_watch(outage_watch_actor::pointer self, outage_watch_config config,
               provider_store_actor store, http_agent_actor http, metrics counts);
  outage_watch_actor::behavior_type make_behavior();

private:
  using asker = caf::typed_response_promise<failure_origin>;

  struct open_question {
    weigh_failure request;
    asker promise;
  };

  void watch();
  void watch_later();
  void on_view(const store::provider_view&);
  void show_change(const store::provider_view& now) const;
  void schedule_probe();
  caf::result<failure_origin> weigh(const weigh_failure&);
  void probe();
  void on_probed(const http::response&);
  void settle_questions(std::optional<bool> reached, const std::string& reason);
  void report(const store::report_failures&, std::vector<open_question>, int tries);
  void remember(bool reached);

  outage_watch_actor::pointer self_;
  outage_watch_config config_;
  provider_store_actor store_;
  http_agent_actor http_;
  metrics counts_;
  uuid id_;
  std::vector<key_fingerprint> keys_;
  store::provider_view view_;
  std::vector<open_question> questions_; // that wait for the probe under way
  size_t turn_ = 0;                      // of the keys
  bool watching_ = false;
  bool woken_ = false; // while the database was asked
  bool probing_ = false;
  caf::disposable next_watch_;
  bool probe_scheduled_ = false;
  caf::disposable next_probe_;
  log::limiter failed_watches_;
};

using outage_watch_impl = watched_impl<outage_watch_actor, outage_watch>;

} // namespace neurocards
