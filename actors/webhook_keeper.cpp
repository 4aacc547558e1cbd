#include "actors/webhook_keeper.hpp"

#include "actors/backoff.hpp"
#include "actors/call_pause.hpp"
#include "actors/run_after.hpp"
#include "base/log.hpp"

#include <caf/actor_system.hpp>
#include <caf/telemetry/metric_registry.hpp>

namespace neurocards {

namespace {

int64_t now_seconds() {
  return std::chrono::duration_cast<std::chrono::seconds>(
           std::chrono::system_clock::now().time_since_epoch())
    .count();
}

} // namespace

void webhook_keeper::start() {
  state_ = state::unknown;
  settle_failures_ = 0;
  settle();
}

/// Polling needs no webhook to be set (updates that wait are kept), webhook mode needs ours.
void webhook_keeper::settle() {
  const auto& config = admission_.config();
  auto request = config.polls() ? config.api.delete_webhook()
                                : config.api.set_webhook(config.webhook_url, config.webhook_secret);
  auto then = admission_.leader.in_this_term<telegram::reply>(
    [this](const telegram::reply& reply) { on_settled(reply); });
  admission_.self()
    ->request(config.http, caf::infinite, std::move(request))
    .then([then](const http::response& got) { then(telegram::parse_answer(got).envelope); },
          [then](const caf::error& err) {
            telegram::reply none;
            none.outcome = http::outcome::not_sent;
            none.description = to_string(err);
            then(none);
          });
}

void webhook_keeper::on_settled(const telegram::reply& reply) {
  if (reply.ok) {
    settle_failures_ = 0;
    state_ = state::settled;
    return settled_();
  }
  log_failure("settle webhook", reply, ++settle_failures_);
  run_after(admission_.self(), wait_after(reply, settle_failures_),
            admission_.leader.in_this_term([this] { settle(); }));
}

void webhook_keeper::watch() {
  const auto& config = admission_.config();
  if (config.polls() || !is_settled())
    return;
  auto then =
    admission_.leader.in_this_term<http::response>([this](const http::response& response) {
      if (const auto found = telegram::parse_webhook_info(response)) {
        watch_failures_ = 0;
        return on_info(*found);
      }
      if (const auto reply = telegram::parse_answer(response).envelope;
          !reply.ok && worth_a_line(++watch_failures_))
        log::warn("telegram_gateway.webhook_not_seen", "failures", watch_failures_, "error",
                  reply.description);
    });
  admission_.self()
    ->request(config.http, caf::infinite, config.api.get_webhook_info())
    .then(then, [](const caf::error& err) {
      log::warn("telegram_gateway.webhook_not_seen", "error", err);
    });
}

void webhook_keeper::replace_foreign(int failures) {
  const auto& config = admission_.config();
  state_ = state::unknown;
  settle_failures_ = failures;
  auto then =
    admission_.leader.in_this_term<http::response>([this](const http::response& response) {
      if (const auto found = telegram::parse_webhook_info(response))
        return on_info(*found);
      settle();
    });
  admission_.self()
    ->request(config.http, caf::infinite, config.api.get_webhook_info())
    .then(then, [then](const caf::error&) { then(http::response{}); });
}

void webhook_keeper::on_info(const webhook::facts& found) {
  const auto& config = admission_.config();
  const auto verdict = webhook::check(
    found, {config.polls() ? "" : config.webhook_url, telegram::allowed_updates()}, now_seconds());
  report(verdict);
  if (verdict.mendable() || config.polls()) {
    state_ = state::unknown;
    settle();
  }
}

void webhook_keeper::report(const webhook::verdict& verdict) {
  if (verdict.fault == webhook::fault::none) {
    if (std::exchange(webhook_failures_, 0) > 0)
      log::info("telegram_gateway.webhook_recovered");
    return;
  }
  admission_.self()
    ->system()
    .metrics()
    .counter_family("neurocards", "webhook_faults", {"fault"},
                    "Faults of the webhook found at Telegram.", "1", true)
    ->get_or_add({{"fault", webhook::to_string(verdict.fault)}})
    ->inc();
  if (verdict.mendable())
    log::error("telegram_gateway.webhook_changed", "fault", webhook::to_string(verdict.fault),
               "found", verdict.words, "advice",
               "it is set right again; if this repeats, another program uses the same BOT_TOKEN");
  else if (worth_a_line(++webhook_failures_))
    log::warn("telegram_gateway.webhook_failing", "found", verdict.words, "advice",
              "see that http.public-url leads here, with a certificate that Telegram accepts");
}

} // namespace neurocards
