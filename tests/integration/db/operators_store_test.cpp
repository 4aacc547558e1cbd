#include "protocol/store/nodes.hpp"
#include "protocol/store/operators.hpp"
#include "protocol/store/queue.hpp"
#include "tests/support/postgres.hpp"

#include <algorithm>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace neurocards;
using namespace neurocards::test;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

const store::operator_note anna{"anna@10.0.0.7", "test"};

/// Two users: 7 with six jobs, 8 with one. Oldest first in `jobs`.
struct operators_fixture : store_fixture {
  std::vector<std::string> jobs;

  operators_fixture() {
    db.add_user(7, 10);
    db.add_user(8, 10);
    for (int i = 0; i < 6; ++i)
      jobs.push_back(db.add_job(7, "draft:" + std::to_string(i)));
    jobs.push_back(db.add_job(8, "other"));
  }
  ~operators_fixture() { db.check_promises(); }

  template <class Request>
  json answer(Request x) {
    const auto got = ask.ask(std::move(x));
    REQUIRE_MESSAGE(got, to_string(got.error()));
    return json::parse(got->text);
  }

  json page(const json& filter, int limit = 50, const std::string& before = {}) {
    store::jobs_page x{filter.dump(), {}, limit};
    if (!before.empty())
      x.before = job_id{*uuid::parse(before)};
    return answer(x);
  }

  /// Numbers of the jobs in `jobs`, as listed.
  std::vector<size_t> listed(const json& page) {
    std::vector<size_t> result;
    for (const auto& x : page["jobs"])
      result.push_back(
        static_cast<size_t>(std::ranges::find(jobs, x["id"].get<std::string>()) - jobs.begin()));
    return result;
  }

  void fail(size_t job, const std::string& error_class, const std::string& ago,
            const std::string& signal = "500 trouble") {
    db.sql("SELECT operator_fail_job('" + jobs[job] + "', 'it failed')");
    db.sql("SET neurocards.forgets = 'on'"); // else a job that has ended stays as it is
    db.sql(
      "UPDATE jobs SET created_at = now() - interval '30 days', finished_at = now() - interval '"
      + ago + "', error_details = '{\"class\": \"" + error_class
      + "\", \"raw\": \"Anna''s mug\", \"signal\": \"" + signal + "\"}' WHERE id = '" + jobs[job]
      + "'");
  }

  std::string actions() {
    return db.value(
      "SELECT coalesce(string_agg(concat_ws('|', operator, verb, target, reason), ', ' "
      "ORDER BY id), '') FROM operator_actions");
  }
};

using numbers = std::vector<size_t>;

} // namespace

TEST_SUITE_BEGIN("integration/db/operators_store");

TEST_CASE_FIXTURE(operators_fixture, "operator lists: jobs are listed by filter, newest first") {
  CHECK(listed(page(json::object())) == numbers{6, 5, 4, 3, 2, 1, 0});
  CHECK(listed(page({{"user", "8"}})) == numbers{6});
  fail(2, "content_policy", "1 min");
  db.sql("UPDATE jobs SET model = 'm1' WHERE id = '" + jobs[4] + "'");
  CHECK(listed(page({{"status", "failed"}})) == numbers{2});
  CHECK(listed(page({{"status", "queued"}})) == numbers{6, 5, 4, 3, 1, 0});
  CHECK(listed(page({{"status", "completed"}})).empty());
  CHECK(listed(page({{"class", "content_policy"}})) == numbers{2});
  CHECK(listed(page({{"status", "failed"}, {"class", "other"}})).empty());
  CHECK(listed(page({{"model", "m1"}})) == numbers{4});
  CHECK(listed(page({{"user", "7"}, {"model", "m1"}})) == numbers{4});
  CHECK(listed(page({{"id_from", jobs[3]}, {"id_to", jobs[3]}})) == numbers{3});
  CHECK(listed(page({{"id_from", jobs[6]}, {"id_to", jobs[6]}, {"user", "7"}})).empty());
  const auto one = page({{"status", "failed"}})["jobs"][0];
  CHECK(one["tg_user_id"] == 7);
  CHECK(one["class"] == "content_policy");
  CHECK(one["signal"] == "500 trouble");
  CHECK(one["error"] == "it failed");
  CHECK(one["finished_at"].is_number());
  CHECK(one["node"].is_null());
}

TEST_CASE_FIXTURE(operators_fixture,
                  "operator lists: a job's node is the one that has it or had it") {
  const incarnation node{uuid::random()};
  REQUIRE(ask.ask(store::heartbeat{node, "worker-1", "worker", "1", "{}"}));
  db.sql("UPDATE jobs SET status = 'processing', claimed_by = '" + to_string(node)
         + "', claimed_on = 'worker-1', claimed_at = now(), started_at = now() WHERE id = '"
         + jobs[1] + "'");
  CHECK(listed(page({{"node", "worker-1"}})) == numbers{1});
  CHECK(page({{"node", "worker-1"}})["jobs"][0]["node"] == "worker-1");
  CHECK(listed(page({{"node", "worker-2"}})).empty());
  db.sql("SELECT operator_retry_job('" + jobs[1] + "')");
  CHECK(listed(page({{"node", "worker-1"}})).empty()); // it waits
  db.sql("SELECT operator_fail_job('" + jobs[1] + "', 'it failed')");
  CHECK(listed(page({{"node", "worker-1"}})) == numbers{1});
}

TEST_CASE_FIXTURE(operators_fixture,
                  "operator lists: pages follow each other without gap or repetition") {
  for (const json& filter : {json::object(), json{{"status", "queued"}}, json{{"user", "7"}}}) {
    CAPTURE(filter.dump());
    const auto all = listed(page(filter));
    numbers paged;
    std::string before;
    int pages = 0;
    do {
      const auto got = page(filter, 2, before);
      CHECK(got["total"] == all.size());
      CHECK(got["total_is_exact"] == true);
      const auto part = listed(got);
      paged.insert(paged.end(), part.begin(), part.end());
      before = got["next"].is_string() ? got["next"].get<std::string>() : "";
    } while (!before.empty() && ++pages < 10);
    CHECK(paged == all);
  }
}

TEST_CASE_FIXTURE(operators_fixture,
                  "operator lists: beyond 2000 jobs counts say that they are low") {
  db.add_user(9, 2501);
  db.sql("SELECT create_job_and_consume_credit(9, 'ugc', 'bulk:' || i, 'p', '{}') "
         "FROM generate_series(1, 2500) i");
  db.sql("UPDATE jobs SET error_details = jsonb_build_object('class', CASE idempotency_key "
         "WHEN 'bulk:1' THEN 'rare' ELSE 'usual' END) WHERE tg_user_id = 9");
  const auto many = page({{"class", "usual"}}, 200);
  CHECK(many["jobs"].size() == 200);
  CHECK(many["total"] == 2000);
  CHECK(many["total_is_exact"] == false);
  // The rare one is the oldest of them: a page may be empty and go on.
  const auto empty = page({{"class", "rare"}, {"user", "9"}});
  CHECK(empty["jobs"].empty());
  CHECK(empty["total_is_exact"] == false);
  REQUIRE(empty["next"].is_string());
  const auto older = page({{"class", "rare"}, {"user", "9"}}, 50, empty["next"]);
  CHECK(older["jobs"].size() == 1);
  CHECK(older["next"].is_null());
}

TEST_CASE_FIXTURE(operators_fixture, "operator lists: failures are grouped by class and signal") {
  fail(0, "content_policy", "10 min");
  fail(1, "content_policy", "2 hours");
  fail(2, "content_policy", "3 days");
  fail(3, "temporary", "20 min");
  const auto got = answer(store::errors_page{24h});
  CHECK(got["since_s"] == 86400);
  CHECK(got["total"] == 3);
  CHECK(got["total_is_exact"] == true);
  REQUIRE(got["groups"].size() == 2);
  const auto& first = got["groups"][0];
  CHECK(first["class"] == "content_policy");
  CHECK(first["signal"] == "500 trouble");
  CHECK(first["count"] == 2);
  CHECK(first["counts"] == json{{"1h", 1}, {"24h", 2}, {"7d", 3}});
  CHECK(first["example"] == jobs[0]);
  CHECK(answer(store::errors_page{1h})["groups"][0]["count"] == 1);
  CHECK(answer(store::errors_page{1min})["groups"].empty());
}

TEST_CASE_FIXTURE(operators_fixture, "operator lists: each group of failures is listed whole") {
  fail(0, "unknown", "10 min", "422 policy");
  fail(1, "unknown", "10 min", "422 adult");
  fail(2, "unknown", "10 min", "422 policy");
  fail(3, "temporary", "10 min", "422 policy");
  fail(4, "temporary", "10 min", "");
  db.sql("UPDATE jobs SET error_details = error_details || '{\"raw\": \"501 | Anna\"}' WHERE id = '"
         + jobs[4] + "'"); // as a program before signals wrote it
  fail(5, "temporary", "10 min", "");
  const auto groups = answer(store::errors_page{24h})["groups"];
  CHECK(groups.size() == 5);
  std::vector<std::string> signals;
  for (const auto& group : groups) {
    CAPTURE(group.dump());
    const auto jobs_of =
      page({{"status", "failed"}, {"class", group["class"]}, {"signal", group["signal"]}});
    CHECK(jobs_of["total"] == group["count"]);
    CHECK(std::ranges::any_of(jobs_of["jobs"],
                              [&](const json& x) { return x["id"] == group["example"]; }));
    for (const auto& x : jobs_of["jobs"])
      CHECK(x["signal"] == group["signal"]);
    signals.push_back(group["signal"]);
  }
  std::ranges::sort(signals);
  CHECK(signals
        == std::vector<std::string>{"422 adult", "422 policy", "422 policy", "501", "none"});
  CHECK(listed(page({{"signal", "422 policy"}})) == numbers{3, 2, 0});
  CHECK(listed(page({{"signal", "none"}})) == numbers{5}); // not those that wait
  db.sql("UPDATE jobs SET error_details = '{\"signal\": \"500 trouble\"}' WHERE id = '" + jobs[6]
         + "'");
  CHECK(db.value("SELECT string_agg(id::text, ',') FROM jobs_matching('{\"signal\": \"500 "
                 "trouble\"}') id")
        == jobs[6]);
}

TEST_CASE_FIXTURE(operators_fixture,
                  "operator lists: what a provider echoed of a user is told only if asked for") {
  const auto echo = "Your prompt \"Anna's mug\" violates our content policy";
  const incarnation us{uuid::random()};
  REQUIRE(ask.ask(store::heartbeat{us, "worker-1", "worker", "1", "{}"}));
  const job_failure reason{failure_class::user_violation, "task failed: 422 policy", echo,
                           "422 policy"};
  const auto claim = [&](const std::string& job) {
    db.sql(
      "UPDATE jobs SET status = 'processing', claimed_by = '" + to_string(us)
      + "', claimed_on = 'worker-1', claimed_at = now(), started_at = now(), claim = claim + 1, "
        "attempts = attempts + 1 WHERE id = '"
      + job + "'");
    return job_id{*uuid::parse(job)};
  };
  REQUIRE(ask.ask(store::retry_job{us, claim(jobs[0]), reason, 1s, true, false, false}));
  REQUIRE(ask.ask(store::fail_job{us, claim(jobs[0]), reason}));
  // As a program before signals wrote it:
  REQUIRE(ask.ask(
    store::fail_job{us,
                    claim(jobs[1]),
                    {failure_class::user_violation, std::string{"task failed: "} + echo, echo}}));
  db.sql("SET neurocards.forgets = 'on'");
  db.sql("UPDATE jobs SET error_details = error_details - 'signal' WHERE id = '" + jobs[1] + "'");
  db.sql("UPDATE job_events SET details = details - 'signal'");
  const auto history = [&](const std::string& job, bool texts) {
    return db.value("SELECT job_history('" + job + "', " + (texts ? "true" : "false") + ")");
  };
  for (const auto& told :
       {answer(store::errors_page{24h}).dump(), page(json::object()).dump(),
        history(jobs[0], false), history(jobs[1], false), db.value("SELECT status_snapshot()"),
        db.value("SELECT jsonb_agg(to_jsonb(j)) FROM jobs_list() j")}) {
    CHECK_MESSAGE(told.find("Anna") == std::string::npos, told);
    CHECK_MESSAGE(told.find("violates") == std::string::npos, told);
  }
  CHECK(page({{"signal", "422 policy"}})["jobs"][0]["error"] == "task failed: 422 policy");
  CHECK(page({{"signal", "none"}})["jobs"][0]["error"] == "task failed: …");
  CHECK(answer(store::errors_page{24h, true})["groups"][0]["words"] == echo);
  CHECK(answer(store::jobs_page{"{}", {}, 50, true})["jobs"].back()["words"] == echo);
  for (const auto& job : {jobs[0], jobs[1]})
    CHECK(json::parse(history(job, true))["texts"]["provider_words"] == echo);
}

TEST_CASE_FIXTURE(operators_fixture,
                  "operator lists: failures without a class are listed as they are grouped") {
  fail(0, "temporary", "10 min");
  db.sql("UPDATE jobs SET error_details = '{}' WHERE id = '" + jobs[0] + "'");
  const auto name = answer(store::errors_page{24h})["groups"][0]["class"].get<std::string>();
  CHECK(name == "UNKNOWN");
  CHECK(listed(page({{"status", "failed"}, {"class", name}})) == numbers{0});
  CHECK(listed(page({{"class", name}})) == numbers{0}); // not those that wait
}

TEST_CASE_FIXTURE(operators_fixture,
                  "operators act: named jobs are done or say why not, each is kept") {
  fail(0, "temporary", "1 min");
  const auto unknown = to_string(uuid::random());
  store::act_on_jobs cancel{job_action::cancel, {}, "", 0, anna};
  for (const auto& id : {jobs[1], jobs[0], unknown})
    cancel.jobs.push_back(job_id{*uuid::parse(id)});
  const auto got = answer(cancel);
  CHECK(got["done"] == 1);
  CHECK(got["results"][0] == json{{"id", jobs[1]}, {"done", true}});
  CHECK(got["results"][1]["done"] == false);
  CHECK(got["results"][1]["why"].get<std::string>().find("no longer waits") != std::string::npos);
  CHECK(got["results"][2]["done"] == false);
  CHECK(db.value("SELECT error FROM jobs WHERE id = '" + jobs[1] + "'")
        == "cancelled by an operator");
  CHECK(actions()
        == "anna@10.0.0.7|jobs cancel|" + jobs[1] + "|test, anna@10.0.0.7|jobs cancel|" + jobs[0]
             + "|test, anna@10.0.0.7|jobs cancel|" + unknown + "|test");
}

TEST_CASE_FIXTURE(operators_fixture,
                  "operators act: a filter means as many jobs as expected, or nothing is done") {
  store::act_on_jobs fail_all{job_action::fail, {}, json{{"user", "7"}}.dump(), 5, anna};
  CHECK(answer(fail_all) == json{{"count", 6}});
  CHECK(db.number("SELECT count(*) FROM jobs WHERE status = 'failed'") == 0);
  CHECK(actions().empty());
  fail_all.expected = 6;
  const auto got = answer(fail_all);
  CHECK(got["done"] == 6);
  CHECK(got["results"].size() == 6);
  CHECK(db.number("SELECT count(*) FROM jobs WHERE status = 'failed' AND tg_user_id = 7") == 6);
  CHECK(db.number("SELECT credits FROM users WHERE tg_user_id = 7") == 10);
  CHECK(actions() == "anna@10.0.0.7|jobs fail||test");
  fail_all.expected = 0; // as the page asks for the number
  CHECK(answer(fail_all)["done"] == 0);
  CHECK(actions() == "anna@10.0.0.7|jobs fail||test"); // nothing was done
}

TEST_CASE_FIXTURE(operators_fixture,
                  "operators act: levers know their targets, and say what is not paused") {
  const auto pull = [&](lever_subject subject, const std::string& name, lever_action action) {
    return answer(store::pull_lever{subject, name, action, {}, anna, {"m1", "m2"}});
  };
  CHECK(pull(lever_subject::model, "m3", lever_action::pause) == json{{"known", {"m1", "m2"}}});
  CHECK(pull(lever_subject::model, "m1", lever_action::resume) == json{{"done", false}});
  const auto paused = pull(lever_subject::model, "m1", lever_action::pause);
  CHECK(paused["done"] == true);
  CHECK(paused["paused"]["model"] == "m1");
  CHECK(paused["paused"]["until"].is_null());
  CHECK(pull(lever_subject::model, "m1", lever_action::resume) == json{{"done", true}});
  REQUIRE(ask.ask(store::heartbeat{incarnation{uuid::random()}, "worker-1", "worker", "1", "{}"}));
  CHECK(pull(lever_subject::node, "worker-1", lever_action::pause)["paused"]["name"]
        == "worker-1"); // the database knows it
  CHECK(answer(store::pull_lever{
    lever_subject::queue, "", lever_action::pause, 90min, anna, {}})["paused"]["until"]
          .is_string());
  CHECK(actions()
        == "anna@10.0.0.7|models pause|m1|test, anna@10.0.0.7|models resume|m1|test, "
           "anna@10.0.0.7|nodes drain|worker-1|test, anna@10.0.0.7|queue pause||test");
}

TEST_CASE_FIXTURE(operators_fixture,
                  "operator lists: what was done is told newest first, by page and target") {
  for (int i = 0; i < 3; ++i)
    db.sql("SELECT record_operator_action('anna', 'queue pause', 't" + std::to_string(i)
           + "', 'because', '{\"a\": 1}')");
  const auto first = answer(store::actions_page{{}, {}, 2});
  REQUIRE(first["actions"].size() == 2);
  CHECK(first["actions"][0]["target"] == "t2");
  CHECK(first["actions"][0]["operator"] == "anna");
  CHECK(first["actions"][0]["verb"] == "queue pause");
  CHECK(first["actions"][0]["reason"] == "because");
  CHECK(first["actions"][0]["details"] == json{{"a", 1}});
  CHECK(first["actions"][0]["at"].is_number());
  const auto second = answer(store::actions_page{first["next"].get<int64_t>(), {}, 2});
  REQUIRE(second["actions"].size() == 1);
  CHECK(second["actions"][0]["target"] == "t0");
  CHECK(second["next"].is_null());
  CHECK(answer(store::actions_page{{}, "t1", 2})["actions"].size() == 1);
}

TEST_SUITE_END();
