#include "tests/unit/domain/kie_corpus.hpp"

#include <doctest/doctest.h>

using namespace neurocards;
using namespace neurocards::test::kie_corpus;

TEST_SUITE_BEGIN("unit/domain/kie_errors");

TEST_CASE("kie_errors: KIE's answers mean what they mean: text before number") {
  CHECK(corpus.size() >= 60);
  for (const line& x : corpus) {
    const kie::verdict verdict = kie::classify(x.said);
    INFO(kie::describe(x.said) << " by rule " << verdict.rule);
    CHECK(static_cast<int>(verdict.cls) == static_cast<int>(x.means));
    CHECK(static_cast<int>(verdict.cooldown) == static_cast<int>(x.cooldown));
  }
}

TEST_CASE("kie_errors: a task's words decide about that task alone, whatever KIE echoes in them") {
  struct echo {
    kie::signal said;
    failure_class means;
    cooldown_scope cooldown = cooldown_scope::nothing;
  };
  const std::vector<echo> echoes = {
    {failed("500", "Unauthorized"), temporary},
    {failed("401", ""), temporary},
    {failed("", "You do not have access permissions"), temporary},
    {failed("403", ""), temporary},
    {failed("500", "Not enough credits to pay for a mug"), temporary},
    {failed("402", "Payment required"), temporary},
    {failed("433", ""), temporary},
    {failed("500", "Too many requests"), rate_limit},
    {failed("429", ""), rate_limit},
    {failed("500", "The shop is temporarily paused"), temporary, cooldown_scope::nothing},
    {failed("500", "This interface is temporarily paused."), temporary,
     cooldown_scope::model_if_others_agree},
    {failed("505", ""), temporary, cooldown_scope::model_if_others_agree},
    {enveloped(402, "Something odd happened"), unknown}, // the envelope's number is not the task's
    // a refusal counts before the words it quotes
    {failed("400", "Your prompt \"top up your card\" was flagged as violating content policies"),
     violation},
    {failed("402", "Invalid prompt: prompt contains prohibited content"), violation},
  };
  for (const auto& x : echoes) {
    const auto verdict = kie::classify(x.said);
    INFO(kie::describe(x.said) << " by rule " << verdict.rule);
    CHECK(to_string(verdict.cls) == to_string(x.means));
    if (x.cooldown != cooldown_scope::nothing)
      CHECK(verdict.cooldown == x.cooldown);
    CHECK(verdict.cooldown != cooldown_scope::key);
    CHECK(verdict.cooldown != cooldown_scope::account);
    CHECK(verdict.cooldown != cooldown_scope::model);
    CHECK_FALSE(verdict.alert); // nor does a user call operators out of their beds
  }
}

TEST_CASE("kie_errors: operators hear of what only they can mend") {
  for (const line& x : corpus) {
    const kie::verdict verdict = kie::classify(x.said);
    INFO(kie::describe(x.said));
    if (x.means == billing || x.means == model_down)
      CHECK(verdict.alert);
    if (x.means == key_refused)
      CHECK(verdict.alert);
    if (x.means == rate_limit || x.means == violation || x.said.from == call::task)
      CHECK_FALSE(verdict.alert);
  }
  CHECK(kie::classify(answer(call::create_task, 200, 401, "Unauthorized")).alert);
  CHECK(kie::classify(answer(call::create_task, 200, 422, "prompt is required")).alert);
}

TEST_CASE(
  "kie_errors: only a creation that was not refused in words may have happened all the same") {
  const auto maybe = [](const kie::signal& x) { return kie::classify(x).maybe_created; };
  CHECK(maybe(broken(call::create_task, http::outcome::interrupted)));
  CHECK(maybe(no_json(call::create_task, 200, "<html>")));
  CHECK(maybe(answer(call::create_task, 200, 200, "success"))); // no task id
  CHECK(maybe(no_json(call::create_task, 502, "<html>")));
  CHECK(maybe(no_json(call::create_task, 503, "Service Unavailable")));
  CHECK(maybe(broken(call::create_task, http::outcome::too_large)));
  CHECK_FALSE(maybe(answer(call::create_task, 200, 200, "Credits insufficient")));
  CHECK_FALSE(maybe(broken(call::create_task, http::outcome::not_sent)));
  CHECK_FALSE(maybe(broken(call::create_task, http::outcome::not_started)));
  CHECK_FALSE(maybe(answer(call::create_task, 200, 500, "Server Error")));
  CHECK_FALSE(maybe(answer(call::create_task, 500, 500, "Server Error")));
  CHECK_FALSE(maybe(no_json(call::create_task, 403, "error code: 1010")));
  CHECK_FALSE(maybe(no_json(call::create_task, 429, "")));
  CHECK_FALSE(maybe(broken(call::record_info, http::outcome::interrupted)));
}

TEST_CASE("kie_errors: a task that is not visible yet is told from one that failed") {
  CHECK(kie::classify(answer(call::record_info, 200, 422, "recordInfo is null")).not_yet_known);
  CHECK_FALSE(
    kie::classify(answer(call::create_task, 200, 422, "recordInfo is null")).not_yet_known);
  CHECK_FALSE(kie::classify(failed("500", "Internal Error")).not_yet_known);
}

TEST_CASE(
  "kie_errors: the raw signal is one line of at most 500 bytes that ends with a whole character") {
  kie::signal x = failed("500", "");
  for (int i = 0; i < 400; ++i)
    x.fail_msg += "ы\n";
  const std::string raw = kie::raw_signal(x);
  CHECK(raw.size() <= 500);
  CHECK(raw.find('\n') == std::string::npos);
  CHECK(raw.starts_with("500 | ы ы"));
  CHECK(
    (static_cast<uint8_t>(raw.back()) < 0x80 || static_cast<uint8_t>(raw[raw.size() - 2]) >= 0xC0));
  CHECK(told(answer(call::create_task, 200, 500, "This interface is temporarily paused."))
        == "createTask: HTTP 200, code 500: model_paused");
  CHECK(kie::describe(answer(call::record_info, 200, 500, "Please try again later."))
        == "recordInfo: HTTP 200, code 500: Please try again later.");
  CHECK(told(broken(call::create_task, http::outcome::not_sent)) == "createTask: no connection");
  CHECK(kie::describe(broken(call::upload, http::outcome::not_sent)) == "upload: no connection");
}

TEST_CASE("kie_errors: of words that may repeat a user's only what is recognised is told") {
  const char* const wish = "Анна держит кружку с моим номером 79261234567";
  const std::string echoes[] = {
    std::string{"Your prompt \""} + wish + "\" violates our content policy",
    std::string{"Content rejected: "} + wish,
    std::string{wish},
    std::string{wish} + " is too long",
  };
  std::vector<kie::signal> all;
  for (const auto& echo : echoes) {
    all.push_back(answer(call::create_task, 200, 422, echo.c_str()));
    all.push_back(no_json(call::create_task, 400, echo.c_str()));
    all.push_back(failed("422", echo.c_str()));
    all.push_back(failed(echo.c_str(), "422")); // they can be swapped
    all.push_back(enveloped(501, echo.c_str()));
  }
  for (const auto& x : all) {
    CAPTURE(kie::raw_signal(x));
    for (const auto& text : {kie::describe(x), told(x), kie::classify(x).recognised})
      for (const auto* word : {"Анна", "круж", "номер", "7926"})
        CHECK_MESSAGE(text.find(word) == std::string::npos, text);
    CHECK(kie::classify(x).recognised.find(',') == std::string::npos);
  }
  CHECK(kie::classify(all[0]).recognised == "422 policy");
  CHECK(told(all[2]) == "task failed: 422 policy");
  CHECK(kie::classify(broken(call::create_task, http::outcome::not_sent)).recognised
        == "no_answer");
}

TEST_CASE("kie_errors: the user's advice follows KIE's words") {
  using kie::violation_of;
  CHECK(violation_of("500 | images containing photorealistic people.") == kie::violation::people);
  CHECK(violation_of("guardrails concerning similarity to third-party content.")
        == kie::violation::third_party);
  CHECK(violation_of("guardrails around nudity, sexuality") == kie::violation::adult);
  CHECK(violation_of("guardrails around violence or graphic content") == kie::violation::violence);
  CHECK(violation_of("Failed to fetch the image") == kie::violation::image);
  CHECK(violation_of("only English prompts") == kie::violation::language);
  CHECK(violation_of("422 | file type not supported") == kie::violation::image);
  CHECK(violation_of("file_too_large") == kie::violation::image);
  CHECK(violation_of("CONTENT_POLICY_BLOCKED") == kie::violation::unspecific);
  CHECK(violation_of("") == kie::violation::unspecific);
}

TEST_CASE("kie_errors: what could not be fetched may be fetched another way") {
  const std::pair<kie::signal, bool> table[] = {
    {answer(call::create_task, 200, 451, ""), true},
    {answer(call::create_task, 451, 451, "odd"), true},
    {answer(call::create_task, 200, 422, "Failed to fetch the image"), true},
    {answer(call::create_task, 200, 422, "file type not supported"), true},
    {answer(call::create_task, 200, 451, "Credits insufficient"), false},
    {answer(call::create_task, 200, 451, "We do not accept photorealistic people"), false},
    {answer(call::create_task, 200, 500, ""), false},
    {no_json(call::create_task, 451, "<html>451</html>"), false},
  };
  for (const auto& [said, fetched] : table) {
    CAPTURE(kie::describe(said));
    CHECK(kie::could_not_fetch(said) == fetched);
  }
}

TEST_SUITE_END();
