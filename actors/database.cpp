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
  return [this](Request& what) -> caf::result<answer> {
    const auto id = ++last_id_;
    auto promise = self_->make_response_promise<answer>();
    std::get<pending<answer>>(pending_).emplace(id, promise);
    caf::weak_actor_ptr me{self_->ctrl()};
    lanes_.submit(
      std::move(what), db::completion<answer>{[this, me, id](caf::expected<answer> result) {
        post(me, [this, id, result = std::move(result)]() mutable { finish(id, result); });
      }});
    return promise;
  };
}

template <class Answer>
void database::finish(uint64_t id, caf::expected<Answer>& result) {
  auto& waiting = std::get<pending<Answer>>(pending_);
  const auto found = waiting.find(id);
  if (result)
    found->second.deliver(std::move(*result));
  else
    found->second.deliver(std::move(result.error()));
  waiting.erase(found);
}

database_actor::behavior_type database::make_behavior() {
  export_stats();
  return {
    forward<store::put_updates>(),
    forward<store::pending_updates>(),
    forward<store::load_conversation>(),
    forward<store::commit_step>(),
    forward<store::claim_jobs>(),
    forward<store::record_prompt>(),
    forward<store::record_intent>(),
    forward<store::record_task>(),
    forward<store::retry_job>(),
    forward<store::complete_job>(),
    forward<store::fail_job>(),
    forward<store::release_jobs>(),
    forward<store::add_job_event>(),
    forward<store::rest_key>(),
    forward<store::rest_model>(),
    forward<store::adopt_task>(),
    forward<store::heartbeat>(),
    forward<store::leave_cluster>(),
    forward<store::show_cluster>(),
    forward<store::rescue_expired_jobs>(),
    forward<store::sweep>(),
    forward<store::take_old_files>(),
    forward<store::files_removed>(),
    forward<store::ping>(),
    forward<store::snapshot>(),
    forward<store::held_jobs>(),
    forward<store::look_at_keys>(),
    forward<store::late_tasks>(),
    forward<store::give_video>(),
    forward<store::settle_task>(),
    forward<store::paint_cards>(),
    forward<store::due_notices>(),
    forward<store::mark_sent>(),
    forward<store::defer_notice>(),
    forward<store::drop_notice>(),
    forward<store::report_failures>(),
    forward<store::report_probe>(),
    forward<store::watch_provider>(),
  };
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
