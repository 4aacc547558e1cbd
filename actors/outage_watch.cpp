#include "actors/outage_watch.hpp"

#include "actors/backoff.hpp"
#include "actors/lazy_timer.hpp"
#include "base/jitter.hpp"
#include "domain/outage.hpp"

namespace neurocards {

using namespace std::chrono_literals;
using std::chrono::duration_cast;
using std::chrono::milliseconds;

namespace {

constexpr milliseconds longest_probe = 10s;

} // namespace

outage_watch::outage_watch(outage_watch_actor::pointer self, outage_watch_config config,
                           provider_store_actor store, http_agent_actor http, metrics counts)
  : self_(self), config_(std::move(config)), store_(std::move(store)), http_(std::move(http)),
    counts_(counts), id_(uuid::random()) {
  for (const auto& key : config_.keys)
    keys_.push_back(provider::fingerprint(key));
}

outage_watch_actor::behavior_type outage_watch::make_behavior() {
  watch();
  return {
    [this](const weigh_failure& request) { return weigh(request); },
    [this](wake_atom) { watch(); },
  };
}

// ── how the cluster sees it ──────────────────────────────────────────────────────────────────────

void outage_watch::watch() {
  if (watching_) {
    woken_ = true;
    return;
  }
  watching_ = true;
  woken_ = false;
  next_watch_.dispose();
  self_
    ->request(store_, caf::infinite,
              store::watch_provider{config_.service.name, id_, *config_.models.now(),
                                    duration_cast<milliseconds>(*config_.patience.now()), keys_})
    .then(
      [this](const store::provider_view& got) {
        failed_watches_.reset();
        on_view(got);
        watch_later();
      },
      [this](const caf::error& err) {
        if (failed_watches_.should_log())
          log::warn("provider.outage_not_watched", "error", err, "times", failed_watches_.count());
        watch_later();
      });
}

void outage_watch::watch_later() {
  watching_ = false;
  if (woken_)
    return watch();
  next_watch_ = run_about_after(self_, config_.interval, [this] { watch(); });
}

void outage_watch::on_view(const store::provider_view& now) {
  show_change(now);
  const bool changed = now.down != view_.down;
  view_ = now;
  if (now.failed > 0)
    log::error("provider.patience_exhausted", "jobs", now.failed, "advice",
               "their credits are back; see `neurocards status` for what is out of order");
  if (now.probe_wanted)
    return probe();
  const bool lost =
    config_.unreachable->load(); // by this node alone: it must find out when it ends
  if ((now.down || lost) && (changed || !probe_scheduled_) && !probing_)
    schedule_probe();
}

void outage_watch::show_change(const store::provider_view& now) const {
  if (now.down && !view_.down)
    log::error(
      "provider.outage_began", "provider", config_.service.name, "since", now.down_for, "reason",
      now.reason, "advice",
      "none needed: jobs wait and go on by themselves; if it lasts, ask the provider's support");
  else if (!now.down && view_.down)
    log::info("provider.outage_ended", "provider", config_.service.name, "lasted", view_.down_for);
}

/// At the same times on all nodes, but for jitter: counted from the beginning of the outage.
void outage_watch::schedule_probe() {
  const auto first = duration_cast<milliseconds>(*config_.first_probe.now());
  const auto pause =
    view_.down ? outage::next_probe_after(view_.down_for, first) - view_.down_for : first;
  const auto late = caf::timespan{pause} / 10; // never early: it would be due again at once
  next_probe_.dispose();
  probe_scheduled_ = true;
  next_probe_ = run_after(self_, caf::timespan{pause} + with_jitter(late), [this] { probe(); });
}

// ── whose fault a failure is ─────────────────────────────────────────────────────────────────────

caf::result<failure_origin> outage_watch::weigh(const weigh_failure& request) {
  if (view_.down)
    return failure_origin::provider;
  auto promise = self_->make_response_promise<failure_origin>();
  questions_.push_back({request, promise});
  probe();
  return promise;
}

void outage_watch::probe() {
  if (std::exchange(probing_, true))
    return;
  next_probe_.dispose();
  probe_scheduled_ = false;
  auto request = config_.service.probe(config_.keys[turn_++ % config_.keys.size()]);
  request.timeout = std::min(request.timeout, longest_probe);
  request.urgent = true;
  self_->request(http_, caf::infinite, std::move(request))
    .then([this](const http::response& got) { on_probed(got); },
          [this](const caf::error& err) {
            probing_ = false;
            settle_questions(std::nullopt, to_string(err));
          });
}

void outage_watch::on_probed(const http::response& got) {
  probing_ = false;
  const auto fault = config_.service.read_probe(got);
  const bool unknown = got.outcome == http::outcome::local_fault;
  const bool reached = !fault || !outage::is_out_of_order(config_.service.classify(*fault));
  const auto reason = fault ? provider::describe(*fault) : std::string{};
  counts_.provider_calls("probe", reached ? "answered" : "failed").inc();
  if (!unknown)
    remember(reached);
  settle_questions(unknown ? std::nullopt : std::optional{reached}, reason);
}

void outage_watch::remember(bool reached) {
  const bool before = config_.unreachable->exchange(!reached);
  if (!view_.down && before == reached) {
    if (reached)
      log::info("provider.reached_again");
    else
      log::warn(
        "provider.not_reached", "advice",
        "none if other workers do not reach the provider either; else check this node's way to it");
  }
}

/// Failures that came together are one report, which tells of the probe as well.
void outage_watch::settle_questions(std::optional<bool> reached, const std::string& reason) {
  const auto lease = duration_cast<milliseconds>(config_.lease);
  auto open = std::exchange(questions_, {});
  if (!open.empty() && !view_.down) {
    store::report_failures request{config_.service.name, id_, reached, {}, reason, lease};
    for (const auto& x : open)
      request.failures.push_back(x.request);
    if (request.reason.empty())
      request.reason = "jobs fail alike although the account answers";
    return report(request, std::move(open), 0);
  }
  for (auto& x : open)
    x.promise.deliver(failure_origin::provider);
  if (!reached)
    return watch();
  // Whether it was heard or not: the next poll of the database schedules the next probe.
  self_
    ->request(store_, caf::infinite,
              store::report_probe{config_.service.name, id_, *reached, reason, lease})
    .then([this](const store::committed&) { watch(); }, [this](const caf::error&) { watch(); });
}

/// Until the database has it: the askers cannot go on without it either.
void outage_watch::report(const store::report_failures& request, std::vector<open_question> open,
                          int tries) {
  self_->request(store_, caf::infinite, request)
    .then(
      [this, open](failure_origin got) mutable {
        for (auto& x : open)
          x.promise.deliver(got);
        watch();
      },
      [this, request, open, tries](const caf::error& err) {
        if (worth_a_line(tries + 1))
          log::warn("provider.failures_not_reported", "error", err, "tries", tries + 1);
        run_after(self_, backoff(tries + 1, 200ms, 5s),
                  [this, request, open, tries] { report(request, open, tries + 1); });
      });
}

} // namespace neurocards
