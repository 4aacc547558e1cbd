#include "actors/ended_watch.hpp"

#include "actors/lazy_timer.hpp"
#include "domain/ended.hpp"

namespace neurocards {

using namespace std::chrono_literals;

namespace {

constexpr caf::timespan interval = 2s;
constexpr caf::timespan quiet_interval = 5s; // when nothing has ended for so many questions:
constexpr int quiet_after = 5;

constexpr size_t full_page = 1000; // jobs that `take_ended` tells at once: there may be more

void count(const ended::job& job, const metrics& to) {
  to.times().job(job.completed).observe(durations::seconds(job.took));
  for (size_t i = 0; i < job.stages.size(); ++i)
    if (const auto& took = job.stages[i])
      to.times().job_stage(static_cast<job_stage>(i)).observe(durations::seconds(*took));
  if (job.hit)
    to.eta(*job.hit).inc();
  if (!job.completed)
    to.job_failures(job.cls.empty() ? "UNKNOWN" : std::string_view{job.cls}).inc();
}

} // namespace

ended_watch::ended_watch(ended_watch_actor::pointer self, trace_config traces,
                         ended_store_actor store, http_agent_actor http, metrics counts)
  : self_(self), store_(store), counts_(counts),
    traces_(self, std::move(traces), std::move(store), std::move(http), counts) {}

ended_watch_actor::behavior_type ended_watch::make_behavior() {
  ask_later(interval);
  return {
    [this](wake_atom) { ask(); },
  };
}

void ended_watch::ask_later(caf::timespan delay) {
  next_.dispose();
  next_ = run_about_after(self_, delay, [this] { ask(); });
}

void ended_watch::ask() {
  if (std::exchange(asking_, true))
    return;
  self_
    ->request(store_, caf::infinite, store::take_ended{}) // infinite: the database answers
    .then([this](const store::ended_json& got) { on_news(got.text); },
          [this](const caf::error& err) {
            asking_ = false;
            if (failures_.should_log())
              log::warn("ended_watch.not_told", "error", err, "times", failures_.count());
            ask_later(interval);
          });
}

void ended_watch::on_news(const std::string& text) {
  asking_ = false;
  failures_.reset();
  const auto news = ended::parse(text);
  if (!news)
    return ask_later(interval);
  quiet_ = news->jobs.empty() && news->credits.empty() ? quiet_ + 1 : 0;
  for (const auto& job : news->jobs) {
    count(job, counts_);
    traces_.add(job.id);
  }
  for (const auto& [kind, x] : news->credits) {
    counts_.credits(kind).inc(x.amount);
    if (kind == "refund")
      counts_.refunds().inc(x.times);
  }
  if (news->jobs.size() >= full_page)
    return ask();
  ask_later(quiet_ < quiet_after ? interval : quiet_interval);
}

} // namespace neurocards
