#include "actors/prompt_writer.hpp"

#include "actors/timer_wheel.hpp"
#include "base/jitter.hpp"
#include "base/log.hpp"
#include "domain/prompts.hpp"

namespace neurocards {

using namespace std::chrono_literals;

namespace {

constexpr int max_tries = 3;
constexpr int breaker_threshold = 5;
constexpr auto breaker_rest = 30s;
constexpr auto broken_rest = 5min;    // wrong key or model: a person must act
constexpr auto out_of_money_rest = 30min;
constexpr auto longest_wait = 20s;    // a longer wish of the server is not worth an order's delay

std::string finish_reason(openai::completion::ending how) {
  switch (how) {
    case openai::completion::ending::stop: return "stop";
    case openai::completion::ending::length: return "length";
    case openai::completion::ending::filtered: return "content_filter";
    case openai::completion::ending::other: return "other";
  }
  return "other";
}

std::string_view outcome_of(const openai::chat_result& x) {
  const auto* why = std::get_if<openai::signal>(&x);
  if (!why)
    return "completed";
  return why->how == http::outcome::answered ? "refused" : "unanswered";
}

} // namespace

prompt_writer::prompt_writer(prompt_writer_actor::pointer self, prompt_writer_config config,
                             http_agent_actor http, metrics counts)
  : self_(self), config_(std::move(config)), http_(std::move(http)), metrics_(counts),
    breaker_(breaker_threshold, breaker_rest) {}

prompt_writer_actor::behavior_type prompt_writer::make_behavior() {
  return {
    [this](write_prompt& what) -> caf::result<written_prompt> {
      auto promise = self_->make_response_promise<written_prompt>();
      auto next = std::make_shared<order>();
      next->job = std::move(what.job);
      next->promise = promise;
      next->deadline = self_->clock().now() + 2 * config_.timeout;
      if (!prompts::needs_script(next->job.template_type)) {
        answer(next, prompts::fallback_prompt(next->job, clip_seconds(next->job)), "user");
      } else if (!config_.api) {
        fall_back(next, "not_configured");
      } else {
        waiting_.push_back(std::move(next));
        start_next();
      }
      return promise;
    },
  };
}

void prompt_writer::start_next() {
  while (busy_ < config_.concurrency && !waiting_.empty()) {
    auto next = std::move(waiting_.front());
    waiting_.pop_front();
    if (self_->clock().now() >= next->deadline || !breaker_.allows(self_->clock().now())) {
      fall_back(next, "circuit_open");
      continue;
    }
    ++busy_;
    ask(next);
  }
}

void prompt_writer::ask(const order_ptr& what) {
  ++what->tries;
  const auto messages = prompts::script_messages(what->job, clip_seconds(what->job));
  openai::chat chat;
  chat.model = config_.model;
  chat.system = messages.system;
  chat.user = messages.user;
  self_->request(http_, caf::infinite, config_.api->complete(chat, config_.timeout))
    .then([this, what](const http::response& got) { on_answer(what, got); },
          [this, what](const caf::error& err) {
            log::warn("prompt_writer.request_failed", "job", what->job.id, "error", err);
            --busy_;
            fall_back(what, "http_agent_gone");
            start_next();
          });
}

void prompt_writer::on_answer(const order_ptr& what, const http::response& got) {
  const auto result = openai::parse_chat(got);
  metrics_.openai_calls(outcome_of(result)).inc();
  if (const auto* text = std::get_if<openai::completion>(&result)) {
    --busy_;
    breaker_.succeeded();
    const auto prompt = prompts::plausible_prompt({text->text, finish_reason(text->how), ""});
    if (prompt)
      answer(what, *prompt, "openai");
    else
      fall_back(what, "implausible_answer");
    start_next();
  } else {
    on_refusal(what, std::get<openai::signal>(result));
  }
}

void prompt_writer::on_refusal(const order_ptr& what, const openai::signal& why) {
  const auto now = self_->clock().now();
  const auto verdict = openai::classify(why);
  if (verdict.alert)
    log::error("openai.needs_attention", "status", why.status, "code", why.code, "message",
               why.message, "advice", "check OPENAI_API_KEY, openai.model and the account");
  switch (verdict.what) {
    case openai::reaction::break_circuit: breaker_.broke(now, broken_rest); break;
    case openai::reaction::break_for_long: breaker_.broke(now, out_of_money_rest); break;
    default:
      if (verdict.counts)
        breaker_.failed(now);
      else
        breaker_.succeeded(); // it refuses this request only
  }
  const auto wait = verdict.wait.value_or(openai::pause_before(what->tries + 1, random_fraction()));
  const bool again = verdict.what == openai::reaction::retry && what->tries < max_tries
                     && wait <= longest_wait && now + wait < what->deadline
                     && !breaker_.open(now);
  if (!again) {
    --busy_;
    fall_back(what, to_string(verdict.what));
    return start_next();
  }
  run_after(self_, wait, [this, what] { ask(what); });
}

void prompt_writer::answer(const order_ptr& what, std::string text, std::string source) {
  metrics_.prompts(source).inc();
  what->promise.deliver(written_prompt{std::move(text), std::move(source)});
}

void prompt_writer::fall_back(const order_ptr& what, std::string_view why) {
  log::info("prompt_writer.fell_back", "job", what->job.id, "why", why);
  answer(what, prompts::fallback_prompt(what->job, clip_seconds(what->job)), "template");
}

int prompt_writer::clip_seconds(const claimed_job& job) const {
  const auto* chosen = models::find(config_.models, job.model);
  return models::clip_seconds(chosen ? *chosen : config_.models.front());
}

} // namespace neurocards
