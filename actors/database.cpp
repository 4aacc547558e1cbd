#include "actors/database.hpp"

#include "actors/post.hpp"
#include "actors/timer_wheel.hpp"

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
    std::get<pending<Request>>(pending_).answers.emplace(id, promise);
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
  auto& waiting = std::get<pending<Request>>(pending_).answers;
  const auto found = waiting.find(id);
  if (result)
    found->second.deliver(std::move(*result));
  else
    found->second.deliver(std::move(result.error()));
  waiting.erase(found);
}

database_actor::behavior_type database::make_behavior() {
  export_stats();
  return store::all_requests::visit(
    [this]<class... Requests>() { return database_actor::behavior_type{forward<Requests>()...}; });
}

void database::export_stats() {
  const auto raise = [](auto& counter, auto total) { counter.inc(total - counter.value()); };
  int64_t waiting = 0;
  for (const auto& kind : lanes_.stats().kinds) {
    waiting += static_cast<int64_t>(kind.waiting);
    raise(counts_.db_requests(kind.kind), static_cast<int64_t>(kind.requests));
    raise(counts_.db_failures(kind.kind), static_cast<int64_t>(kind.failed));
    raise(counts_.db_batches(kind.kind), static_cast<int64_t>(kind.batches));
    raise(counts_.db_seconds(kind.kind), kind.seconds);
  }
  counts_.db_waiting().value(waiting);
  run_after(self_, stats_interval, [this] { export_stats(); });
}

} // namespace neurocards
