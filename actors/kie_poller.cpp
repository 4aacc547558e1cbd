#include "actors/kie_poller.hpp"

#include "actors/backoff.hpp"
#include "actors/run_after.hpp"
#include "domain/poll_times.hpp"

#include <array>

namespace neurocards {

namespace {

using namespace std::chrono_literals;

/// An end that contradicts itself: the provider writes state and result one after the other. The
/// pauses before it is asked again, at most an interval each.
constexpr std::array<caf::timespan, 4> second_thoughts{1s, 3s, 8s, 15s};

/// So many polls its owner need not know of: he writes them down, and a lease that is lost loses
/// them.
constexpr int most_untold = 20;

/// What metrics call the result of a poll.
std::string_view outcome_of(const provider::task_state& x) {
  constexpr std::array<std::string_view, 5> names{"in_progress", "success", "without_result",
                                                  "failure", "poll_failed"};
  return names[x.index()];
}

} // namespace

kie_poller::kie_poller(kie_poller_actor::pointer self, std::shared_ptr<const poller_config> config,
                       watched_task watched, http_agent_actor http, key_ring_actor keys,
                       const task_owner_actor& owner)
  : self_(self), config_(std::move(config)), task_(std::move(watched.task)),
    key_(std::move(watched.key)), give_up_at_(self->clock().now() + watched.time_left),
    polled_at_(self->clock().now() + watched.first_poll), unknown_since_(self->clock().now()),
    http_(std::move(http)), keys_(std::move(keys)),
    owner_(caf::actor_cast<caf::weak_actor_ptr>(owner)), tell_of_poll_(watched.tell_of_poll),
    in_step_(watched.taken_over) {}

kie_poller_actor::behavior_type kie_poller::make_behavior() {
  schedule_poll(polled_at_);
  return {
    [this](wake_atom) { poll(); },
  };
}

void kie_poller::schedule_poll(time_point when) {
  const auto wait = std::max(when - self_->clock().now(), time_point::duration::zero());
  next_poll_ = run_after(self_, wait, [this] { poll(); });
}

void kie_poller::poll() {
  if (looking_) {
    woken_ = true;
    return;
  }
  looking_ = true;
  woken_ = false;
  next_poll_.dispose();
  polled_at_ = self_->clock().now();
  self_->request(keys_, caf::infinite, query_slot{key_, stand_in_})
    .then(
      [this](query_turn& turn) {
        stand_ins_ = turn.stand_ins;
        if (turn.wait.count() == 0)
          ask_provider(turn.value);
        else
          run_after(self_, turn.wait, [this, key = turn.value] { ask_provider(key); });
      },
      [this](const caf::error& err) {
        log::warn("kie_poller.no_turn", "task", task_, "error", err);
        go_on_failing();
      });
}

void kie_poller::ask_provider(const secret& key) {
  if (key.empty()) {
    if (failed_polls_.should_log())
      log::error("kie_poller.no_key", "task", task_, "key", key_, "advice",
                 "give this node a key of the provider");
    return go_on_failing();
  }
  ++polls_;
  self_->request(http_, caf::infinite, config_->provider.poll(key, task_))
    .then([this](const http::response& got) { on_answer(config_->provider.read_poll(got, task_)); },
          [this](const caf::error& err) {
            log::warn("kie_poller.not_asked", "task", task_, "error", err);
            go_on_failing();
          });
}

void kie_poller::on_answer(const provider::task_state& state) {
  config_->counts.provider_calls("record_info", outcome_of(state)).inc();
  if (const auto* no = std::get_if<provider::poll_failed>(&state))
    return on_failed_poll(no->reason);
  unknown_since_.reset();
  failed_polls_.reset();
  if (provider::contradicts_itself(state)) {
    if (poll_once_more())
      return;
  } else {
    contradictions_ = 0;
  }
  if (const auto* done = std::get_if<provider::succeeded>(&state))
    return end_with(*done);
  if (std::holds_alternative<provider::without_result>(state))
    return end(task_ended::outcome::without_result);
  const auto* failed = std::get_if<provider::failed>(&state);
  if (!failed)
    return on_still_running();
  task_ended result;
  result.task = task_;
  result.ending = task_ended::outcome::failure;
  result.fail_code = failed->reason.fail_code;
  result.fail_message = failed->reason.fail_msg;
  tell_owner(std::move(result));
}

/// False: it has been asked often enough.
bool kie_poller::poll_once_more() {
  const auto times = static_cast<size_t>(contradictions_);
  if (times >= second_thoughts.size())
    return false;
  ++contradictions_;
  log::info("kie_poller.contradiction_seen", "task", task_, "times", contradictions_);
  looking_ = false;
  schedule_poll(self_->clock().now() + std::min(second_thoughts[times], config_->interval));
  return true;
}

void kie_poller::on_still_running() {
  if (self_->clock().now() >= give_up_at_)
    return end(task_ended::outcome::timed_out);
  if (std::exchange(tell_of_poll_, false) || polls_ - polls_told_ >= most_untold) {
    polls_told_ = polls_;
    if (auto owner = caf::actor_cast<caf::strong_actor_ptr>(owner_))
      self_->send(caf::actor_cast<task_owner_actor>(owner), task_polled{task_, polls_});
  }
  const auto pause = std::exchange(in_step_, false)
                       ? poll_times::second(config_->interval, random_fraction())
                       : config_->interval;
  schedule_next_poll(pause, caf::timespan::zero());
}

void kie_poller::on_failed_poll(const provider::signal& reason) {
  if (try_another_key(reason))
    return;
  if (config_->provider.classify(reason).not_yet_known)
    return on_unknown();
  if (failed_polls_.should_log())
    log::warn("kie_poller.poll_failed", "task", task_, "times", failed_polls_.count(), "signal",
              provider::describe(reason));
  go_on_failing(reason.retry_after.value_or(std::chrono::milliseconds{0}));
}

/// What one stand-in must not see another may: only all of them together say something.
bool kie_poller::try_another_key(const provider::signal& reason) {
  if (stand_ins_ == 0 || reason.outcome != http::outcome::answered)
    return false;
  if (++stand_in_ % stand_ins_ != 0) {
    looking_ = false;
    poll();
    return true;
  }
  if (failed_polls_.should_log())
    log::error("kie_poller.key_unknown", "task", task_, "key", key_, "advice",
               "give the nodes the key that made this task back until it is done");
  return false;
}

/// The provider does not know the task, which may be too new. Keys of other accounts prove nothing:
/// with these it is looked for as long as it has time.
void kie_poller::on_unknown() {
  const auto now = self_->clock().now();
  if (!unknown_since_)
    unknown_since_ = now;
  if (now - *unknown_since_ >= config_->unknown_grace && (stand_ins_ == 0 || now >= give_up_at_))
    return end(task_ended::outcome::vanished);
  go_on_failing();
}

void kie_poller::go_on_failing(caf::timespan at_least) {
  const auto now = self_->clock().now();
  if (now < give_up_at_)
    return schedule_next_poll(config_->interval, at_least);
  if (now - give_up_at_ >= config_->failing_limit)
    return end(task_ended::outcome::timed_out);
  schedule_next_poll(backoff(++overdue_polls_, config_->interval, config_->interval * 8), at_least);
}

void kie_poller::schedule_next_poll(caf::timespan pause, caf::timespan at_least) {
  looking_ = false;
  if (woken_)
    return poll();
  schedule_poll(poll_times::next({polled_at_, self_->clock().now(), give_up_at_, at_least},
                                 with_jitter(pause), config_->interval));
}

void kie_poller::end(task_ended::outcome outcome) {
  task_ended result;
  result.task = task_;
  result.ending = outcome;
  tell_owner(std::move(result));
}

void kie_poller::end_with(const provider::succeeded& done) {
  task_ended result;
  result.task = task_;
  result.ending = task_ended::outcome::success;
  result.video_url = done.url;
  result.cost = done.cost;
  tell_owner(std::move(result));
}

void kie_poller::tell_owner(task_ended ended) {
  ended.polls = polls_;
  if (auto owner = caf::actor_cast<caf::strong_actor_ptr>(owner_))
    self_->send(caf::actor_cast<task_owner_actor>(owner), std::move(ended));
  self_->quit();
}

std::string kie_poller::describe() const {
  return R"({"polls":)" + std::to_string(polls_) + R"(,"poll_under_way":)"
         + (looking_ ? "true" : "false") + R"(,"key":")" + key_.value + R"("})";
}

} // namespace neurocards
