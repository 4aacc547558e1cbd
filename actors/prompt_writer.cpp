#include "actors/prompt_writer.hpp"

#include "actors/post.hpp"
#include "actors/run_after.hpp"
#include "base/jitter.hpp"
#include "base/log.hpp"
#include "clients/crypto.hpp"
#include "domain/photo_forms.hpp"
#include "domain/prompts.hpp"
#include "domain/provider_words.hpp"

#include <fstream>

namespace neurocards {

using namespace std::chrono_literals;

namespace {

constexpr int max_tries = 3;
constexpr int breaker_threshold = 5;
constexpr auto breaker_cooldown = 30s;
constexpr auto broken_cooldown = 5min; // wrong key or model: a person must act
constexpr auto out_of_money_cooldown = 30min;
constexpr auto blind_cooldown = 1h;
constexpr auto photo_patience = 5s;
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

/// What the message is about; the message itself may repeat what a user wrote.
std::string_view recognised(const openai::signal& reason) {
  const auto topic = words::topic_of(reason.message);
  return topic ? words::name_of(*topic) : "nothing";
}

} // namespace

prompt_writer::prompt_writer(prompt_writer_actor::pointer self,
                             changing<prompt_writer_config> config, http_agent_actor http,
                             metrics counts)
  : self_(self), config_(std::move(config)), http_(std::move(http)), counts_(counts),
    breaker_(breaker_threshold, breaker_cooldown) {}

prompt_writer_actor::behavior_type prompt_writer::make_behavior() {
  return {
    [this](write_prompt& request) -> caf::result<written_prompt> {
      auto promise = self_->make_response_promise<written_prompt>();
      auto next = std::make_shared<order>();
      next->settings = config_.now();
      next->job = std::move(request.job);
      next->promise = promise;
      next->deadline = self_->clock().now() + 2 * next->settings->timeout;
      if (!prompts::needs_script(next->job.template_type)) {
        answer(next, prompts::fallback_prompt(next->job, film_of(*next)), prompt_source::user);
      } else if (!next->settings->api) {
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
  while (busy_ < config_->concurrency && !waiting_.empty()) {
    auto next = std::move(waiting_.front());
    waiting_.pop_front();
    const auto now = self_->clock().now();
    if (!time_left(*next, now)) {
      fall_back(next, "waited_too_long");
    } else if (!choose_writer(*next)) {
      fall_back(next, "no_model");
    } else if (!breaker_.allows(now)) {
      fall_back(next, "circuit_open");
    } else {
      ++busy_;
      show_photo(next);
    }
  }
}

/// The first that exists, as far as is known. False: none does.
bool prompt_writer::choose_writer(order& request) {
  const auto now = self_->clock().now();
  for (const auto& one : request.settings->writers)
    if (writers_[one].gone_until <= now) {
      request.writer = one;
      return true;
    }
  return false;
}

/// A photo that is not there in time is no reason to write nothing.
void prompt_writer::show_photo(const order_ptr& request) {
  const bool blind = writers_[request->writer].blind_until > self_->clock().now();
  const auto& settings = *request->settings;
  if (!settings.photos || blind || request->job.photo.value.empty())
    return ask(request);
  const auto small = photo_forms::key_of(photo_forms::form::small, request->job.photo);
  self_->request(settings.photos, photo_patience, open_file{small})
    .then([this, request](const opened_file& found) { read_photo(request, found); },
          [this, request](const caf::error& reason) {
            log::info("prompt_writer.photo_not_shown", "job", request->job.id, "error", reason);
            ask(request);
          });
}

void prompt_writer::read_photo(const order_ptr& request, const opened_file& found) {
  auto file = std::make_shared<temporary_file>(found.path, found.temporary);
  auto address = std::make_shared<std::string>();
  auto read = [file, address] {
    std::ifstream in{file->path(), std::ios::binary};
    const std::string bytes{std::istreambuf_iterator<char>{in}, {}};
    if (!bytes.empty())
      *address = "data:image/jpeg;base64," + crypto::base64(bytes);
    return storage::result{};
  };
  request->settings->disk(std::move(read), [this, me = caf::weak_actor_ptr{self_->ctrl()}, request,
                                            address](const storage::result&) {
    post(me, [this, request, address] {
      request->photo = std::move(*address);
      ask(request);
    });
  });
}

void prompt_writer::ask(const order_ptr& request) {
  ++request->tries;
  const auto& settings = *request->settings;
  const auto left =
    std::chrono::duration_cast<std::chrono::milliseconds>(request->deadline - self_->clock().now());
  self_
    ->request(http_, caf::infinite,
              settings.api->complete(chat_for(*request), std::min(settings.timeout, left)))
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
  auto got_words = prompts::split_narration(text->text);
  const auto prompt =
    prompts::plausible_prompt({got_words.script, finish_reason(text->finish), ""});
  if (!prompt && ask_without_photo(request))
    return;
  if (!prompt)
    return give_up(request, outcome == "completed" ? "implausible_answer" : outcome);
  --busy_;
  const auto film = film_of(*request);
  if (film.spoken || got_words.narration.empty())
    got_words.narration = prompts::fallback_narration(request->job, film);
  answer(request, *prompt, prompt_source::openai, std::move(got_words.narration));
  start_next();
}

void prompt_writer::on_refusal(const order_ptr& request, const openai::signal& reason) {
  auto& asked = writers_[request->writer];
  if (!request->photo.empty() && openai::is_about_pictures(reason)) {
    log::warn("openai.photo_refused", "model", request->writer, "code", reason.code, "recognised",
              recognised(reason));
    asked.blind_until = self_->clock().now() + blind_cooldown;
    breaker_.succeeded();
    ask_without_photo(request);
    return;
  }
  const auto verdict = openai::classify(reason);
  if (verdict.alert)
    log::error("openai.needs_attention", "model", request->writer, "status", reason.status, "type",
               reason.type, "code", reason.code, "recognised", recognised(reason), "advice",
               "check OPENAI_API_KEY, openai.models and the account");
  report(verdict, asked);
  if (!ask_again(request, reason, verdict))
    give_up(request, to_string(verdict.reaction));
}

/// False: it was not shown, or there is no time left. Whatever the model did not like, its words do
/// not say whether it was the picture.
bool prompt_writer::ask_without_photo(const order_ptr& request) {
  if (request->photo.empty() || !time_left(*request, self_->clock().now()))
    return false;
  request->photo.clear();
  ask(request);
  return true;
}

void prompt_writer::report(const openai::verdict& verdict, writer& asked) {
  const auto now = self_->clock().now();
  switch (verdict.reaction) {
    case openai::reaction::break_circuit:
      return breaker_.broke(now, broken_cooldown);
    case openai::reaction::break_for_long:
      return breaker_.broke(now, out_of_money_cooldown);
    case openai::reaction::next_model:
      asked.gone_until = now + broken_cooldown;
      break;
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
  if (verdict.reaction == openai::reaction::next_model) {
    if (!choose_writer(*request) || !time_left(*request, self_->clock().now()))
      return false;
    ask(request);
    return true;
  }
  const bool may_be_left_out =
    reason.param == "max_completion_tokens" || reason.param == "reasoning_effort";
  if (verdict.reaction == openai::reaction::without_param && may_be_left_out
      && request->without.insert(reason.param).second) {
    ask(request);
    return true;
  }
  if (verdict.reaction == openai::reaction::template_now && ask_without_photo(request))
    return true;
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

void prompt_writer::answer(const order_ptr& request, std::string text, prompt_source source,
                           std::string narration) {
  counts_.prompts(to_string(source)).inc();
  request->promise.deliver(written_prompt{std::move(text), source, std::move(narration)});
}

void prompt_writer::fall_back(const order_ptr& request, std::string_view reason) {
  log::info("prompt_writer.fell_back", "job", request->job.id, "why", reason);
  const auto film = film_of(*request);
  answer(request, prompts::fallback_prompt(request->job, film), prompt_source::built_in_template,
         prompts::fallback_narration(request->job, film));
}

} // namespace neurocards
