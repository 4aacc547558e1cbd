#include "actors/update_poller.hpp"

#include "actors/backoff.hpp"
#include "actors/call_pause.hpp"
#include "actors/run_after.hpp"
#include "base/log.hpp"

#include <algorithm>

namespace neurocards {

using namespace std::chrono_literals;

namespace {

constexpr std::chrono::seconds longest_poll = 50s; // Telegram caps it silently
constexpr caf::timespan shortest_poll = 500ms; // a long poll that was answered empty and too early

std::chrono::seconds poll_wait(const config::telegram& settings) {
  return std::min(std::chrono::duration_cast<std::chrono::seconds>(settings.poll_timeout),
                  longest_poll);
}

bool webhook_is_set(const telegram::reply& reply) {
  return reply.error_code == 409 && reply.description.find("webhook") != std::string::npos;
}

} // namespace

void update_poller::reset() {
  offset_ = 0;
  phase_ = phase::idle;
  paused_ = false;
  poll_failures_ = store_failures_ = 0;
}

void update_poller::on_webhook_settled() {
  poll_failures_ = 0;
  poll();
}

void update_poller::poll() {
  const auto& config = admission_.config();
  if (!admission_.leader.leading() || phase_ != phase::idle || !may_poll_()
      || !webhook_.is_settled() || !config.polls())
    return;
  if (admission_.full()) {
    if (!std::exchange(paused_, true))
      log::warn("telegram_gateway.paused", "unfinished", admission_.router.unfinished());
    return;
  }
  phase_ = phase::fetching;
  const auto asked_at = admission_.self()->clock().now();
  auto then =
    admission_.leader.in_this_term<http::response>([this, asked_at](const http::response& got) {
      phase_ = phase::idle;
      on_answer(telegram::parse_updates(got), asked_at);
    });
  auto request = config.api.get_updates(offset_, poll_wait(config.telegram));
  request.fresh = poll_failures_ > 0; // shows at once whether Telegram is there
  admission_.self()
    ->request(config.http, caf::infinite, std::move(request))
    .then(then, [then](const caf::error& err) {
      http::response none;
      none.error = to_string(err);
      then(none);
    });
}

void update_poller::resume() {
  if (!std::exchange(paused_, false))
    return;
  log::info("telegram_gateway.resumed", "unfinished", admission_.router.unfinished());
  poll();
}

void update_poller::on_answer(const telegram::updates_answer& answer,
                              caf::actor_clock::time_point asked_at) {
  if (!answer.status.ok())
    return on_failed(answer.status.envelope);
  if (const int failures = std::exchange(poll_failures_, 0); failures > 0)
    log::info("telegram_gateway.poll_recovered", "failures", failures);
  if (!answer.updates.empty()) {
    for (const auto& update : answer.updates)
      admission_.answer_checkout(update.parsed);
    return keep(std::make_shared<const update_admission::updates>(answer.updates));
  }
  // All we had is confirmed. Going on without an offset, a number that Telegram draws anew (it does
  // after a quiet week) cannot be taken for a confirmation of what it has not sent yet.
  offset_ = 0;
  const auto took = admission_.self()->clock().now() - asked_at;
  if (took >= shortest_poll)
    return poll();
  poll_after(shortest_poll - std::chrono::duration_cast<caf::timespan>(took));
}

void update_poller::on_failed(const telegram::reply& reply) {
  log_failure("get updates", reply, ++poll_failures_);
  if (webhook_is_set(reply))
    return webhook_.replace_foreign(poll_failures_);
  poll_after(wait_after(reply, poll_failures_));
}

void update_poller::poll_after(caf::timespan delay) {
  phase_ = phase::waiting;
  run_after(admission_.self(), delay, admission_.leader.in_this_term([this] {
    phase_ = phase::idle;
    poll();
  }));
}

/// Nothing is fetched, hence nothing confirmed, before these are stored.
void update_poller::keep(const batch& updates) {
  phase_ = phase::storing;
  admission_.put(*updates, [this, updates, term = admission_.leader.term()](auto fresh) {
    if (fresh) // even if another leads now: stored here, it is brought from here
      admission_.hand_out(*updates, *fresh);
    if (!admission_.leader.is(term))
      return;
    phase_ = phase::idle;
    if (fresh)
      on_kept(*updates);
    else
      on_keep_failed(updates, fresh.error());
  });
}

void update_poller::on_kept(const update_admission::updates& updates) {
  if (const int failures = std::exchange(store_failures_, 0); failures > 0)
    log::info("telegram_gateway.store_recovered", "failures", failures);
  offset_ = updates.back().parsed.update.value + 1;
  poll();
}

void update_poller::on_keep_failed(const batch& updates, const caf::error& err) {
  ++store_failures_;
  if (worth_a_line(store_failures_))
    log::warn("telegram_gateway.store_failed", "failures", store_failures_, "updates",
              updates->size(), "error", err);
  phase_ = phase::waiting;
  run_after(admission_.self(), backoff(store_failures_, 200ms, 10s),
            admission_.leader.in_this_term([this, updates] { keep(updates); }));
}

} // namespace neurocards
