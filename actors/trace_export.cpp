#include "actors/trace_export.hpp"

#include "actors/run_after.hpp"
#include "domain/traces.hpp"

namespace neurocards {

using namespace std::chrono_literals;

namespace {

constexpr size_t most_waiting = 2000;
constexpr int most_under_way = 8;
constexpr caf::timespan delivery_pause = 5s;
constexpr int most_tries = 12; // a minute: then the trace goes without the delivery
constexpr auto patience = 5s;  // with the collector

} // namespace

trace_export::trace_export(ended_watch_actor::pointer self, trace_config config,
                           ended_store_actor store, http_agent_actor http, metrics counts)
  : self_(self), config_(std::move(config)), store_(std::move(store)), http_(std::move(http)),
    counts_(counts) {}

void trace_export::add(const job_id& job) {
  if (config_.endpoint.empty())
    return;
  if (waiting_.size() >= most_waiting)
    return counts_.trace_exports("dropped").inc();
  waiting_.push_back({job});
  next();
}

void trace_export::next() {
  while (under_way_ < most_under_way && !waiting_.empty()) {
    ++under_way_;
    const auto first = waiting_.front();
    waiting_.pop_front();
    read(first);
  }
}

void trace_export::read(entry x) {
  self_
    ->request(store_, caf::infinite, store::show_job{x.job}) // infinite: the database answers
    .then([this, x](const store::job_json& got) { on_history(x, got.text); },
          [this](const caf::error&) { done("failed"); });
}

void trace_export::on_history(entry x, const std::string& history) {
  if (!traces::awaits_delivery(history) || ++x.tries > most_tries)
    return send(history);
  --under_way_;
  run_after(self_, delivery_pause, [this, x] {
    waiting_.push_back(x);
    next();
  });
  next();
}

void trace_export::send(const std::string& history) {
  const auto spans = traces::spans_of(history);
  if (spans.empty())
    return done("failed");
  http::request request;
  request.method = "POST";
  request.url = config_.endpoint + "/v1/traces";
  request.label = "otlp.traces";
  request.headers.push_back({"Content-Type", "application/json"});
  request.body = traces::otlp_json(spans, config_.node, config_.version);
  request.timeout = patience;
  request.connect_timeout = patience;
  self_
    ->request(http_, caf::infinite, std::move(request)) // infinite: http_agent always answers
    .then([this](const http::response& got) { done(got.ok() ? "sent" : "failed"); },
          [this](const caf::error&) { done("failed"); });
}

void trace_export::done(std::string_view outcome) {
  counts_.trace_exports(outcome).inc();
  --under_way_;
  next();
}

} // namespace neurocards
