#include "clients/openai.hpp"

#include "recorded.hpp"

#include <nlohmann/json.hpp>

using namespace neurocards;
using namespace neurocards::openai;
using namespace neurocards::test;
using namespace std::chrono_literals;

namespace {

completion completed(const std::string& file) {
  const auto x = parse_chat(answered(200, recorded("openai/" + file)));
  REQUIRE(std::holds_alternative<completion>(x));
  return std::get<completion>(x);
}

openai::signal refused(int status, const std::string& body) {
  const auto x = parse_chat(answered(status, body));
  REQUIRE(std::holds_alternative<openai::signal>(x));
  return std::get<openai::signal>(x);
}

} // namespace

TEST_SUITE_BEGIN("unit/clients/openai");

TEST_CASE("openai: completions") {
  using ending = completion::ending;
  struct row {
    const char* file;
    ending finish;
    const char* text;
  };
  const std::vector<row> rows{
    {"stop.json", ending::stop, "A hand lifts the mug; steam rises."},
    {"length_empty.json", ending::length, ""},
    {"filtered.json", ending::filtered, ""},
    {"declined.json", ending::filtered, ""},
    {"parts.json", ending::stop, "One two"},
    {"tool_calls.json", ending::other, ""},
    {"bare.json", ending::stop, "Short"},
  };
  for (const auto& x : rows) {
    CAPTURE(x.file);
    const auto got = completed(x.file);
    CHECK(static_cast<int>(got.finish) == static_cast<int>(x.finish));
    CHECK(got.text == x.text);
  }
}

TEST_CASE("openai: refusals, and keys are not repeated") {
  const auto key = refused(401, recorded("openai/bad_key.json"));
  CHECK(key.status == 401);
  CHECK(key.type == "invalid_request_error");
  CHECK(key.code == "invalid_api_key");
  CHECK(key.param.empty());
  CHECK(key.message == "Incorrect API key provided: sk-*. You can find it elsewhere.");
  CHECK(refused(429, recorded("openai/quota.json")).code == "credit_balance_exhausted");
  CHECK(refused(429, recorded("openai/number_code.json")).code == "429");
  CHECK(refused(503, recorded("openai/plain_error.json")).message == "model is loading");
  CHECK(refused(422, recorded("openai/detail.json")).message.find("field required")
        != std::string::npos);
  CHECK(refused(502, recorded("kie/gateway.html")).message.starts_with("<html>"));
  CHECK(refused(200, recorded("openai/no_choices.json")).status == 200);
}

TEST_CASE("openai: the server's advice") {
  auto x = answered(429, "{}");
  x.retry_after = "2";
  x.headers = {{"Retry-After-Ms", "1500"}, {"X-Should-Retry", "false"}};
  const auto got = std::get<openai::signal>(parse_chat(x));
  CHECK(got.retry_after == "2");
  CHECK(got.retry_after_ms == "1500");
  CHECK(got.should_retry == "false");
}

TEST_CASE("openai: no answer") {
  const auto x = std::get<openai::signal>(parse_chat(test::unanswered(http::outcome::interrupted)));
  CHECK(x.outcome == http::outcome::interrupted);
  CHECK(x.message == "as libcurl says");
}

TEST_CASE("openai: hostile bodies give no text") {
  for (const auto& body : test::hostile_bodies()) {
    const auto x = parse_chat(answered(200, body));
    if (const auto* got = std::get_if<completion>(&x))
      CHECK(got->text.empty());
    static_cast<void>(parse_check(answered(500, body)));
  }
}

TEST_CASE("openai: requests") {
  const api service{"https://api.openai.com/v1/", secret{"sk-1"}};
  chat x;
  x.model = "m";
  x.system = "rules";
  x.user = "mug \xff";
  const auto plain = service.complete(x, 30s);
  CHECK(plain.url == "https://api.openai.com/v1/chat/completions");
  CHECK(plain.bearer == secret{"sk-1"});
  const auto body = nlohmann::json::parse(plain.body);
  CHECK(body["messages"].size() == 2);
  CHECK(body["messages"][1]["content"] == "mug \ufffd");
  CHECK(body["max_completion_tokens"] == 700);
  CHECK(!body.contains("temperature"));
  CHECK(!body.contains("max_tokens"));
  x.temperature = 0.7;
  x.reasoning_effort = "low";
  x.end_user = "u";
  const auto full = nlohmann::json::parse(service.complete(x, 30s).body);
  CHECK(full["temperature"] == 0.7);
  CHECK(full["reasoning_effort"] == "low");
  CHECK(full["safety_identifier"] == "u");
  CHECK(service.check("a/b").url == "https://api.openai.com/v1/models/a%2Fb");
  CHECK(service.check("").url == "https://api.openai.com/v1/models");
}

TEST_CASE("openai: check") {
  CHECK(!parse_check(answered(200, R"({"data":[]})")));
  const auto x = parse_check(answered(404, R"({"error":{"code":"model_not_found"}})"));
  REQUIRE(x);
  CHECK(x->code == "model_not_found");
  CHECK(parse_check(answered(200, "<html>")));
}

TEST_SUITE_END();
