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
constexpr auto breaker_cooldown = 30s;
constexpr auto broken_cooldown = 5min; // wrong key or model: a person must act
constexpr auto out_of_money_cooldown = 30min;
constexpr auto longest_wait = 20s; // a longer wish of the server is not worth an order's delay

std::string finish_reason(openai::completion::ending ending) {
  switch (ending) {
    case openai::completion::ending::stop:
      return "stop";
    case openai::completion::ending::length:
      return "length";
    case openai::completion::ending::filtered:
      return "content_filter";
    case openai::completion::ending::other:
      return "other";
  }
  return "other";
}

/// What metrics call an answer. One without text is empty, whatever ended it: a model that thinks
/// may have spent its limit before the first word.
std::string_view outcome_of(const openai::chat_result& x) {
  if (const auto* reason = std::get_if<openai::signal>(&x))
    return reason->outcome == http::outcome::answered ? "refused" : "unanswered";
  const auto& got = std::get<openai::completion>(x);
  if (got.finish == openai::completion::ending::filtered)
    return "filtered";
  if (got.text.empty())
    return "empty";
  return got.finish == openai::completion::ending::length ? "cut" : "completed";
}

} // namespace

prompt_writer::prompt_writer(prompt_writer_actor::pointer self, prompt_writer_config config,
                             http_agent_actor http, metrics counts)
  : self_(self), config_(std::move(config)), http_(std::move(http)), counts_(counts),
    breaker_(breaker_threshold, breaker_cooldown) {}

prompt_writer_actor::behavior_type prompt_writer::make_behavior() {
  return {
    [this](write_prompt& request) -> caf::result<written_prompt> {
      auto promise = self_->make_response_promise<written_prompt>();
      auto next = std::make_shared<order>();
      next->job = std::move(request.job);
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
    const auto now = self_->clock().now();
    if (!time_left(*next, now)) {
      fall_back(next, "waited_too_long");
    } else if (!breaker_.allows(now)) {
      fall_back(next, "circuit_open");
    } else {
      ++busy_;
      ask(next);
    }
  }
}

/// Whether asking at `when` makes sense: a request cut short would be counted against OpenAI.
bool prompt_writer::time_left(const order& request, caf::actor_clock::time_point when) const {
  return when + config_.timeout / 2 <= request.deadline;
}

void prompt_writer::ask(const order_ptr& request) {
  ++request->tries;
  const auto messages = prompts::script_messages(request->job, clip_seconds(request->job));
  openai::chat chat;
  chat.model = config_.model;
  chat.system = messages.system;
  chat.user = messages.user;
  if (request->without_limit)
    chat.max_completion_tokens = 0;
  const auto left =
    std::chrono::duration_cast<std::chrono::milliseconds>(request->deadline - self_->clock().now());
  self_->request(http_, caf::infinite, config_.api->complete(chat, std::min(config_.timeout, left)))
    .then([this, request](const http::response& got) { on_answer(request, got); },
          [this, request](const caf::error& err) {
            log::warn("prompt_writer.not_asked", "job", request->job.id, "error", err);
            breaker_.failed(self_->clock().now());
            give_up(request, "http_agent_gone");
          });
}

void prompt_writer::on_answer(const order_ptr& request, const http::response& got) {
  const auto result = openai::parse_chat(got);
  const auto outcome = outcome_of(result);
  counts_.openai_calls(outcome).inc();
  const auto* text = std::get_if<openai::completion>(&result);
  if (!text)
    return on_refusal(request, std::get<openai::signal>(result));
  breaker_.succeeded();
  const auto prompt = prompts::plausible_prompt({text->text, finish_reason(text->finish), ""});
  if (!prompt)
    return give_up(request, outcome == "completed" ? "implausible_answer" : outcome);
  --busy_;
  answer(request, *prompt, "openai");
  start_next();
}

void prompt_writer::on_refusal(const order_ptr& request, const openai::signal& reason) {
  const auto verdict = openai::classify(reason);
  if (verdict.alert)
    log::error("openai.needs_attention", "status", reason.status, "code", reason.code, "message",
               reason.message, "advice", "check OPENAI_API_KEY, openai.model and the account");
  report(verdict);
  if (!ask_again(request, reason, verdict))
    give_up(request, to_string(verdict.reaction));
}

void prompt_writer::report(const openai::verdict& verdict) {
  const auto now = self_->clock().now();
  switch (verdict.reaction) {
    case openai::reaction::break_circuit:
      return breaker_.broke(now, broken_cooldown);
    case openai::reaction::break_for_long:
      return breaker_.broke(now, out_of_money_cooldown);
    default:
      break;
  }
  if (verdict.counts)
    breaker_.failed(now);
  else
    breaker_.succeeded(); // it refuses this request only
}

/// Whether the order gets another try; its place stays taken meanwhile.
bool prompt_writer::ask_again(const order_ptr& request, const openai::signal& reason,
                              const openai::verdict& verdict) {
  if (verdict.reaction == openai::reaction::without_param && reason.param == "max_completion_tokens"
      && !request->without_limit) {
    request->without_limit = true;
    ask(request);
    return true;
  }
  const auto now = self_->clock().now();
  const auto wait =
    verdict.wait.value_or(openai::pause_before(request->tries + 1, random_fraction()));
  if (verdict.reaction != openai::reaction::retry || request->tries >= max_tries
      || wait > longest_wait || !time_left(*request, now + wait) || breaker_.open(now))
    return false;
  run_after(self_, wait, [this, request] {
    if (breaker_.open(self_->clock().now()))
      give_up(request, "circuit_open"); // others found out meanwhile
    else
      ask(request);
  });
  return true;
}

void prompt_writer::give_up(const order_ptr& request, std::string_view reason) {
  --busy_;
  fall_back(request, reason);
  start_next();
}

void prompt_writer::answer(const order_ptr& request, std::string text, std::string source) {
  counts_.prompts(source).inc();
  request->promise.deliver(written_prompt{std::move(text), std::move(source)});
}

void prompt_writer::fall_back(const order_ptr& request, std::string_view reason) {
  log::info("prompt_writer.fell_back", "job", request->job.id, "why", reason);
  answer(request, prompts::fallback_prompt(request->job, clip_seconds(request->job)), "template");
}

int prompt_writer::clip_seconds(const claimed_job& job) const {
  const auto* chosen = models::find(config_.models, job.model);
  return models::clip_seconds(chosen ? *chosen : config_.models.front());
}

} // namespace neurocards
