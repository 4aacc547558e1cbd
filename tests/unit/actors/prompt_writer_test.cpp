#include "tests/unit/actors/writer_fixture.hpp"

using namespace neurocards;
using namespace neurocards::test;

// ── where the text comes from ────────────────────────────────────────────────────────────────────

TEST_SUITE_BEGIN("unit/actors/prompt_writer");

TEST_CASE_FIXTURE(writer_fixture, "prompt_writer: gives what OpenAI wrote") {
  order();
  REQUIRE(written.size() == 1);
  CHECK(written[0].text == script);
  CHECK(written[0].source == prompt_source::openai);
  CHECK(counts.prompts("openai").value() == 1);
  CHECK(counts.openai_calls("completed").value() == 1);
  const auto asked_for = web.of("openai.complete").at(0);
  CHECK(asked_for.body.find("a blue mug") != std::string::npos);
  CHECK(asked_for.bearer.reveal() == "sk-test");
}

TEST_CASE_FIXTURE(writer_fixture,
                  "prompt_writer: leaves the user's own prompt alone and asks nobody") {
  auto job = job_of(order_template::self);
  job.user_prompt = "My cat drinks from the mug and winks.";
  order(job);
  REQUIRE(written.size() == 1);
  CHECK(written[0].text.find(job.user_prompt) != std::string::npos);
  CHECK(written[0].source == prompt_source::user);
  CHECK(asked() == 0);
}

TEST_CASE_FIXTURE(writer_fixture, "prompt_writer: one without OpenAI uses the template") {
  config.api.reset();
  order();
  REQUIRE(written.size() == 1);
  CHECK(written[0].source == prompt_source::built_in_template);
  CHECK(written[0].text.find("a blue mug") != std::string::npos);
  CHECK(asked() == 0);
}

TEST_CASE_FIXTURE(writer_fixture, "prompt_writer: uses the template for what cannot be a prompt") {
  for (const auto& answer : {completed(""), completed("I'm sorry, but I can't assist with that."),
                             completed(script, "content_filter"), completed("", "length"),
                             answered(200, "{}"), answered(200, "<html>")}) {
    web.says("openai.complete", {answer});
    written.clear();
    order();
    REQUIRE(written.size() == 1);
    CHECK(written[0].source == prompt_source::built_in_template);
    CHECK(written[0].text.find("a blue mug") != std::string::npos);
  }
  CHECK(counts.prompts("template").value() == 6);
}

TEST_CASE_FIXTURE(writer_fixture, "prompt_writer: tells answers that are no good apart") {
  const std::string one = script;
  constexpr auto scripted = prompt_source::openai;
  constexpr auto fallback = prompt_source::built_in_template;
  const std::string sentences = one + " " + one + " " + one + " And th";
  struct {
    http::response answer;
    const char* outcome;
    prompt_source source;
  } const table[] = {
    {completed(script), "completed", scripted},
    {completed(""), "empty", fallback},
    {completed("", "length"), "empty", fallback},      // it thought until its limit
    {completed(sentences, "length"), "cut", scripted}, // up to its last whole sentence
    {completed("A cu", "length"), "cut", fallback},
    {completed(script, "content_filter"), "filtered", fallback},
    {completed("I'm sorry, but no."), "completed", fallback},
    {openai_error(400, "invalid_request_error", "invalid_prompt"), "refused", fallback},
  };
  for (const auto& x : table) {
    CAPTURE(x.outcome);
    const auto before = counts.openai_calls(x.outcome).value();
    web.says("openai.complete", {x.answer});
    written.clear();
    order();
    CHECK(from(x.source) == 1);
    CHECK(counts.openai_calls(x.outcome).value() == before + 1);
  }
}

TEST_CASE_FIXTURE(writer_fixture,
                  "prompt_writer: uses the template at once for a request that will never pass") {
  web.says("openai.complete", {openai_error(400, "invalid_request_error", "invalid_prompt")});
  order(10); // and asks for the next ones: it is not OpenAI's fault
  CHECK(from(prompt_source::built_in_template) == 10);
  CHECK(asked() == 10);
}

TEST_CASE_FIXTURE(
  writer_fixture,
  "prompt_writer: asks once more without the limit when the server does not know it") {
  web.says("openai.complete", {openai_error(400, "invalid_request_error", "unsupported_parameter",
                                            "max_completion_tokens"),
                               completed(script)});
  order();
  REQUIRE(asked() == 2);
  CHECK(web.asked[0].body.find("max_completion_tokens") != std::string::npos);
  CHECK(web.asked[1].body.find("max_completion_tokens") == std::string::npos);
  CHECK(from(prompt_source::openai) == 1);
}

TEST_CASE_FIXTURE(writer_fixture, "prompt_writer: leaves it at once more") {
  web.says("openai.complete", {openai_error(400, "invalid_request_error", "unsupported_parameter",
                                            "max_completion_tokens")});
  order();
  CHECK(asked() == 2);
  CHECK(from(prompt_source::built_in_template) == 1);
}

// ── trying again ─────────────────────────────────────────────────────────────────────────────────

TEST_CASE_FIXTURE(writer_fixture,
                  "prompt_writer: tries three times, with pauses, before it uses the template") {
  web.says("openai.complete", {openai_error(500, "server_error", "")});
  order();
  CHECK(asked() == 1);
  advance(350ms);
  CHECK(asked() == 1); // 0.375 to 0.5 s
  advance(200ms);
  CHECK(asked() == 2);
  CHECK(written.empty());
  advance(2s);
  CHECK(asked() == 3);
  CHECK(from(prompt_source::built_in_template) == 1);
}

TEST_CASE_FIXTURE(writer_fixture, "prompt_writer: succeeds when a later try does") {
  web.says("openai.complete", {failed(http::outcome::interrupted), completed(script)});
  order();
  advance(1s);
  CHECK(from(prompt_source::openai) == 1);
}

TEST_CASE_FIXTURE(writer_fixture, "prompt_writer: waits as long as the server wishes") {
  auto slower = openai_error(429, "requests", "rate_limit_exceeded");
  slower.retry_after = "7";
  web.says("openai.complete", {slower, completed(script)});
  order();
  advance(6900ms);
  CHECK(asked() == 1);
  advance(200ms);
  CHECK(asked() == 2);
  CHECK(from(prompt_source::openai) == 1);
}

TEST_CASE_FIXTURE(writer_fixture, "prompt_writer: does not make an order wait for a long wish") {
  auto slower = openai_error(429, "requests", "rate_limit_exceeded");
  slower.retry_after = "25";
  web.says("openai.complete", {slower});
  order();
  CHECK(from(prompt_source::built_in_template) == 1);
  CHECK(asked() == 1);
}

TEST_CASE_FIXTURE(writer_fixture,
                  "prompt_writer: answers within twice the time-out, whatever OpenAI does") {
  web.says("openai.complete", {failed(http::outcome::interrupted)});
  web.answers.hold("openai.complete");
  order();
  CHECK(web.asked[0].timeout == 30s);
  advance(30s); // as the http engine would give up
  web.release();
  web.answers.hold("openai.complete");
  advance(1s);
  REQUIRE(asked() == 2);
  CHECK(web.asked[1].timeout < 30s);
  CHECK(web.asked[1].timeout >= 29s);
  advance(web.asked[1].timeout);
  web.release();
  settle();
  CHECK(asked() == 2); // no time for a third
  CHECK(from(prompt_source::built_in_template) == 1);
}

TEST_CASE_FIXTURE(writer_fixture,
                  "prompt_writer: uses the template when the http agent is gone, and lives on") {
  caf::anon_send_exit(agent, caf::exit_reason::kill);
  order(3);
  CHECK(from(prompt_source::built_in_template) == 3);
  CHECK(unanswered == 0);
}

// ── many orders ──────────────────────────────────────────────────────────────────────────────────

TEST_CASE_FIXTURE(writer_fixture, "prompt_writer: asks for no more than its share at a time") {
  config.concurrency = 3;
  web.answers.hold("openai.complete");
  order(5);
  CHECK(asked() == 3);
  web.release();
  settle();
  CHECK(asked() == 5);
  CHECK(from(prompt_source::openai) == 5);
}

TEST_CASE_FIXTURE(
  writer_fixture,
  "prompt_writer: frees the place of an order that OpenAI refused or left unanswered") {
  config.concurrency = 1;
  web.says("openai.complete",
           {openai_error(400, "invalid_request_error", "invalid_prompt"), completed("no"),
            failed(http::outcome::not_sent), failed(http::outcome::not_sent),
            failed(http::outcome::not_sent), completed(script)});
  order(4);
  advance(10s);
  CHECK(from(prompt_source::built_in_template) == 3);
  CHECK(from(prompt_source::openai) == 1);
}

TEST_CASE_FIXTURE(
  writer_fixture,
  "prompt_writer: uses the template for orders that have waited too long for a place") {
  config.concurrency = 1;
  web.answers.hold("openai.complete");
  order(2);
  advance(50s); // the first hangs; ten seconds are too few to ask for the second
  web.release();
  settle();
  CHECK(asked() == 1);
  CHECK(from(prompt_source::openai) == 1);
  CHECK(from(prompt_source::built_in_template) == 1);
}

// ── the circuit breaker ──────────────────────────────────────────────────────────────────────────

TEST_CASE_FIXTURE(writer_fixture,
                  "prompt_writer: stops asking after five failures in a row, and tries one later") {
  web.says("openai.complete", {failed(http::outcome::not_sent)});
  order(2);
  advance(10s);
  const int so_far = asked();
  CHECK(so_far >= 5);
  CHECK(so_far <= 6); // the sixth was under way
  order(20);
  CHECK(asked() == so_far);
  CHECK(from(prompt_source::built_in_template) == 22);
  advance(30s);
  web.says("openai.complete", {completed(script)});
  web.answers.hold("openai.complete");
  order(3);
  CHECK(asked() == so_far + 1); // one trial; the others do not wait for it
  CHECK(from(prompt_source::built_in_template) == 24);
  web.release();
  settle();
  CHECK(from(prompt_source::openai) == 1);
  order(2);
  CHECK(from(prompt_source::openai) == 3);
}

TEST_CASE_FIXTURE(writer_fixture,
                  "prompt_writer: stops asking when a trial fails, and tries again") {
  web.says("openai.complete", {failed(http::outcome::not_sent)});
  order(2);
  advance(1min);
  log.clear();
  order(2);
  CHECK(asked() == 1);
  advance(1min);
  order(2);
  CHECK(asked() == 2);
}

TEST_CASE_FIXTURE(writer_fixture,
                  "prompt_writer: stops asking at once when the key is refused or money is out") {
  struct {
    http::response answer;
    caf::timespan cooldown;
  } const cases[] = {{openai_error(401, "invalid_request_error", "invalid_api_key"), 5min},
                     {openai_error(404, "invalid_request_error", "model_not_found"), 5min},
                     {openai_error(429, "insufficient_quota", "insufficient_quota"), 30min}};
  for (const auto& x : cases) {
    writer = nullptr;
    log.clear();
    web.says("openai.complete", {x.answer});
    order(3);
    CHECK(asked() == 1);
    advance(x.cooldown - 1s);
    order();
    CHECK(asked() == 1);
    advance(2s);
    order();
    CHECK(asked() == 2);
  }
  CHECK(from(prompt_source::built_in_template) == 15);
}

TEST_CASE_FIXTURE(writer_fixture,
                  "prompt_writer: asks for a film without speech where the model has none") {
  auto job = job_of(order_template::ugc);
  struct {
    const char* language;
    neurocards::config::voices wish;
    std::string answer;
    std::string narration;
  } const table[] = {
    {"ru", neurocards::config::voices::listed, "\\nNARRATION: Тепло.", "Тепло."},
    {"ru", neurocards::config::voices::listed, "", "a blue mug"}, // in the seller's words
    {"ru", neurocards::config::voices::always, "", ""},
    {"en", neurocards::config::voices::listed, "", ""},
    {"en", neurocards::config::voices::never, "\\nNARRATION: Warm.", "Warm."},
  };
  for (const auto& x : table) {
    CAPTURE(x.language);
    CAPTURE(x.answer);
    web.says("openai.complete", {completed(script + x.answer)});
    web.asked.clear();
    written.clear();
    writer = nullptr;
    config.speech = x.wish;
    job.language = x.language;
    order(job);
    REQUIRE(written.size() == 1);
    CHECK(written[0].text == script);
    CHECK(written[0].narration == x.narration);
    CHECK((web.asked.at(0).body.find("NARRATION:") != std::string::npos) == !x.narration.empty());
  }
  config.api.reset();
  config.speech = neurocards::config::voices::never;
  writer = nullptr;
  written.clear();
  order(job);
  CHECK(written.at(0).narration == "a blue mug");
  CHECK(written.at(0).text.find("No speech") != std::string::npos);
}

TEST_SUITE_END();
