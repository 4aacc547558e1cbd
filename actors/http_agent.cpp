#include "actors/http_agent.hpp"

#include "actors/post.hpp"
#include "actors/timer_wheel.hpp"

namespace neurocards {

namespace {

constexpr auto figures_interval = std::chrono::seconds{1};

} // namespace

http_agent::http_agent(http_agent_actor::pointer self, http::engine_config config,
                       std::optional<metrics> counts, std::string agent,
                       std::shared_ptr<contact> reach)
  : self_(self), counts_(counts), agent_(std::move(agent)), reach_(std::move(reach)),
    engine_(std::move(config)) {}

http_agent_actor::behavior_type http_agent::make_behavior() {
  if (counts_)
    export_figures();
  return {
    [this](http::request& what) -> caf::result<http::response> {
      const auto id = ++last_id_;
      auto promise = self_->make_response_promise<http::response>();
      pending_.emplace(id, promise);
      caf::weak_actor_ptr me{self_->ctrl()};
      engine_.submit(std::move(what), [this, me, id](http::response answer) {
        post(me, [this, id, answer = std::move(answer)]() mutable { finish(id, answer); });
      });
      return promise;
    },
  };
}

void http_agent::finish(uint64_t id, http::response& answer) {
  note(answer.how);
  const auto found = pending_.find(id);
  found->second.deliver(std::move(answer));
  pending_.erase(found);
}

void http_agent::note(http::outcome how) {
  if (!reach_)
    return;
  if (how == http::outcome::answered || how == http::outcome::too_large)
    reach_->answered();
  else if (how == http::outcome::not_sent || how == http::outcome::interrupted)
    reach_->missed();
}

void http_agent::export_figures() {
  const auto now = engine_.counters();
  counts_->http_in_flight(agent_).value(now.in_flight);
  counts_->http_waiting(agent_).value(now.waiting);
  run_after(self_, figures_interval, [this] { export_figures(); });
}

} // namespace neurocards
