#include "actors/backoff.hpp"
#include "actors/telegram_gateway.hpp"
#include "actors/timer_wheel.hpp"
#include "base/log.hpp"

#include <algorithm>

namespace neurocards {

using namespace std::chrono_literals;

namespace {

constexpr std::chrono::seconds longest_poll = 50s; // Telegram caps it silently
constexpr caf::timespan breath = 500ms; // after a long poll that was answered empty and too early

std::chrono::seconds poll_wait(const config::telegram& x) {
  return std::min(std::chrono::duration_cast<std::chrono::seconds>(x.poll_timeout), longest_poll);
}

bool webhook_is_set(const telegram::reply& x) {
  return x.error_code == 409 && x.description.find("webhook") != std::string::npos;
}

/// How an operator reads it.
void log_failure(std::string_view doing, const telegram::reply& x, int failures) {
  if (x.error_code == 401 || x.error_code == 404)
    log::error("telegram_gateway.token_refused", "doing", doing, "error", x.description, "todo",
               "set BOT_TOKEN to the token BotFather gave");
  else if (worth_a_line(failures))
    log::warn(x.error_code == 409 ? "telegram_gateway.poll_conflicted"
                                  : "telegram_gateway.call_failed",
              "doing", doing, "failures", failures, "how", x.how, "status", x.status, "error",
              x.description);
}

} // namespace

caf::timespan wait_after(const telegram::reply& x, int failures) {
  if (x.error_code == 401 || x.error_code == 404)
    return with_jitter(60s); // only a person can help
  if (x.error_code == 409)
    return with_jitter(5s); // the other poller may be on its way out
  if (x.retry_after > 0)
    return std::chrono::seconds{x.retry_after} + with_jitter(500ms);
  return backoff(failures, 1s, 30s);
}

/// Polling needs no webhook to be set (updates that wait are kept), webhook mode needs ours.
void telegram_gateway::settle_webhook() {
  const bool polls = config_->telegram.mode == config::telegram_mode::polling;
  auto request = polls ? config_->api.delete_webhook()
                       : config_->api.set_webhook(config_->webhook_url, config_->webhook_secret);
  auto judge = while_leading<telegram::reply>([this](const telegram::reply& x) {
    if (x.ok) {
      poll_failures_ = 0;
      webhook_ = webhook_state::settled;
      return poll();
    }
    log_failure("settle webhook", x, ++poll_failures_);
    run_after(self_, wait_after(x, poll_failures_), while_leading([this] { settle_webhook(); }));
  });
  self_->request(config_->http, caf::infinite, std::move(request))
    .then([judge](const http::response& x) { judge(telegram::parse_answer(x).envelope); },
          [judge](const caf::error& why) {
            telegram::reply none;
            none.how = http::outcome::not_sent;
            none.description = to_string(why);
            judge(none);
          });
}

void telegram_gateway::poll() {
  if (!leading_ || polling_ || !replayed_ || webhook_ != webhook_state::settled
      || config_->telegram.mode != config::telegram_mode::polling)
    return;
  if (full()) {
    if (!std::exchange(paused_, true))
      log::warn("telegram_gateway.paused", "unfinished", router_.unfinished());
    return;
  }
  polling_ = true;
  const auto asked_at = self_->clock().now();
  auto judge = while_leading<http::response>([this, asked_at](const http::response& x) {
    polling_ = false;
    on_poll(telegram::parse_updates(x), asked_at);
  });
  auto request = config_->api.get_updates(offset_, poll_wait(config_->telegram));
  request.fresh = poll_failures_ > 0; // shows at once whether Telegram is there
  self_->request(config_->http, caf::infinite, std::move(request))
    .then(judge, [judge](const caf::error& why) {
      http::response none;
      none.error = to_string(why);
      judge(none);
    });
}

void telegram_gateway::on_poll(const telegram::updates_answer& answer,
                               caf::actor_clock::time_point asked_at) {
  if (!answer.status.ok())
    return on_poll_failed(answer.status.envelope);
  if (const int failures = std::exchange(poll_failures_, 0); failures > 0)
    log::info("telegram_gateway.poll_recovered", "failures", failures);
  if (!answer.updates.empty()) {
    for (const auto& x : answer.updates)
      answer_checkout(x.parsed);
    return keep(std::make_shared<const std::vector<telegram::received_update>>(answer.updates));
  }
  // All we had is confirmed. Going on without an offset, a number that Telegram draws anew (it does
  // after a quiet week) cannot be taken for a confirmation of what it has not sent yet.
  offset_ = 0;
  const auto took = self_->clock().now() - asked_at;
  if (took >= breath)
    return poll();
  polling_ = true;
  run_after(self_, breath - took, while_leading([this] {
              polling_ = false;
              poll();
            }));
}

void telegram_gateway::on_poll_failed(const telegram::reply& x) {
  log_failure("get updates", x, ++poll_failures_);
  if (webhook_is_set(x))
    return name_foreign_webhook();
  polling_ = true; // until the wait is over
  run_after(self_, wait_after(x, poll_failures_), while_leading([this] {
              polling_ = false;
              poll();
            }));
}

/// Nothing is fetched, hence nothing confirmed, before these are stored.
void telegram_gateway::keep(const batch& updates) {
  polling_ = true;
  update_intake::rows rows;
  for (const auto& x : *updates)
    rows.push_back(to_row(x));
  intake_.put(std::move(rows), [this, updates, term = term_](auto fresh) {
    if (fresh)
      hand_out(*updates, *fresh); // even if another leads now: stored here, it is brought from here
    if (term != term_)
      return;
    polling_ = false;
    if (fresh)
      on_kept(*updates);
    else
      on_keep_failed(updates, fresh.error());
  });
}

void telegram_gateway::on_kept(const std::vector<telegram::received_update>& updates) {
  if (const int failures = std::exchange(store_failures_, 0); failures > 0)
    log::info("telegram_gateway.store_recovered", "failures", failures);
  offset_ = updates.back().parsed.update.value + 1;
  poll();
}

void telegram_gateway::on_keep_failed(const batch& updates, const caf::error& why) {
  ++store_failures_;
  if (worth_a_line(store_failures_))
    log::warn("telegram_gateway.store_failed", "failures", store_failures_, "updates",
              updates->size(), "error", why);
  polling_ = true; // until the wait is over
  run_after(self_, backoff(store_failures_, 200ms, 10s),
            while_leading([this, updates] { keep(updates); }));
}

} // namespace neurocards
