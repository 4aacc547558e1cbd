#include "actors/http_agent.hpp"

#include "actors/lazy_timer.hpp"
#include "actors/post.hpp"

namespace neurocards {

namespace {

constexpr auto figures_interval = std::chrono::seconds{1};

/// Words for how an exchange ended: who is to blame.
std::string_view result_of(const http::response& x) {
  using http::outcome;
  switch (x.outcome) {
    case outcome::answered:
      return x.status < 400 ? "ok" : x.status < 500 ? "refused" : "failed";
    case outcome::not_sent:
      return "not_sent";
    case outcome::interrupted:
      return "interrupted";
    case outcome::too_large:
      return "too_large";
    case outcome::forbidden_address:
      return "forbidden_address";
    case outcome::local_fault:
      return "local_fault";
    case outcome::not_started:
      break;
  }
  return "not_started";
}

/// A new connection shows that the service is there, also to who waits in a long poll.
http::engine_config with_signs_for(const std::shared_ptr<reachability>& reach,
                                   http::engine_config config) {
  if (reach)
    config.connected = [reach] { reach->answered(); };
  return config;
}

} // namespace

http_agent::http_agent(http_agent_actor::pointer self, http::engine_config config,
                       std::optional<metrics> counts, std::string agent,
                       std::shared_ptr<reachability> reach)
  : self_(self), counts_(counts), agent_(std::move(agent)), reach_(std::move(reach)),
    engine_(with_signs_for(reach_, std::move(config))) {}

http_agent_actor::behavior_type http_agent::make_behavior() {
  self_->set_down_handler([this](const caf::down_msg& msg) { on_down(msg.source); });
  return {
    [this](http::request& request) { return start(request); },
  };
}

caf::result<http::response> http_agent::start(http::request& request) {
  const auto id = ++last_id_;
  const auto asker = self_->current_sender();
  auto& x = pending_[id];
  x.promise = self_->make_response_promise<http::response>();
  auto promise = x.promise;
  x.label = request.label;
  x.since = self_->clock().now();
  watch(id, asker);
  if (counts_ && !std::exchange(exporting_, true))
    export_figures();
  caf::weak_actor_ptr me{self_->ctrl()};
  x.number = engine_.submit(std::move(request), [this, me, id](http::response answer) {
    post(me, [this, id, answer = std::move(answer)]() mutable { finish(id, answer); });
  });
  return promise;
}

void http_agent::watch(uint64_t id, const caf::strong_actor_ptr& asker) {
  if (!asker)
    return;
  auto& x = pending_.at(id);
  x.asker = caf::actor_cast<caf::actor_addr>(asker);
  auto& of_him = askers_[x.asker];
  if (of_him.empty())
    self_->monitor(asker);
  of_him.insert(id);
}

void http_agent::forget(uint64_t id, const caf::actor_addr& asker) {
  const auto found = askers_.find(asker);
  if (found == askers_.end())
    return;
  found->second.erase(id);
  if (!found->second.empty())
    return;
  self_->demonitor(asker);
  askers_.erase(found);
}

void http_agent::on_down(const caf::actor_addr& asker) {
  const auto found = askers_.find(asker);
  if (found == askers_.end())
    return;
  for (const auto id : found->second) {
    auto& x = pending_.at(id);
    x.called_off = true;
    engine_.cancel(x.number);
  }
  askers_.erase(found);
}

void http_agent::finish(uint64_t id, http::response& answer) {
  auto x = std::move(pending_.extract(id).mapped());
  if (!x.called_off) {
    note(answer.outcome);
    measure(x, answer);
    forget(id, x.asker);
  }
  x.promise.deliver(std::move(answer));
}

void http_agent::note(http::outcome outcome) {
  if (!reach_)
    return;
  if (outcome == http::outcome::answered || outcome == http::outcome::too_large)
    reach_->answered();
  else if (outcome == http::outcome::not_sent || outcome == http::outcome::interrupted)
    reach_->missed();
}

void http_agent::measure(const exchange& x, const http::response& answer) {
  if (!counts_)
    return;
  const auto outcome = result_of(answer);
  auto& length = lengths_[{x.label, outcome}];
  if (!length)
    length = &counts_->times().http_request(agent_, x.label, outcome);
  length->observe(durations::seconds(self_->clock().now() - x.since));
}

void http_agent::export_figures() {
  const auto now = engine_.counters();
  counts_->http_in_flight(agent_).value(now.in_flight);
  counts_->http_waiting(agent_).value(now.waiting);
  if (pending_.empty()) {
    exporting_ = false; // none is under way: so it stays until the next request
    return;
  }
  run_lazily_after(self_, figures_interval, [this] { export_figures(); });
}

} // namespace neurocards
