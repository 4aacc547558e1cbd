#include "actors/kie_poller.hpp"

#include "actors/timer_wheel.hpp"
#include "base/jitter.hpp"

#include <array>

namespace neurocards {

namespace {

/// What metrics call the result of a look.
std::string_view outcome_of(const kie::task_state& x) {
  constexpr std::array<std::string_view, 5> names{"in_progress", "success", "without_result",
                                                  "failure", "look_failed"};
  return names[x.index()];
}

task_ended ending(const kie_task_id& task, task_ended::how how) {
  task_ended result;
  result.task = task;
  result.ending = how;
  return result;
}

} // namespace

kie_poller::kie_poller(kie_poller_actor::pointer self, std::shared_ptr<const poller_config> config,
                       watched_task what, http_agent_actor http, key_ring_actor keys,
                       task_owner_actor owner)
  : self_(self), config_(std::move(config)), what_(std::move(what)),
    started_at_(self->clock().now()), give_up_at_(started_at_ + what_.time_left),
    http_(std::move(http)), keys_(std::move(keys)), owner_(std::move(owner)) {}

kie_poller_actor::behavior_type kie_poller::make_behavior() {
  look_after(what_.first_look);
  return {
    [this](wake_atom) { look(); },
  };
}

void kie_poller::look_after(caf::timespan wait) {
  next_look_ = run_after(self_, wait, [this] { look(); });
}

void kie_poller::look() {
  if (looking_) {
    woken_ = true;
    return;
  }
  looking_ = true;
  woken_ = false;
  next_look_.dispose();
  self_->request(keys_, caf::infinite, query_slot{what_.key})
    .then(
      [this](query_turn& turn) {
        if (turn.wait.count() == 0)
          ask_kie(turn.value);
        else
          run_after(self_, turn.wait, [this, key = turn.value] { ask_kie(key); });
      },
      [this](const caf::error& err) {
        log::warn("kie_poller.no_turn", "task", what_.task, "error", err);
        go_on();
      });
}

void kie_poller::ask_kie(const secret& key) {
  if (key.empty()) {
    if (failed_looks_.should_log())
      log::error("kie_poller.key_unknown", "task", what_.task, "key", what_.key, "advice",
                 "put the key that made this task back into KIE_API_KEY until it is done");
    return go_on();
  }
  self_->request(http_, caf::infinite, config_->api.record_info(key, what_.task))
    .then([this](const http::response& got) { on_answer(kie::parse_record_info(got)); },
          [this](const caf::error& err) {
            log::warn("kie_poller.not_asked", "task", what_.task, "error", err);
            go_on();
          });
}

void kie_poller::on_answer(const kie::task_state& state) {
  config_->counts.kie_calls("record_info", outcome_of(state)).inc();
  if (const auto* done = std::get_if<kie::succeeded>(&state)) {
    auto result = ending(what_.task, task_ended::how::success);
    result.video_url = done->url;
    return end(std::move(result));
  }
  if (const auto* failed = std::get_if<kie::failed>(&state)) {
    auto result = ending(what_.task, task_ended::how::failure);
    result.fail_code = failed->why.fail_code;
    result.fail_message = failed->why.fail_msg;
    return end(std::move(result));
  }
  if (std::holds_alternative<kie::without_result>(state))
    return end(ending(what_.task, task_ended::how::without_result));
  if (const auto* no = std::get_if<kie::look_failed>(&state)) {
    const bool unknown = kie::classify(no->why).not_yet_known;
    if (unknown && self_->clock().now() - started_at_ >= config_->unknown_grace)
      return end(ending(what_.task, task_ended::how::vanished));
    if (!unknown && failed_looks_.should_log())
      log::warn("kie_poller.look_failed", "task", what_.task, "signal", kie::describe(no->why));
  }
  go_on();
}

void kie_poller::go_on() {
  looking_ = false;
  if (self_->clock().now() >= give_up_at_)
    return end(ending(what_.task, task_ended::how::timed_out));
  if (woken_)
    return look();
  look_after(with_jitter(config_->interval));
}

void kie_poller::end(task_ended what) {
  self_->send(owner_, std::move(what));
  self_->quit();
}

} // namespace neurocards
