#include "actors/http_agent.hpp"

#include "actors/post.hpp"

namespace neurocards {

http_agent::http_agent(http_agent_actor::pointer self, http::engine_config config)
  : self_(self), engine_(std::move(config)) {}

http_agent_actor::behavior_type http_agent::make_behavior() {
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
  const auto found = pending_.find(id);
  found->second.deliver(std::move(answer));
  pending_.erase(found);
}

} // namespace neurocards
