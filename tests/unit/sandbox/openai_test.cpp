#include "tests/unit/sandbox/fixture.hpp"

#include <doctest/doctest.h>

using namespace neurocards::test::simulated;

namespace {

struct openai_fixture : services {
  http_result ask(json changes = json::object()) {
    json body{{"model", "gpt-4o-mini"},
              {"messages", {{{"role", "user"}, {"content", "a red mug"}}}}};
    body.merge_patch(changes);
    return post(base + "/v1/chat/completions", body, {"Authorization: Bearer sk-test"});
  }
};

} // namespace

TEST_SUITE_BEGIN("unit/sandbox/openai");

TEST_CASE_FIXTURE(openai_fixture, "openai: writes about what the user said") {
  const auto answer = ask().parsed();
  const auto& choice = answer["choices"][0];
  CHECK(choice["finish_reason"] == "stop");
  CHECK(choice["message"]["content"].get<std::string>().find("a red mug") != std::string::npos);
  CHECK(choice["message"]["refusal"] == nullptr);
  const auto parts = ask(
    {{"messages", {{{"role", "user"}, {"content", {{{"type", "text"}, {"text", "a lamp"}}}}}}}});
  CHECK(parts.body.find("a lamp") != std::string::npos);
}

TEST_CASE_FIXTURE(openai_fixture, "openai: reasoning models refuse old parameters") {
  const auto refused = ask({{"model", "gpt-6-luna"}, {"max_tokens", 5}});
  CHECK(refused.status == 400);
  CHECK(refused.parsed()["error"]["code"] == "unsupported_parameter");
  CHECK(ask({{"model", "gpt-6-luna"}, {"temperature", 0.7}}).parsed()["error"]["code"]
        == "unsupported_value");
  CHECK(ask({{"model", "gpt-6-luna"}, {"temperature", 1}, {"max_completion_tokens", 5}}).status
        == 200);
  CHECK(ask({{"max_tokens", 5}, {"temperature", 0.7}}).status == 200);
}

TEST_CASE_FIXTURE(openai_fixture, "openai: unknown models, no key, no messages") {
  CHECK(ask({{"model", "gpt-1"}}).parsed()["error"]["code"] == "model_not_found");
  CHECK(get(base + "/v1/models").status == 401);
  CHECK(get(base + "/v1/models/gpt-1", {"Authorization: Bearer sk-test"}).status == 404);
  CHECK(get(base + "/v1/models/gpt-4o", {"Authorization: Bearer sk-test"}).parsed()["id"]
        == "gpt-4o");
  CHECK(ask({{"messages", json::array()}}).status == 400);
  control("settings", {{"openai_models", "my-model"}});
  CHECK(ask({{"model", "my-model"}}).status == 200);
}

TEST_CASE_FIXTURE(openai_fixture, "openai: answers and errors on demand") {
  control("script",
          {{{"service", "openai"},
            {"operation", "chat"},
            {"reply", {{"content", nullptr}, {"finish_reason", "length"}, {"refusal", "no"}}}},
           {{"service", "openai"},
            {"operation", "chat"},
            {"status", 429},
            {"type", "insufficient_quota"},
            {"code", "insufficient_quota"},
            {"message", "You exceeded your current quota"}},
           {{"service", "openai"}, {"status", 500}, {"body", "{\"error\":\"plain\"}"}}});
  const auto choice = ask().parsed()["choices"][0];
  CHECK(choice["message"]["content"] == nullptr);
  CHECK(choice["message"]["refusal"] == "no");
  CHECK(choice["finish_reason"] == "length");
  const auto quota = ask();
  CHECK(quota.status == 429);
  CHECK(quota.parsed()["error"]["type"] == "insufficient_quota");
  CHECK(quota.parsed()["error"]["param"] == nullptr);
  CHECK(ask().parsed()["error"] == "plain");
  CHECK(ask().status == 200);
}

TEST_SUITE_END();
