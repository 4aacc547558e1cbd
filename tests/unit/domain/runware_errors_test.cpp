#include "domain/runware_errors.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

using namespace neurocards;
using provider::call;
using provider::cooldown_scope;

namespace {

provider::signal said(call from, int status, const std::string& code,
                      const std::string& message = "") {
  provider::signal x;
  x.from = from;
  x.status = status;
  x.json = true;
  x.fail_code = code;
  x.message = message;
  return x;
}

struct row {
  const char* code;
  failure_class cls;
  cooldown_scope cooldown;
  bool alert;
};

} // namespace

TEST_SUITE_BEGIN("unit/domain/runware_errors");

TEST_CASE("runware: each code of the reference has its class, on a creation") {
  using cls = failure_class;
  const std::vector<row> table{
    {"providerError", cls::temporary, cooldown_scope::nothing, false},
    {"providerUnavailable", cls::temporary, cooldown_scope::nothing, false},
    {"providerGatewayTimeout", cls::temporary, cooldown_scope::nothing, false},
    {"providerAuthenticationFailed", cls::temporary, cooldown_scope::nothing, false},
    {"inferenceError", cls::temporary, cooldown_scope::nothing, false},
    {"noAvailableServer", cls::temporary, cooldown_scope::nothing, false},
    {"timeout", cls::temporary, cooldown_scope::nothing, false},
    {"rateLimitExceeded", cls::rate_limit, cooldown_scope::account, false},
    {"providerRateLimitExceeded", cls::rate_limit, cooldown_scope::account, false},
    {"insufficientCredits", cls::billing, cooldown_scope::account, true},
    {"providerInsufficientCredits", cls::temporary, cooldown_scope::model, false},
    {"contentPolicyViolation", cls::user_violation, cooldown_scope::nothing, false},
    {"providerContentPolicyViolation", cls::user_violation, cooldown_scope::nothing, false},
    {"imageBlocked", cls::user_violation, cooldown_scope::nothing, false},
    {"modelUnavailable", cls::model_down, cooldown_scope::model, true},
    {"unknownModel", cls::model_down, cooldown_scope::model, true},
    {"invalidParameter", cls::unknown, cooldown_scope::nothing, true},
    {"missingParameter", cls::unknown, cooldown_scope::nothing, true},
    {"invalidApiKey", cls::key_refused, cooldown_scope::key, true},
    {"accountSuspended", cls::key_refused, cooldown_scope::key, true}};
  for (const auto& x : table) {
    CAPTURE(x.code);
    const auto verdict = runware::classify(said(call::create_task, 400, x.code));
    CHECK(to_string(verdict.cls) == to_string(x.cls));
    CHECK(verdict.cooldown == x.cooldown);
    CHECK(verdict.alert == x.alert);
    CHECK_FALSE(verdict.maybe_created);
  }
}

TEST_CASE("runware: what is said of a task cools no key down, and a model only if others agree") {
  const auto money = runware::classify(said(call::task, 200, "insufficientCredits"));
  CHECK(money.cls == failure_class::temporary);
  CHECK(money.cooldown == cooldown_scope::nothing);
  CHECK_FALSE(money.alert);
  const auto model = runware::classify(said(call::task, 200, "modelUnavailable"));
  CHECK(model.cls == failure_class::temporary);
  CHECK(model.cooldown == cooldown_scope::model_if_others_agree);
  CHECK(runware::classify(said(call::task, 200, "promptBlocked")).cls
        == failure_class::user_violation);
}

TEST_CASE("runware: a refusal in words counts under a code that is new, of a task as well") {
  const std::string words = "The prompt violates our content policy";
  CHECK(runware::classify(said(call::create_task, 400, "somethingNew", words)).cls
        == failure_class::user_violation);
  auto task = said(call::task, 200, "somethingNew");
  task.fail_msg = words;
  CHECK(runware::classify(task).cls == failure_class::user_violation);
  task.fail_msg = "Something else";
  CHECK(runware::classify(task).cls == failure_class::unknown);
}

TEST_CASE("runware: only a creation without a word about it is in doubt") {
  const auto in_doubt = [](const provider::signal& x) {
    return runware::classify(x).maybe_created;
  };
  CHECK(in_doubt(said(call::create_task, 500, "")));
  CHECK(in_doubt(said(call::create_task, 200, "")));
  CHECK_FALSE(in_doubt(said(call::create_task, 503, "")));
  CHECK_FALSE(in_doubt(said(call::create_task, 500, "inferenceError")));
  CHECK_FALSE(in_doubt(said(call::record_info, 500, "")));
  auto cut = said(call::create_task, 0, "");
  cut.outcome = http::outcome::interrupted;
  CHECK(in_doubt(cut));
  cut.outcome = http::outcome::not_sent;
  CHECK_FALSE(in_doubt(cut));
  CHECK(runware::classify(cut).cls == failure_class::temporary);
}

TEST_CASE("runware: numbers count where there is no code") {
  CHECK(runware::classify(said(call::create_task, 429, "")).cls == failure_class::rate_limit);
  CHECK(runware::classify(said(call::create_task, 402, "")).cls == failure_class::billing);
  CHECK(runware::classify(said(call::create_task, 401, "")).cls == failure_class::key_refused);
  CHECK(runware::classify(said(call::record_info, 503, "")).cls == failure_class::temporary);
}

TEST_SUITE_END();
