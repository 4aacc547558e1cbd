#include "node/http/operators_api.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace neurocards;
using nlohmann::json;

namespace {

http_server::request get(const std::string& path, http_server::fields query = {}) {
  return {"GET", path, std::move(query), {}, {}, "10.0.0.7"};
}

http_server::request post(const std::string& path, const std::string& body,
                          http_server::fields headers = {}) {
  return {"POST", path, {}, std::move(headers), body, "10.0.0.7"};
}

template <class T>
T question_of(const http_server::request& r) {
  const auto got = operators_api::parse(r);
  if (const auto* refused = std::get_if<operators_api::answer>(&got))
    FAIL(refused->json);
  return std::get<T>(std::get<operators_api::question>(got));
}

/// "400 what is wrong"
std::string refused(const http_server::request& r) {
  const auto got = operators_api::parse(r);
  const auto* answer = std::get_if<operators_api::answer>(&got);
  if (!answer)
    return "accepted";
  return std::to_string(answer->status) + " "
         + json::parse(answer->json).at("error").get<std::string>();
}

const char* const an_id = "01234567-89ab-cdef-0123-456789abcdef";

} // namespace

TEST_SUITE_BEGIN("unit/node/http/operators_api");

TEST_CASE("operators api: lists are asked for by filter and page") {
  const auto jobs = question_of<store::jobs_page>(
    get("/api/jobs", {{"status", "failed"}, {"q", "7"}, {"before", an_id}, {"limit", "20"}}));
  CHECK(json::parse(jobs.filter) == json{{"status", "failed"}, {"user", "7"}});
  CHECK(to_string(*jobs.before) == an_id);
  CHECK(jobs.limit == 20);
  CHECK_FALSE(jobs.texts);
  const auto errors = question_of<store::jobs_page>(
    get("/api/jobs", {{"class", "UNKNOWN"}, {"signal", "422 policy"}, {"texts", "1"}}));
  CHECK(json::parse(errors.filter) == json{{"class", "UNKNOWN"}, {"signal", "422 policy"}});
  CHECK(errors.texts);
  CHECK(question_of<store::errors_page>(get("/api/errors", {{"texts", "1"}})).texts);
  CHECK_FALSE(question_of<store::errors_page>(get("/api/errors", {{"texts", "0"}})).texts);
  const auto all = question_of<store::jobs_page>(get("/api/jobs"));
  CHECK(all.filter == "{}");
  CHECK(!all.before);
  CHECK(all.limit == 50);
  CHECK(question_of<store::errors_page>(get("/api/errors")).since == std::chrono::hours{24});
  CHECK(question_of<store::errors_page>(get("/api/errors", {{"since", "1h"}})).since
        == std::chrono::hours{1});
  const auto actions =
    question_of<store::actions_page>(get("/api/actions", {{"before", "12"}, {"target", "m1"}}));
  CHECK(actions.before == 12);
  CHECK(actions.target == "m1");
  const std::pair<http_server::request, const char*> table[] = {
    {get("/api/jobs", {{"limit", "0"}}), "400 limit: write a number from 1 to 200"},
    {get("/api/jobs", {{"limit", "201"}}), "400 limit: write a number from 1 to 200"},
    {get("/api/jobs", {{"before", "x"}}),
     "400 before: write the ID that the page before told as next"},
    {get("/api/jobs", {{"user", "anna"}}),
     "400 user: \"anna\" is no user; write Telegram's number"},
    {get("/api/errors", {{"since", "1y"}}), "400 since: \"1y\" is no duration"},
    {get("/api/errors", {{"since", "169h"}}), "400 since: write 168h at most"},
    {get("/api/actions", {{"before", "-"}}),
     "400 before: write the number that the page before told as next"},
  };
  for (const auto& [request, fault] : table)
    CHECK(refused(request).starts_with(fault));
}

TEST_CASE("operators api: jobs are named, or meant by a filter of a known number") {
  const auto listed = question_of<store::act_on_jobs>(
    post("/api/jobs/actions",
         json{{"action", "resend"}, {"ids", {an_id, an_id}}, {"reason", "lost"}}.dump()));
  CHECK(listed.action == job_action::resend);
  REQUIRE(listed.jobs.size() == 1);
  CHECK(to_string(listed.jobs[0]) == an_id);
  CHECK(listed.by.name == "http@10.0.0.7");
  CHECK(listed.by.reason == "lost");
  const auto filtered = question_of<store::act_on_jobs>(post(
    "/api/jobs/actions",
    R"({"action":"retry","filter":{"status":"queued","user":7},"expected":3,"reason":"stuck","operator":"anna"})"));
  CHECK(filtered.jobs.empty());
  CHECK(json::parse(filtered.filter) == json{{"status", "queued"}, {"user", "7"}});
  CHECK(filtered.expected == 3);
  CHECK(filtered.by.name == "anna@10.0.0.7");
}

TEST_CASE("operators api: what cannot be done to jobs is refused with what is allowed") {
  const std::pair<const char*, const char*> table[] = {
    {"", "400 the body must be a JSON object"},
    {"[]", "400 the body must be a JSON object"},
    {R"({"action":"retry","ids":["x"]})",
     "400 reason: say why you do this, in 1000 characters at most"},
    {R"({"action":"retry","ids":["x"],"reason":" \n"})",
     "400 reason: say why you do this, in 1000 characters at most"},
    {R"({"action":"retry","ids":["x"],"reason":7})",
     "400 reason: say why you do this, in 1000 characters at most"},
    {R"({"action":"explode","ids":["x"],"reason":"r"})",
     "400 action: write one of retry, fail, cancel, resend"},
    {R"({"action":"retry","reason":"r"})", "400 write either ids or filter"},
    {R"({"action":"retry","ids":[],"filter":{},"reason":"r"})", "400 write either ids or filter"},
    {R"({"action":"retry","ids":[],"reason":"r"})", "400 ids: write a list of 1 to 1000 jobs"},
    {R"({"action":"retry","ids":["x"],"reason":"r"})",
     "400 ids: every one has the form 01234567-89ab-cdef-0123-456789abcdef"},
    {R"({"action":"retry","filter":{},"expected":1,"reason":"r"})",
     "400 filter: is empty; name one of status, class, signal, model, node, user"},
    {R"({"action":"retry","filter":{"status":"failed"},"expected":1,"reason":"r"})",
     "400 filter: status: \"failed\" is not allowed; allowed: queued, processing"},
    {R"({"action":"retry","filter":{"status":"queued"},"reason":"r"})",
     "400 expected: write how many jobs the filter means, 1000 at most"},
    {R"({"action":"retry","filter":{"status":"queued"},"expected":1001,"reason":"r"})",
     "400 expected: write how many jobs the filter means, 1000 at most"},
    {R"({"action":"resend","filter":{"status":"queued"},"expected":1,"reason":"r"})",
     "400 filter: it means jobs that have not ended; name those to resend by ids"},
  };
  for (const auto& [body, fault] : table) {
    CAPTURE(body);
    CHECK(refused(post("/api/jobs/actions", body)) == fault);
  }
}

TEST_CASE("operators api: levers are pulled by path") {
  const auto queue = question_of<store::pull_lever>(
    post("/api/queue", R"({"action":"pause","for":"90min","reason":"r"})"));
  CHECK(queue.subject == lever_subject::queue);
  CHECK(queue.name.empty());
  CHECK(queue.action == lever_action::pause);
  CHECK(queue.limit == std::chrono::minutes{90});
  const auto model = question_of<store::pull_lever>(
    post("/api/models/kling/v2", R"({"action":"resume","reason":"r"})",
         {{"Authorization", "Basic YW5uYTpzZWNyZXQ="}}));
  CHECK(model.subject == lever_subject::model);
  CHECK(model.name == "kling/v2");
  CHECK(model.action == lever_action::resume);
  CHECK(!model.limit);
  CHECK(model.by.name == "anna@10.0.0.7"); // and nothing of the password
  CHECK(question_of<store::pull_lever>(post("/api/keys/0011", R"({"action":"pause","reason":"r"})"))
          .subject
        == lever_subject::key);
  CHECK(
    question_of<store::pull_lever>(post("/api/nodes/bot-1", R"({"action":"drain","reason":"r"})"))
      .action
    == lever_action::pause);
  const std::tuple<const char*, const char*, const char*> table[] = {
    {"/api/queue", R"({"action":"drain","reason":"r"})", "400 action: write one of pause, resume"},
    {"/api/nodes/a", R"({"action":"pause","reason":"r"})",
     "400 action: write one of drain, undrain"},
    {"/api/nodes/", R"({"action":"drain","reason":"r"})", "404 name the node in the path"},
    {"/api/queue", R"({"action":"resume","for":"1h","reason":"r"})",
     "400 for: only a pause has an end"},
    {"/api/queue", R"({"action":"pause","for":"0s","reason":"r"})",
     "400 for: \"0s\" is not allowed; allowed: more than 0s"},
    {"/api/queue", R"({"action":"pause"})",
     "400 reason: say why you do this, in 1000 characters at most"},
  };
  for (const auto& [path, body, fault] : table)
    CHECK(refused(post(path, body)) == fault);
}

TEST_CASE("operators api: what the database says becomes an answer") {
  using operators_api::compose;
  const store::pull_lever pause{lever_subject::model, "m1", lever_action::pause, {}, {}, {}};
  CHECK(compose(pause, R"({"done":true,"paused":{}})").json == R"({"done":true,"paused":{}})");
  CHECK(compose(pause, R"({"known":["m2"]})").status == 404);
  CHECK(compose(pause, R"({"known":["m2"]})").json
        == R"({"error":"\"m1\" is no model; allowed: m2"})");
  CHECK(compose(pause, R"({"done":false})").status == 409);
  CHECK(compose(pause, R"({"done":false})").json == R"({"error":"model m1 is not paused"})");
  CHECK(compose(pause, "").status == 503);
  store::act_on_jobs act;
  act.expected = 2;
  const auto other = compose(act, R"({"count":3})");
  CHECK(other.status == 409);
  CHECK(json::parse(other.json)
        == json{{"error", "3 jobs match now, 2 were expected"}, {"count", 3}});
  CHECK(compose(act, R"({"done":1,"refused":[],"results":[1]})").json
        == R"({"done":1,"results":[1]})");
  CHECK(compose(store::jobs_page{}, R"({"jobs":[]})").json == R"({"jobs":[]})");
  CHECK(operators_api::compose_failure(ec::rejected, "3 jobs match now", "NC006").status == 409);
  CHECK(operators_api::compose_failure(ec::rejected, "no", "23514").status == 400);
  CHECK(operators_api::compose_failure(ec::unavailable, "", "").status == 503);
}

TEST_SUITE_END();
