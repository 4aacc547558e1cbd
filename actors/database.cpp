#include "actors/database.hpp"

#include "actors/lazy_timer.hpp"
#include "actors/post.hpp"

#include <caf/typed_event_based_actor.hpp>

namespace neurocards {

namespace {

constexpr auto stats_interval = std::chrono::seconds{1};

} // namespace

database::database(database_actor::pointer self, db::database_config config, metrics counts)
  : self_(self), counts_(counts), lanes_(std::move(config)) {}

template <class Request>
auto database::forward() {
  using answer = typename Request::answer;
  return [this](Request& request) -> caf::result<answer> {
    const auto id = ++last_id_;
    auto promise = self_->make_response_promise<answer>();
    auto& of_kind = std::get<pending<Request>>(pending_);
    of_kind.questions.emplace(id,
                              typename pending<Request>::question{promise, self_->clock().now()});
    if (!of_kind.lengths)
      of_kind.lengths = &counts_.times().db_request(Request::traits.name);
    caf::weak_actor_ptr me{self_->ctrl()};
    lanes_.submit(
      std::move(request), db::completion<answer>{[this, me, id](caf::expected<answer> result) {
        post(me, [this, id, result = std::move(result)]() mutable { finish<Request>(id, result); });
      }});
    return promise;
  };
}

template <class Request>
void database::finish(uint64_t id, caf::expected<typename Request::answer>& result) {
  auto& of_kind = std::get<pending<Request>>(pending_);
  auto asked = std::move(of_kind.questions.extract(id).mapped());
  of_kind.lengths->observe(durations::seconds(self_->clock().now() - asked.since));
  if (result)
    asked.promise.deliver(std::move(*result));
  else
    asked.promise.deliver(std::move(result.error()));
}

database_actor::behavior_type database::make_behavior() {
  export_stats();
  return store::all_requests::visit(
    [this]<class... Requests>() { return database_actor::behavior_type{forward<Requests>()...}; });
}

void database::export_stats() {
  int64_t waiting = 0;
  const auto stats = lanes_.stats();
  raise(counts_.reconnects("database"), static_cast<int64_t>(stats.connections_lost));
  for (size_t i = 0; i < stats.kinds.size(); ++i) {
    const auto& kind = stats.kinds[i];
    if (i == counters_.size())
      counters_.emplace_back(counts_, kind.kind);
    counters_[i].raise_to(kind);
    waiting += static_cast<int64_t>(kind.waiting);
  }
  counts_.db_waiting().value(waiting);
  run_lazily_after(self_, stats_interval, [this] { export_stats(); });
}

} // namespace neurocards
