#include "tests/integration/node/cli/verbs_fixture.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <regex>

#include <nlohmann/json.hpp>
#include <pqxx/notification>

using namespace neurocards;
using namespace neurocards::test;
using namespace std::chrono_literals;

TEST_SUITE_BEGIN("integration/node/cli/verbs");

TEST_CASE("verbs: help and version are printed without settings or a database") {
  program neurocards{""};
  const auto help = neurocards.call({"--help"});
  CHECK(help.code == 0);
  for (const auto* verb :
       {"run", "migrate", "check", "status", "jobs list", "users grant", "audit", "reload"})
    CHECK_MESSAGE(help.says(verb), verb);
  const auto jobs = neurocards.call({"jobs", "--help"});
  CHECK(jobs.code == 0);
  CHECK(jobs.says("jobs retry"));
  CHECK_FALSE(jobs.says("users grant ID"));
  CHECK(neurocards.call({"--version"}).says("neurocards 0."));
}

TEST_CASE("verbs: wrong usage ends with 2 and says what is wrong") {
  program neurocards{"postgresql://127.0.0.1:1/none"};
  struct {
    std::vector<std::string> arguments;
    const char* part;
  } table[] = {
    {{}, "a verb is missing"},
    {{"statsu"}, "\"statsu\" is no verb (did you mean \"status\"?)"},
    {{"jobs", "lst"}, "\"jobs lst\" is no verb (did you mean \"jobs list\"?)"},
    {{"jobs", "show"}, "takes exactly ID, and got 0"},
    {{"jobs", "show", "abc"}, "\"abc\" is no job"},
    {{"users", "grant", "7", "many"}, "\"many\" is no amount"},
    {{"users", "grant", "7", "0"}, "AMOUNT: 0 is not allowed"},
    {{"users", "show", "me"}, "\"me\" is no user"},
    {{"status", "--jsn"}, "\"--jsn\" is no option (did you mean \"--json\"?)"},
    {{"status", "--kie.poll-interval=15"}, "\"15\" has no unit"},
    {{"queue", "pause"}, "--reason: missing; say why you do this, as --reason=TEXT"},
    {{"queue", "pause", "--reason", " "}, "--reason: missing"},
    {{"queue", "pause", "--reason"}, "\"--reason\" has no value; write --reason=TEXT"},
    {{"queue", "pause", "--reason=x", "--for=5"}, "--for: \"5\" has no unit"},
    {{"queue", "pause", "--reason=x", "--for=0s"}, "--for: \"0s\" is not allowed"},
    {{"queue", "list", "--reason=x"}, "\"--reason=x\" is no option"},
    {{"models", "pause"}, "takes exactly SLUG, and got 0"},
    {{"jobs", "retry", "--reason=x"}, "takes at least ID, and got 0"},
    {{"jobs", "retry", "an-id", "--filter=status=failed", "--reason=x"},
     "takes no words beside a filter, and got 1"},
    {{"users", "ban", "7"}, "--reason: missing"},
    {{"users", "forget", "7", "--reason=x"}, "--yes says so"},
    {{"run"}, "BOT_TOKEN: missing"},
    {{"check"}, "KIE_API_KEY: missing"},
  };
  for (const auto& row : table) {
    const auto got = neurocards.call(row.arguments);
    CAPTURE(got.output);
    CHECK(got.code == 2);
    CHECK(got.says(row.part));
  }
}

TEST_CASE("verbs: without DATABASE_URL the database's verbs end with 2") {
  program neurocards{""};
  const auto got = neurocards.call({"status"});
  CHECK(got.code == 2);
  CHECK(got.output == "DATABASE_URL: missing; set it in the environment or in .env\n");
}

TEST_CASE("verbs: a database that cannot be reached ends with 1 after db.patience") {
  program neurocards{"postgresql://user:hidden@127.0.0.1:1/none"};
  for (const auto* verb : {"migrate", "status", "audit"}) {
    const auto got = neurocards.call({verb, "--db.patience=300ms"});
    CHECK(got.code == 1);
    CHECK(got.says("the database cannot be reached"));
    CHECK_FALSE(got.says("hidden"));
  }
}

TEST_CASE("verbs: secrets come from .env in the working directory, below the environment") {
  migrated_database db;
  program neurocards{""};
  std::ofstream{neurocards.folder.file(".env")} << "DATABASE_URL=" << db.url() << "\n";
  CHECK(neurocards.call({"status"}).code == 0);
  neurocards.environment["DATABASE_URL"] = "postgresql://127.0.0.1:1/none";
  CHECK(neurocards.call({"status", "--db.patience=0s"}).code == 1);
}

TEST_CASE("verbs: migrate builds the schema once, and the other verbs ask for it") {
  empty_database db;
  program neurocards{db.url()};
  const auto before = neurocards.call({"status"});
  CHECK(before.code == 1);
  CHECK(before.says("neurocards migrate"));
  const auto first = neurocards.call({"migrate"});
  CHECK(first.code == 0);
  CHECK(first.says("Applied"));
  const auto second = neurocards.call({"migrate"});
  CHECK(second.code == 0);
  CHECK(second.says("up to date"));
  CHECK(neurocards.call({"status"}).code == 0);
}

TEST_CASE_FIXTURE(verbs_fixture, "verbs: status shows the queue, as text and as JSON") {
  CHECK(call({"status"}).says("queued"));
  const auto json = call({"status", "--json"});
  CHECK(json.code == 0);
  CHECK(json.says("\"queued\": 1"));
}

TEST_CASE_FIXTURE(verbs_fixture,
                  "verbs: status shows what models cost and earn, and which lose money") {
  CHECK(call({"status"}).says("No video was made in the last days."));
  db.sql("INSERT INTO earnings (day, model, clips, unpriced, cost, income) VALUES "
         "(timezone('UTC', now())::date, 'bytedance/seedance-2-mini', 2, 0, 3.08, 1.3)");
  const auto told = call({"status"});
  CHECK(std::regex_search(
    told.output, std::regex{R"(20\d\d-\d\d-\d\d +bytedance/seedance-2-mini +2 +0 +0 +3\.08 \$ +)"
                            R"(1\.30 \$ +-1\.78 \$)"}));
  CHECK(told.says("a credit earns 0.52 $ at least"));
  CHECK(told.says("a video of bytedance/seedance-2-mini cost 1.540 $ on"));
  CHECK(told.says("its price says 0.615 $"));
  const auto all = nlohmann::json::parse(call({"status", "--json"}).output);
  CHECK(all.at("earnings").at(0).at("margin") == -1.78);
}

TEST_CASE_FIXTURE(verbs_fixture, "verbs: jobs are listed and shown with their timeline") {
  const auto list = call({"jobs", "list"});
  CHECK(list.says(job));
  CHECK(list.says("queued"));
  const auto shown = call({"jobs", "show", job});
  CHECK(shown.code == 0);
  CHECK(shown.says("ordered"));
  CHECK(shown.says("charged"));
  db.sql("INSERT INTO nodes (incarnation, name) VALUES ('00000000-0000-4000-8000-000000000001', "
         "'w1')");
  db.sql("SELECT claim_jobs('00000000-0000-4000-8000-000000000001', 1)");
  db.sql("SELECT release_jobs('00000000-0000-4000-8000-000000000001')");
  CHECK(call({"jobs", "retry", job, "--reason=test"}).code == 0);
  const auto later = call({"jobs", "show", job});
  CHECK(std::regex_search(later.output, std::regex{R"(claimed +w1 +1\n)"}));
  CHECK(std::regex_search(later.output, std::regex{R"(released +w1 +1 +its worker gave it back)"}));
  CHECK(std::regex_search(later.output, std::regex{R"(operator\.retry +operator +1 +by hand)"}));
  CHECK(std::regex_search(later.output, std::regex{R"(\nwait +20\d\d-)"}));
  const auto all = nlohmann::json::parse(call({"jobs", "show", job, "--json"}).output);
  CHECK(all.at("id") == job);
  CHECK(all.at("tries").at(0).at("outcome") == "released");
  CHECK(all.at("events").back().at("kind") == "operator.retry");
  const auto unknown = call({"jobs", "show", "00000000-0000-4000-8000-000000000000"});
  CHECK(unknown.code == 1);
  CHECK(unknown.says("there is no job"));
}

TEST_CASE_FIXTURE(verbs_fixture, "verbs: a job failed by hand gives its credit back, once") {
  CHECK(db.number("SELECT credits FROM users WHERE tg_user_id = 7") == 4);
  CHECK(call({"jobs", "fail", job, "--reason=test"}).code == 0);
  CHECK(db.number("SELECT credits FROM users WHERE tg_user_id = 7") == 5);
  CHECK(call({"jobs", "list", "--filter=status=failed", "--signal=none"}).says(job));
  CHECK(call({"jobs", "list", "--signal", "422 policy"}).says("No job fits."));
  CHECK(call({"jobs", "fail", "--signal=500 trouble", "--dry-run"}).says("0 jobs match."));
  for (const auto* verb : {"fail", "cancel", "retry"}) {
    const auto again = call({"jobs", verb, job, "--reason=test"});
    CHECK(again.code == 1);
    CHECK(again.output.find('\n') == again.output.size() - 1); // one line, no stack trace
  }
  CHECK(db.number("SELECT credits FROM users WHERE tg_user_id = 7") == 5);
}

TEST_CASE_FIXTURE(verbs_fixture, "verbs: a waiting job is cancelled, or made to run now") {
  db.sql("UPDATE jobs SET run_at = now() + interval '1 hour'");
  CHECK(call({"jobs", "retry", job, "--reason=test"}).code == 0);
  CHECK(db.number("SELECT count(*) FROM jobs WHERE run_at <= now()") == 1);
  CHECK(call({"jobs", "cancel", job, "--reason=test"}).code == 0);
  CHECK(db.value("SELECT status FROM jobs") == "failed");
}

TEST_CASE_FIXTURE(verbs_fixture, "verbs: a job that no longer waits is not cancelled") {
  db.sql("SELECT claim_jobs(gen_random_uuid(), 1)");
  const auto held = call({"jobs", "cancel", job, "--reason=test"});
  CHECK(held.code == 1);
  CHECK(held.says("no longer waits"));
  db.sql("UPDATE jobs SET kie_task_id = 'task-1'");
  db.sql("SELECT release_jobs(claimed_by) FROM jobs");
  CHECK(call({"jobs", "cancel", job, "--reason=test"}).says("at KIE"));
  CHECK(db.value("SELECT status FROM jobs") == "queued");
}

TEST_CASE_FIXTURE(verbs_fixture,
                  "verbs: a video that never reached its user is told of, and sent again") {
  const auto none = call({"jobs", "resend", job, "--reason=test"});
  CHECK(none.code == 1);
  CHECK(none.says("has no video"));
  db.sql("SELECT claim_jobs(gen_random_uuid(), 1)");
  db.sql("SELECT complete_job(id, claimed_by, 'videos/v.mp4', 77) FROM jobs");
  CHECK_FALSE(call({"status"}).says("LEFT TO AN OPERATOR"));
  db.sql(
    "SELECT drop_notices(array_agg(id), array_agg('400 refused'::text), array_agg(false)) FROM "
    "notifications WHERE kind = 'job_done'");
  for (const auto* verb : {"status", "audit"}) {
    const auto told = call({verb});
    CHECK(told.code == 0); // no promise is broken
    CHECK(told.says("LEFT TO AN OPERATOR"));
    CHECK(told.says("video not delivered"));
    CHECK(told.says(job));
    CHECK(told.says("400 refused"));
  }
  CHECK(call({"jobs", "resend", job, "--reason=test"}).code == 0);
  CHECK(db.number("SELECT count(*) FROM due_notices(10) WHERE kind = 'job_done'") == 1);
  CHECK_FALSE(call({"audit"}).says("LEFT TO AN OPERATOR"));
  CHECK(call({"jobs", "show", job}).says("operator.resend"));
  db.sql("DELETE FROM notifications"); // as the janitor does after months
  CHECK(call({"jobs", "resend", job, "--reason=test"}).code == 0);
  CHECK(db.number("SELECT count(*) FROM due_notices(10) WHERE kind = 'job_done'") == 1);
}

TEST_CASE_FIXTURE(verbs_fixture,
                  "verbs: jobs of a filter are counted first, and acted on with --yes") {
  db.add_job(7, "order:1");
  CHECK(call({"jobs", "cancel", "--filter=user=7", "--dry-run"}).output == "2 jobs match.\n");
  const auto asked = call({"jobs", "cancel", "--filter=user=7", "--reason=test"});
  CHECK(asked.code == 2);
  CHECK(asked.says("2 jobs match: cancel all of them?"));
  CHECK(call({"jobs", "cancel", "--filter=colour=red"}).says("\"colour\" is no key; allowed:"));
  CHECK(call({"jobs", "cancel", "--filter=user=8", "--reason=test"}).says("0 jobs match."));
  CHECK(db.number("SELECT count(*) FROM operator_actions") == 0);
  CHECK(call({"jobs", "cancel", "--filter=user=7", "--reason=test", "--yes"}).code == 0);
  CHECK(db.number("SELECT count(*) FROM jobs WHERE status = 'failed'") == 2);
  CHECK(db.value("SELECT verb || ': ' || reason FROM operator_actions") == "jobs cancel: test");
}

TEST_CASE("verbs: audit finds a broken promise and ends with 1") {
  migrated_database db;
  program neurocards{db.url()};
  db.add_user(7, 5);
  CHECK(neurocards.call({"audit"}).says("All promises hold."));
  db.sql("UPDATE users SET credits = credits + 1");
  const auto found = neurocards.call({"audit"});
  CHECK(found.code == 1);
  CHECK(found.says("balance equals ledger"));
  CHECK(neurocards.call({"audit", "--json"}).says("\"subject\": \"7\""));
}

TEST_CASE("verbs: reload notifies the coordinator through the database") {
  struct receiver : pqxx::notification_receiver {
    std::vector<std::string> heard;
    explicit receiver(pqxx::connection_base& c) : pqxx::notification_receiver(c, "control") {}
    void operator()(const std::string& payload, int) override { heard.push_back(payload); }
  };
  migrated_database db;
  program neurocards{db.url()};
  const auto connection = db.connect();
  receiver coordinator{*connection};
  CHECK(neurocards.call({"reload"}).code == 0);
  connection->await_notification(10, 0);
  CHECK(coordinator.heard == std::vector<std::string>{"reload"});
}

TEST_CASE("verbs: check tells of every service, fails when one does, and shows no secret") {
  migrated_database db;
  program neurocards{db.url()};
  neurocards.environment["BOT_TOKEN"] = "1:bot-hidden-0123456789_0123456789-abcdef";
  neurocards.environment["KIE_API_KEY"] = "kie-hidden";
  neurocards.environment["OPENAI_API_KEY"] = "openai-hidden";
  for (const auto* name : {"TELEGRAM_API_URL", "KIE_API_URL", "KIE_UPLOAD_URL", "OPENAI_API_URL"})
    neurocards.environment[name] = "http://127.0.0.1:1";
  const auto got = neurocards.call({"check"});
  CAPTURE(got.output);
  CHECK(got.code == 1);
  for (const auto* part :
       {"database", "schema is this program's", "telegram", "FAILED", "kie key", "openai",
        "put, get and delete work", "redis", "agrees with the database's"})
    CHECK_MESSAGE(got.says(part), part);
  CHECK_FALSE(got.says("hidden"));
  const auto json = nlohmann::json::parse(neurocards.call({"check", "--json"}).output);
  CHECK(json.at("checks").at(0).at("subject") == "settings");
  CHECK(json.at("checks").at(0).at("ok") == true);
  CHECK(json.at("notes").is_array());
}

TEST_SUITE_END();
