#include "protocol/outage.hpp"
#include "protocol/store/nodes.hpp"
#include "protocol/store/outages.hpp"
#include "protocol/store/provider.hpp"
#include "protocol/store/queue.hpp"
#include "tests/support/postgres.hpp"

#include <algorithm>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>
#include <pqxx/notification>

using namespace neurocards;
using namespace neurocards::test;
using namespace std::chrono_literals;

namespace {

using verdict = store::intent_outcome::verdict;

/// Two keys of two accounts, two models, and three jobs of one user that are due.
struct lever_fixture : store_fixture {
  incarnation node{uuid::random()};
  std::vector<store::account> accounts{{"k1", {key_fingerprint{"k1"}}},
                                       {"k2", {key_fingerprint{"k2"}}}};

  lever_fixture() {
    db.add_user(7, 10);
    for (int i = 0; i < 3; ++i)
      db.add_job(7, "draft:" + std::to_string(i));
    beat();
  }
  ~lever_fixture() { db.check_promises(); }

  store::heartbeat_outcome beat() {
    return *ask.ask(store::heartbeat{node, "worker-1", "worker", "1", "{}"});
  }

  std::vector<claimed_job> claim(int limit = 1) {
    return ask.ask(store::claim_jobs{node, limit, accounts, 1000, {"m1", "m2"}, {}})->jobs;
  }

  store::intent_outcome announce(const claimed_job& job, const std::string& token) {
    return *ask.ask(store::record_intent{node, job.id, token, accounts, 1000, {"m1", "m2"}});
  }

  void pause(const std::string& subject, const std::string& name,
             const std::string& limit = "NULL") {
    db.sql("SELECT pause('" + subject + "', '" + name + "', 'anna@desk', 'test', " + limit + ")");
  }

  bool resume(const std::string& subject, const std::string& name) {
    return db.value("SELECT resume('" + subject + "', '" + name + "', 'boris@desk', 'test over')")
           == "t";
  }

  nlohmann::json paused() {
    return nlohmann::json::parse(db.value("SELECT status_snapshot()->'paused'"));
  }

  std::string actions() {
    return db.value("SELECT string_agg(concat_ws('|', operator, verb, target, reason), ', ' "
                    "ORDER BY id) FROM operator_actions");
  }
};

} // namespace

TEST_SUITE_BEGIN("integration/db/levers");

TEST_CASE_FIXTURE(lever_fixture, "levers: a paused queue starts no job, and finishes what runs") {
  const auto running = claim().at(0);
  REQUIRE(announce(running, "t1").outcome == verdict::granted);
  REQUIRE(*ask.ask(store::record_task{node, running.id, task_id{"task-1"}})
          == store::transition::done);
  pause("queue", "");
  CHECK(claim(10).empty());
  REQUIRE(ask.ask(store::release_jobs{node, {running.id}})->value == 1);
  const auto again = claim(10);
  REQUIRE(again.size() == 1); // its task is paid for
  CHECK(again[0].id == running.id);
  CHECK(paused()["queue"]["reason"] == "test");
  CHECK(paused()["queue"]["operator"] == "anna@desk");
  CHECK(resume("queue", ""));
  CHECK(claim(10).size() == 2);
  CHECK(paused()["queue"].is_null());
  CHECK_FALSE(resume("queue", "")); // keeps no second action
  CHECK(actions() == "anna@desk|queue pause||test, boris@desk|queue resume||test over");
}

TEST_CASE_FIXTURE(lever_fixture, "levers: what is resumed wakes those who wait for jobs") {
  const auto on = db.connect();
  struct ear : pqxx::notification_receiver {
    using pqxx::notification_receiver::notification_receiver;
    void operator()(const std::string&, int) override { ++heard; }
    int heard = 0;
  } jobs{*on, "jobs"};
  pause("model", "m1");
  CHECK(on->get_notifs() == 0); // claims read it themselves
  resume("model", "m1");
  CHECK(eventually([&] { return on->get_notifs() > 0; }));
  CHECK(jobs.heard == 1);
}

TEST_CASE_FIXTURE(lever_fixture, "levers: a pause ends by itself, and may be prolonged") {
  pause("queue", "", "interval '1 hour'");
  const auto since = paused()["queue"]["since"];
  CHECK(paused()["queue"]["until"].is_string());
  pause("queue", "");
  CHECK(paused()["queue"]["until"].is_null());
  CHECK(paused()["queue"]["since"] == since);
  db.sql("UPDATE pauses SET ends_at = now() - interval '1 s'");
  CHECK(paused()["queue"].is_null());
  CHECK_FALSE(resume("queue", ""));
  CHECK(claim().size() == 1);
}

TEST_CASE_FIXTURE(lever_fixture, "levers: a paused model gets no task, the next one does") {
  const auto jobs = claim(3);
  REQUIRE(jobs.size() == 3);
  CHECK(announce(jobs[0], "t1").model == "m1");
  pause("model", "m1");
  CHECK(announce(jobs[1], "t2").model == "m2");
  pause("model", "m2");
  const auto none = announce(jobs[2], "t3");
  CHECK(none.outcome == verdict::no_model);
  CHECK(none.wait >= 4s); // not again at once, and soon enough after a resume
  CHECK(none.wait <= 6s);
  CHECK(resume("model", "m1"));
  CHECK(announce(jobs[2], "t3").model == "m1");
  CHECK(paused()["models"].at(0)["model"] == "m2");
}

TEST_CASE_FIXTURE(lever_fixture, "levers: while every model is paused no job is claimed") {
  pause("model", "m1");
  pause("model", "m2");
  CHECK(claim(3).empty());
  CHECK(resume("model", "m2"));
  CHECK(claim(3).size() == 3);
}

TEST_CASE_FIXTURE(lever_fixture, "levers: a pause of all models fails no job, cooldowns do") {
  pause("model", "m1");
  pause("model", "m2");
  const store::watch_provider watch{"kie", uuid::random(), {"m1", "m2"}, 0ms};
  db.sql("UPDATE jobs SET created_at = now() - interval '1 day'");
  CHECK(ask.ask(watch)->failed == 0);
  CHECK(db.number("SELECT count(*) FROM providers WHERE models_out_since IS NOT NULL") == 0);
  ask.ask(store::cool_down_model{"m2", 1h, "paused by KIE", {}});
  resume("model", "m2");
  ask.ask(watch); // of the models that no operator has paused none is left
  CHECK(db.number("SELECT count(*) FROM providers WHERE models_out_since IS NOT NULL") == 1);
}

TEST_CASE_FIXTURE(lever_fixture, "levers: a paused key creates no task, and holds no secret") {
  const auto jobs = claim(3);
  REQUIRE(jobs.size() == 3);
  pause("key", "k1");
  CHECK(announce(jobs[0], "t1").key.value == "k2");
  CHECK(announce(jobs[1], "t2").key.value == "k2");
  const auto view = ask.ask(store::read_keys{30s});
  REQUIRE(view->cooling.size() == 1);
  CHECK(view->cooling[0].key.value == "k1");
  CHECK(view->cooling[0].left >= 23h);
  pause("key", "k2");
  CHECK(announce(jobs[2], "t3").outcome == verdict::no_key);
  CHECK(resume("key", "k1"));
  CHECK(announce(jobs[2], "t3").key.value == "k1");
}

TEST_CASE_FIXTURE(lever_fixture, "levers: a drained node claims nothing and hears of it") {
  CHECK_FALSE(beat().drains);
  pause("node", "worker-1");
  CHECK(beat().drains);
  CHECK(claim(3).empty());
  const incarnation other{uuid::random()};
  ask.ask(store::heartbeat{other, "worker-2", "worker", "1", "{}"});
  store::claim_jobs request{other, 3, accounts, 1000, {"m1"}, {}};
  CHECK(ask.ask(request)->jobs.size() == 3);
  CHECK(resume("node", "worker-1"));
  CHECK_FALSE(beat().drains);
  CHECK(actions()
        == "anna@desk|nodes drain|worker-1|test, boris@desk|nodes undrain|worker-1|test over");
}

TEST_CASE_FIXTURE(lever_fixture, "levers: no action is kept without operator and reason") {
  CHECK(db.refusal("SELECT pause('queue', '', 'anna', ' ')") == "23514");
  CHECK(db.refusal("SELECT pause('queue', '', '', 'why not')") == "23514");
  CHECK(db.refusal("SELECT pause('weather', 'rain', 'anna', 'test')") == "23514");
  CHECK(db.number("SELECT count(*) FROM operator_actions") == 0);
  CHECK(db.number("SELECT count(*) FROM pauses") == 0);
}

TEST_CASE_FIXTURE(lever_fixture, "levers: keys and models are listed with their state") {
  ask.ask(store::cool_down_model{"old", 1h, "gone", {}});
  pause("model", "m1");
  const auto list =
    nlohmann::json::parse(db.value("SELECT lever_targets('model', ARRAY['m1', 'm2'])"));
  REQUIRE(list.size() == 3);
  CHECK(list[0]["model"] == "m1");
  CHECK(list[0]["state"] == "paused");
  CHECK(list[0]["paused"]["operator"] == "anna@desk");
  CHECK(list[1]["state"] == "ready");
  CHECK(list[2]["model"] == "old");
  CHECK(list[2]["state"] == "cooling_down");
  CHECK(list[2]["configured"] == false);
}

TEST_CASE_FIXTURE(lever_fixture, "levers: a filter acts on all jobs it means, or on none") {
  const auto running = claim().at(0);
  const auto act = [&](const std::string& action, const std::string& filter, int expected) {
    return "SELECT operator_act_on_jobs('" + action + "', '" + filter + "', "
           + std::to_string(expected) + ", 'anna@desk', 'test')";
  };
  CHECK(db.number("SELECT count(*) FROM jobs_matching('{}')") == 3);
  CHECK(db.number(R"(SELECT count(*) FROM jobs_matching('{"node": "worker-1"}'))") == 1);
  CHECK(db.number(R"(SELECT count(*) FROM jobs_matching('{"user": "8"}'))") == 0);
  CHECK(db.refusal(act("cancel", R"({"status": "queued"})", 3)) == "NC006");
  CHECK(db.number("SELECT count(*) FROM jobs WHERE status = 'failed'") == 0);
  const auto got = nlohmann::json::parse(db.value(act("cancel", R"({"user": "7"})", 3)));
  CHECK(got["done"] == 2);
  REQUIRE(got["refused"].size() == 1); // it no longer waits
  CHECK(got["refused"][0]["id"] == to_string(running.id.value));
  CHECK(db.number("SELECT credits FROM users WHERE tg_user_id = 7") == 9);
  db.value(act("fail", R"({"status": "processing"})", 1));
  CHECK(db.number("SELECT credits FROM users WHERE tg_user_id = 7") == 10);
  CHECK(actions() == "anna@desk|jobs cancel||test, anna@desk|jobs fail||test");
}

TEST_CASE_FIXTURE(lever_fixture, "levers: a forgotten user keeps his numbers and nothing else") {
  db.sql("UPDATE users SET username = 'anna_b', first_name = 'Anna'");
  db.sql("UPDATE jobs SET product_text = 'a mug', product_image_url = 'photos/1', "
         "error_details = error_details || '{\"user_prompt\": \"my words\"}'");
  db.sql("INSERT INTO sessions (chat_id, state, data) "
         "VALUES (7, 'awaiting_wishes', '{\"order\": {\"photo\": \"photos/2\"}}')");
  const std::string forget = "SELECT users_forget(7, 'anna@desk', 'he asked')";
  CHECK(db.refusal(forget) == "NC004"); // jobs are under way
  CHECK(db.refusal("SELECT users_forget(8, 'anna@desk', 'he asked')") == "NC002");
  db.sql("UPDATE jobs SET status = 'failed', error = 'cannot make: my words'");
  CHECK(db.refusal(forget) == "NC004"); // and so is the word of their end
  db.sql("UPDATE notifications SET sent_at = now()");
  CHECK(nlohmann::json::parse(db.value(forget))["files"] == 1);
  const auto left = db.value("SELECT concat((SELECT string_agg(j::text, '') FROM jobs j), "
                             "(SELECT string_agg(u::text, '') FROM users u), "
                             "(SELECT string_agg(s::text, '') FROM sessions s), "
                             "(SELECT string_agg(n::text, '') FROM notifications n), "
                             "(SELECT string_agg(e::text, '') FROM job_events e))");
  for (const auto* word : {"anna_b", "Anna", "a mug", "my words", "photos/"})
    CHECK_MESSAGE(left.find(word) == std::string::npos, word);
  CHECK(db.number("SELECT credits FROM users WHERE tg_user_id = 7") == 10);
  const auto files = ask.ask(store::take_old_files{24h * 90, 10})->keys;
  CHECK(files.size() == 2);
  CHECK(db.refusal("UPDATE jobs SET prompt = 'x'") == "NC004"); // a finished job stays finished
  CHECK(actions() == "anna@desk|users forget|7|he asked");
}

TEST_CASE_FIXTURE(lever_fixture, "levers: no late video of a forgotten user is sent or kept") {
  const auto jobs = claim(2);
  for (const auto& job : jobs) {
    const auto token = "t" + std::to_string(job.attempts) + to_string(job.id);
    announce(job, token);
    if (job.id == jobs[0].id)
      ask.ask(store::record_task{node, job.id, task_id{"task-1"}});
  }
  db.sql("UPDATE jobs SET status = 'failed', error = 'it failed'");
  db.sql("UPDATE notifications SET sent_at = now()");
  const auto first = db.value("SELECT token FROM job_tasks WHERE task_id IS NOT NULL");
  const auto other = db.value("SELECT token FROM job_tasks WHERE task_id IS NULL");
  CHECK(ask.ask(store::late_tasks{})->tasks.size() == 1);
  db.value("SELECT users_forget(7, 'anna@desk', 'he asked')");
  CHECK(ask.ask(store::late_tasks{})->tasks.empty());
  ask.ask(store::adopt_task{other, task_id{"task-2"}}); // a callback of a creation under way
  CHECK(ask.ask(store::late_tasks{})->tasks.empty());
  // The video was being stored meanwhile.
  CHECK(*ask.ask(store::give_video{first, storage_key{"videos/late-1.mp4"}, 9})
        == store::transition::lease_lost);
  CHECK(db.number("SELECT count(*) FROM notifications WHERE sent_at IS NULL") == 0);
  const auto files = ask.ask(store::take_old_files{24h * 90, 10})->keys;
  CHECK(std::ranges::count(files, storage_key{"videos/late-1.mp4"}) == 1);
}

TEST_CASE_FIXTURE(lever_fixture, "levers: a ban names its operator, and needs a user") {
  db.sql("SELECT operator_ban_user(7, true, 'anna@desk', 'spam')");
  CHECK(db.number("SELECT count(*) FROM users WHERE banned_at IS NOT NULL") == 1);
  db.sql("SELECT operator_ban_user(7, false, 'anna@desk', 'a mistake')");
  CHECK(db.number("SELECT count(*) FROM users WHERE banned_at IS NOT NULL") == 0);
  CHECK(db.refusal("SELECT operator_ban_user(8, true, 'anna@desk', 'spam')") == "NC002");
  CHECK(actions() == "anna@desk|users ban|7|spam, anna@desk|users unban|7|a mistake");
}

TEST_SUITE_END();
