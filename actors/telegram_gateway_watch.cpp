#include "actors/backoff.hpp"
#include "actors/telegram_gateway.hpp"
#include "actors/timer_wheel.hpp"
#include "base/jitter.hpp"
#include "base/log.hpp"
#include "domain/bot_commands.hpp"

#include <caf/actor_system.hpp>
#include <caf/telemetry/metric_registry.hpp>

// What anybody with the bot's token can change at Telegram: watched, told, and set again.

namespace neurocards {

using namespace std::chrono_literals;

namespace {

constexpr caf::timespan watch_interval = 20s;
constexpr int rounds_between_commands = 30; // ten minutes

int64_t now_seconds() {
  return std::chrono::duration_cast<std::chrono::seconds>(
           std::chrono::system_clock::now().time_since_epoch())
    .count();
}

std::vector<telegram::command> our_commands(language lang) {
  std::vector<telegram::command> result;
  for (auto& x : flow::bot_commands(lang))
    result.push_back({std::move(x.name), std::move(x.description)});
  return result;
}

/// Telegram's name of a language whose list we set; Russian is everybody's default.
std::string owner_of(language lang) {
  return lang == language::ru ? "" : to_string(lang);
}

} // namespace

void telegram_gateway::watch_telegram() {
  run_after(self_, with_jitter(watch_interval), while_leading([this] {
              if (config_->telegram.mode == config::telegram_mode::webhook
                  && webhook_ == webhook_state::settled)
                look_at_webhook();
              if (++watch_rounds_ % rounds_between_commands == 0)
                look_at_commands();
              watch_telegram();
            }));
}

void telegram_gateway::look_at_webhook() {
  auto judge = while_leading<http::response>([this](const http::response& x) {
    if (const auto found = telegram::parse_webhook_info(x)) {
      watch_failures_ = 0;
      return on_webhook_info(*found);
    }
    if (const auto reply = telegram::parse_answer(x).envelope;
        !reply.ok && worth_a_line(++watch_failures_))
      log::warn("telegram_gateway.webhook_not_seen", "failures", watch_failures_, "error",
                reply.description);
  });
  self_->request(config_->http, caf::infinite, config_->api.get_webhook_info())
    .then(judge, [](const caf::error& why) {
      log::warn("telegram_gateway.webhook_not_seen", "error", why);
    });
}

/// Asks who took our place before taking it back.
void telegram_gateway::name_foreign_webhook() {
  webhook_ = webhook_state::unknown;
  polling_ = false;
  auto then = while_leading<http::response>([this](const http::response& x) {
    if (const auto found = telegram::parse_webhook_info(x))
      return on_webhook_info(*found);
    settle_webhook();
  });
  self_->request(config_->http, caf::infinite, config_->api.get_webhook_info())
    .then(then, [then](const caf::error&) { then(http::response{}); });
}

void telegram_gateway::on_webhook_info(const webhook::facts& found) {
  const bool polls = config_->telegram.mode == config::telegram_mode::polling;
  const auto verdict = webhook::check(
    found, {polls ? "" : config_->webhook_url, telegram::allowed_updates()}, now_seconds());
  if (verdict.what != webhook::fault::none) {
    self_->system()
      .metrics()
      .counter_family("neurocards", "webhook_faults", {"fault"},
                      "Faults of the webhook found at Telegram.", "1", true)
      ->get_or_add({{"fault", webhook::to_string(verdict.what)}})
      ->inc();
    if (verdict.mendable())
      log::error("telegram_gateway.webhook_changed", "fault", webhook::to_string(verdict.what),
                 "found", verdict.words, "advice",
                 "it is set right again; if this repeats, another program uses the same BOT_TOKEN");
    else if (worth_a_line(++webhook_failures_))
      log::warn("telegram_gateway.webhook_failing", "found", verdict.words, "advice",
                "see that http.public-url leads here, with a certificate that Telegram accepts");
  } else if (std::exchange(webhook_failures_, 0) > 0) {
    log::info("telegram_gateway.webhook_recovered");
  }
  if (verdict.mendable() || polls) {
    webhook_ = webhook_state::unknown;
    settle_webhook();
  }
}

// ── commands ─────────────────────────────────────────────────────────────────────────────────────

void telegram_gateway::look_at_commands() {
  for (const auto lang : {language::ru, language::en}) {
    self_->request(config_->http, caf::infinite, config_->api.get_my_commands(owner_of(lang)))
      .then(while_leading<http::response>([this, lang](const http::response& x) {
              const auto found = telegram::parse_commands(x);
              if (!found || *found == our_commands(lang))
                return;
              log::warn("telegram_gateway.commands_changed", "language", to_string(lang), "found",
                        found->size(), "advice", "they are set again");
              set_commands(lang);
            }),
            [](const caf::error&) {
              // the next round asks again
            });
  }
}

/// The menu button is a convenience: whoever misses it once still has the commands.
void telegram_gateway::announce_commands() {
  if (std::exchange(commands_announced_, true))
    return;
  for (const auto lang : {language::ru, language::en})
    set_commands(lang);
}

void telegram_gateway::set_commands(language lang) {
  self_
    ->request(config_->http, caf::infinite,
              config_->api.set_my_commands(our_commands(lang), owner_of(lang)))
    .then(
      [](const http::response& x) {
        if (const auto reply = telegram::parse_answer(x).envelope; !reply.ok)
          log::warn("telegram_gateway.commands_not_set", "error", reply.description);
      },
      [](const caf::error& why) { log::warn("telegram_gateway.commands_not_set", "error", why); });
}

} // namespace neurocards
