#include "domain/openai_errors.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace neurocards;
using namespace std::chrono_literals;
using openai::reaction;

namespace {

openai::signal said(int status, const char* type, const char* code, const char* message = "",
                    const char* param = "") {
  openai::signal x;
  x.status = status;
  x.type = type;
  x.code = code;
  x.message = message;
  x.param = param;
  return x;
}

struct line {
  openai::signal said;
  reaction means;
  bool alert;
};

const std::vector<line> corpus = {
  {said(400, "invalid_request_error", "unsupported_parameter",
        "Unsupported parameter: 'max_tokens'", "max_tokens"),
   reaction::without_param, true},
  {said(400, "invalid_request_error", "unsupported_value", "Unsupported value: 'temperature'",
        "temperature"),
   reaction::without_param, true},
  {said(400, "invalid_request_error", "unsupported_value", "Unsupported value"),
   reaction::template_now, true},
  {said(400, "invalid_request_error", "context_length_exceeded"), reaction::template_now, false},
  {said(400, "invalid_request_error", "invalid_prompt", "flagged"), reaction::template_now, false},
  {said(400, "", "content_filter"), reaction::template_now, false},
  {said(401, "invalid_request_error", "invalid_api_key"), reaction::break_circuit, true},
  {said(403, "request_forbidden", "unsupported_country_region_territory"), reaction::break_circuit,
   true},
  {said(404, "invalid_request_error", "model_not_found"), reaction::next_model, true},
  {said(404, "", ""), reaction::next_model, true},
  {said(408, "", ""), reaction::retry, false},
  {said(409, "", ""), reaction::retry, false},
  {said(413, "", ""), reaction::template_now, false},
  {said(422, "", ""), reaction::template_now, true},
  {said(429, "requests", "rate_limit_exceeded", "Rate limit reached"), reaction::retry, false},
  {said(429, "tokens", "rate_limit_exceeded", "Request too large for gpt-4.1"),
   reaction::template_now, false},
  {said(429, "insufficient_quota", "insufficient_quota"), reaction::break_for_long, true},
  {said(429, "insufficient_quota", "credit_balance_exhausted"), reaction::break_for_long, true},
  {said(429, "insufficient_quota", "organization_spend_limit_exceeded"), reaction::break_for_long,
   true},
  {said(500, "server_error", ""), reaction::retry, false},
  {said(503, "service_unavailable_error", "server_is_overloaded"), reaction::retry, false},
  {said(502, "", "", "<html>"), reaction::retry, false},
  {said(529, "", ""), reaction::retry, false},
  {said(418, "", ""), reaction::template_now, false},
};

} // namespace

TEST_SUITE_BEGIN("unit/domain/openai_errors");

TEST_CASE(
  "openai_errors: OpenAI's errors decide between another try, the template and the breaker") {
  for (const line& x : corpus) {
    const openai::verdict verdict = openai::classify(x.said);
    INFO(x.said.status << " " << x.said.type << " " << x.said.code);
    CHECK(to_string(verdict.reaction) == to_string(x.means));
    CHECK(verdict.alert == x.alert);
    CHECK(verdict.counts == (x.means == reaction::retry));
  }
}

TEST_CASE("openai_errors: the server's wishes are followed within reason") {
  openai::signal x = said(429, "requests", "rate_limit_exceeded");
  x.retry_after = "4";
  CHECK(openai::classify(x).wait == 4s);
  x.retry_after_ms = "1500";
  CHECK(openai::classify(x).wait == 1500ms);
  x.retry_after_ms = "600000"; // the template is quicker
  CHECK(openai::classify(x).reaction == reaction::template_now);
  x.retry_after_ms = "soon";
  x.retry_after = "Wed, 21 Oct 2026 07:28:00 GMT";
  CHECK_FALSE(openai::classify(x).wait);
  CHECK(openai::classify(x).reaction == reaction::retry);
  x.should_retry = "false";
  CHECK(openai::classify(x).reaction == reaction::template_now);
  openai::signal bad = said(400, "", "");
  bad.should_retry = "true";
  CHECK(openai::classify(bad).reaction == reaction::retry);
}

TEST_CASE("openai_errors: no answer at all is tried again and counts") {
  openai::signal x;
  x.outcome = http::outcome::interrupted;
  CHECK(openai::classify(x).reaction == reaction::retry);
  CHECK(openai::classify(x).counts);
}

TEST_CASE("openai_errors: a wait in our own line is tried again and does not count") {
  openai::signal x;
  x.outcome = http::outcome::not_started;
  CHECK(openai::classify(x).reaction == reaction::retry);
  CHECK_FALSE(openai::classify(x).counts);
}

TEST_CASE("openai_errors: pauses grow up to eight seconds, less a quarter at random") {
  CHECK(openai::pause_before(2, 0) == 500ms);
  CHECK(openai::pause_before(3, 0) == 1s);
  CHECK(openai::pause_before(2, 1) == 375ms);
  CHECK(openai::pause_before(50, 0) == 8s);
}

TEST_SUITE_END();
