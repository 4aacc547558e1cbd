#include "protocol/store/history.hpp"
#include "protocol/store/nodes.hpp"
#include "protocol/store/outbox.hpp"
#include "protocol/store/provider.hpp"
#include "protocol/store/queue.hpp"
#include "tests/support/postgres.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

using namespace neurocards;
using namespace neurocards::test;
using namespace std::chrono_literals;
using nlohmann::json;
using store::transition;

// What the history of a job says: every transition, with time, node, attempt and reason.

namespace {

/// A node as the database knows it: its lanes carry its name.
struct named_node {
  named_node(const migrated_database& db, const std::string& name)
    : lanes_{{.connection = config_of(db, name), .lanes = 1}} {}

  template <class Request>
  typename Request::answer ask(Request request) {
    auto result = lanes_.ask(std::move(request));
    REQUIRE_MESSAGE(result, to_string(result.error()));
    return *result;
  }

  const incarnation id{uuid::random()};

private:
  static db::connection_config config_of(const migrated_database& db, const std::string& name) {
    auto result = db.config();
    result.application_name = "neurocards " + name;
    return result;
  }

  lanes lanes_;
};

void check_equal(const std::vector<std::string>& got, const std::vector<std::string>& expected) {
  for (size_t i = 0; i < std::max(got.size(), expected.size()); ++i)
    CHECK((i < got.size() ? got[i] : "nothing") == (i < expected.size() ? expected[i] : "nothing"));
}

struct history_fixture {
  migrated_database db;
  named_node w1{db, "w1"};
  named_node w2{db, "w2"};
  named_node others{db, "jan"}; // janitor, gateway and notifier
  job_id job;

  history_fixture() {
    db.add_user(7, 3);
    db.sql("SET application_name = 'neurocards gate'");
    job = job_id{*uuid::parse(db.add_job(7, "draft:0"))};
    db.sql("SET application_name = 'psql'");
    w1.ask(store::heartbeat{w1.id, "w1", "worker", "1", "{}"});
    w2.ask(store::heartbeat{w2.id, "w2", "worker", "1", "{}"});
  }

  claimed_job claim(named_node& node) {
    const auto jobs =
      node.ask(store::claim_jobs{node.id, 10, {{"a", {key_fingerprint{"k1"}}}}, 1000, {"m"}}).jobs;
    REQUIRE(jobs.size() == 1);
    return jobs[0];
  }

  void announce(named_node& node, const std::string& token, const std::string& photo) {
    store::record_intent request{node.id, job,  token, {{"a", {key_fingerprint{"k1"}}}},
                                 1000,    {"m"}};
    request.photo = photo;
    REQUIRE(node.ask(request).outcome == store::intent_outcome::verdict::granted);
  }

  void create(named_node& node, const std::string& task, const std::string& token) {
    announce(node, token, "link");
    REQUIRE(node.ask(store::record_task{node.id, job, task_id{task}}) == transition::done);
  }

  void retry(named_node& node, const std::string& error, bool uses_attempt) {
    store::retry_job request{
      node.id, job, {failure_class::temporary, error, error}, 0ms, uses_attempt};
    request.task_may_finish = true;
    REQUIRE(node.ask(request) == transition::done);
  }

  void complete(named_node& node, int polls) {
    store::complete_job request{node.id, job, storage_key{"videos/v.mp4"}, 1234};
    request.polls = polls;
    request.result_age = 0ms;
    REQUIRE(node.ask(request) == transition::done);
  }

  /// Telegram takes all that waits for it.
  void send_all() {
    for (const auto& row : db.sql("SELECT id FROM notifications WHERE sent_at IS NULL ORDER BY id"))
      others.ask(store::mark_sent{notification_id{row[0].as<int64_t>()}, 1, "file"});
  }

  void make_due() { db.sql("UPDATE jobs SET run_at = now()"); }

  std::string id() const { return to_string(job); }

  /// "kind|node|attempt|reason" of each event.
  std::vector<std::string> events() {
    std::vector<std::string> result;
    for (const auto& row : db.sql("SELECT concat_ws('|', kind, coalesce(node, '-'), "
                                  "coalesce(attempt::text, '-'), coalesce(reason, '-')) "
                                  "FROM job_timeline('"
                                  + id() + "')"))
      result.emplace_back(row[0].c_str());
    return result;
  }

  json shown(bool texts = false) {
    return json::parse(others.ask(store::show_job{job, texts}).text);
  }

  /// An order with two nodes, an outage, hands of operators, and a late video.
  void live_through_everything() {
    claim(w1);
    w1.ask(store::record_prompt{w1.id, job, "A mug turns.", prompt_source::openai});
    create(w1, "task-1", "t1");
    retry(w1, "KIE did not finish in time", true);
    db.sql("SELECT begin_outage('kie', 'probe', 'no answer')");
    db.sql("SELECT end_outage('kie')");
    claim(w1);
    create(w1, "task-2", "t2");
    db.sql("UPDATE nodes SET heartbeat_at = now() - interval '1 min' WHERE name = 'w1'");
    CHECK(others.ask(store::rescue_expired_jobs{30s}).value == 1);
    make_due();
    claim(w2);
    w2.ask(store::release_jobs{w2.id, {job}});
    claim(w2);
    w2.ask(store::release_jobs{w2.id, {job}, true});
    make_due();
    claim(w2);
    db.sql("SELECT operator_retry_job('" + id() + "')");
    claim(w2);
    announce(w2, "t3", "upload");
    CHECK(others.ask(store::adopt_task{"t3", task_id{"task-3"}}).outcome
          == store::adoption::verdict::adopted);
    w2.ask(store::record_task{w2.id, job, task_id{"task-3"}});
    complete(w2, 7);
    send_all();
    CHECK(others.ask(store::give_video{"t1", storage_key{"videos/late.mp4"}, 5})
          == transition::done);
    send_all();
    CHECK(others.ask(store::settle_task{"t2"}) == transition::done);
    db.sql("SELECT operator_resend_video('" + id() + "')");
    send_all();
  }

  /// What a page of the whole life shows of its events and tries.
  void check_page(size_t count) {
    const auto all = shown();
    CHECK(all.at("attempts") == 2);
    CHECK(all.at("polls") == 7);
    CHECK(all.at("status") == "completed");
    REQUIRE(all.at("events").size() == count);
    double last = 0;
    for (const auto& x : all.at("events")) {
      CHECK(x.size() == 5); // at, kind, node, attempt, reason
      CHECK(x.at("at").get<double>() >= last);
      last = x.at("at").get<double>();
    }
    std::vector<std::string> tries;
    for (const auto& x : all.at("tries")) {
      CHECK(x.at("started_at").get<double>() <= x.at("ended_at").get<double>());
      tries.push_back(x.at("node").get<std::string>() + " " + x.at("attempt").dump() + " "
                      + x.at("outcome").get<std::string>());
    }
    check_equal(tries, {"w1 1 retry", "w1 2 take_over", "w2 2 released", "w2 2 fault",
                        "w2 2 taken_away", "w2 2 completed"});
  }
};

} // namespace

TEST_SUITE_BEGIN("integration/db/job_history");

TEST_CASE_FIXTURE(history_fixture,
                  "history: every transition of a job is told with its node, attempt and reason") {
  live_through_everything();
  const std::vector<std::string> expected{
    "ordered|gate|-|ugc",
    "charged|gate|-|1 credit",
    "claimed|w1|1|-",
    "script|w1|1|openai",
    "photo|w1|1|link",
    "intent|w1|1|model m, key k1",
    "task|w1|1|task-1",
    "retry|w1|1|TEMPORARY: KIE did not finish in time",
    "task_abandoned|w1|1|task-1; a late result would be delivered",
    "outage_wait|-|1|kie is down: no answer",
    "claimed|w1|2|-",
    "photo|w1|2|link",
    "intent|w1|2|model m, key k1",
    "task|w1|2|task-2",
    "take_over|w1|2|its node was silent for longer than its lease; seen by jan",
    "claimed|w2|2|goes on with its task",
    "released|w2|2|its worker gave it back",
    "claimed|w2|2|goes on with its task",
    "fault|w2|2|the program failed on it",
    "claimed|w2|2|goes on with its task",
    "taken_away|w2|2|by hand",
    "operator.retry|-|2|by hand",
    "task_abandoned|w1|2|task-2; a late result would be delivered",
    "claimed|w2|2|-",
    "photo|w2|2|upload",
    "intent|w2|2|model m, key k1",
    "task|w2|2|task-3",
    "task_adopted|jan|2|task-3",
    "result|w2|2|task-3",
    "completed|w2|2|videos/v.mp4",
    "delivered|jan|2|-",
    "late_result|jan|1|task-1",
    "delivered|jan|-|late result",
    "no_late_result|jan|2|task-2",
    "operator.resend|-|-|by hand",
    "delivered|jan|2|-"};
  check_equal(events(), expected);

  check_page(expected.size());
  db.check_promises();
}

TEST_CASE_FIXTURE(history_fixture, "history: it knows the nodes after their rows are gone") {
  claim(w1);
  w1.ask(store::release_jobs{w1.id, {job}});
  claim(w2);
  complete(w2, 1);
  send_all();
  const auto before = events();
  db.sql("UPDATE nodes SET fenced_at = now() - interval '2 days'");
  for (const auto kind : {store::sweep_kind::updates, store::sweep_kind::notifications,
                          store::sweep_kind::cards, store::sweep_kind::nodes})
    others.ask(store::sweep{kind, 90 * 24h, 100});
  CHECK(db.number("SELECT count(*) FROM nodes") == 0);
  check_equal(events(), before);
  CHECK(std::ranges::count(before, "claimed|w1|1|-") == 1);
  CHECK(std::ranges::count(before, "completed|w2|1|videos/v.mp4") == 1);
}

TEST_CASE_FIXTURE(history_fixture, "history: the stages of a job follow each other without a gap") {
  claim(w1);
  w1.ask(store::record_prompt{w1.id, job, "A mug turns.", prompt_source::built_in_template});
  create(w1, "task-1", "t1");
  complete(w1, 3);
  send_all();
  std::vector<std::string> stages;
  json end;
  const auto all = shown();
  for (const auto& x : all.at("stages")) {
    CHECK((end.is_null() || x.at("start") == end));
    end = x.at("end");
    stages.push_back(x.at("stage").get<std::string>() + " " + x.at("node").dump());
  }
  CHECK(end.is_number());
  check_equal(stages, {"wait null", "prompt \"w1\"", "photo \"w1\"", "create \"w1\"",
                       "render \"w1\"", "download \"w1\"", "deliver \"jan\""});
}

TEST_CASE_FIXTURE(history_fixture, "history: a failure says who failed the job, and the refund") {
  claim(w1);
  std::string failed;
  SUBCASE("its worker") {
    w1.ask(store::fail_job{w1.id, job, {failure_class::unknown, "no", "x"}});
    failed = "failed|w1|1|UNKNOWN: no";
  }
  SUBCASE("an operator") {
    db.sql("SET application_name = 'neurocards operator'");
    db.sql("SELECT operator_fail_job('" + id() + "', 'by hand')");
    failed = "failed|operator|1|UNKNOWN: by hand";
    CHECK(std::ranges::count(events(), "operator.fail|operator|1|by hand") == 1);
  }
  SUBCASE("an operator's literal UPDATE") {
    db.sql("UPDATE jobs SET status = 'failed', error = 'timeout'");
    failed = "failed|-|1|UNKNOWN: timeout";
  }
  const auto got = events();
  const auto node = failed.substr(7, failed.find('|', 7) - 7);
  REQUIRE(std::ranges::count(got, failed) == 1);
  CHECK(std::ranges::find(got, failed)[1] == "refunded|" + node + "|1|1 credit");
  CHECK(shown().at("tries").at(0).at("outcome") == "failed");
  db.check_promises();
}

TEST_CASE_FIXTURE(history_fixture, "history: a video that Telegram will never take is told") {
  claim(w1);
  complete(w1, 1);
  store::drop_notification no;
  no.id = notification_id{db.number("SELECT id FROM notifications WHERE kind = 'job_done'")};
  no.error = "403 chat not found";
  others.ask(no);
  CHECK(events().back() == "not_delivered|jan|1|403 chat not found");
}

TEST_CASE_FIXTURE(history_fixture, "history: a life without trouble costs no row of its own") {
  claim(w1);
  w1.ask(store::record_prompt{w1.id, job, "A mug turns.", prompt_source::openai});
  create(w1, "task-1", "t1");
  complete(w1, 3);
  send_all();
  CHECK(db.number("SELECT count(*) FROM job_events") == 0);
  CHECK(events().size() == 10);
}

TEST_CASE_FIXTURE(history_fixture, "history: polls are counted over all that had the job") {
  claim(w1);
  create(w1, "task-1", "t1");
  store::record_task polled{w1.id, job, task_id{"task-1"}};
  polled.polls = 20;
  w1.ask(polled);
  w1.ask(polled); // its answer was lost
  CHECK(shown().at("polls") == 20);
  w1.ask(store::release_jobs{w1.id, {job}});
  CHECK(claim(w2).polls == 20);
  complete(w2, 27);
  CHECK(shown().at("polls") == 27);
}

TEST_CASE_FIXTURE(history_fixture, "history: it goes with its job, and not before") {
  claim(w1);
  retry(w1, "busy", true);
  db.sql("UPDATE job_events SET created_at = now() - interval '900 days'");
  for (const auto kind :
       {store::sweep_kind::updates, store::sweep_kind::notifications, store::sweep_kind::cards,
        store::sweep_kind::nodes, store::sweep_kind::drafts})
    others.ask(store::sweep{kind, 90 * 24h, 100});
  CHECK(db.value("SELECT gone FROM sweep('job_events', '90 days', 100)")
        == "0"); // an older program
  CHECK(db.value("SELECT what FROM job_events") == "retry");
  const auto second = db.add_job(7, "draft:1");
  db.sql("SELECT operator_retry_job('" + second + "')");
  db.sql("DELETE FROM credit_ledger WHERE job_id = '" + id() + "'");
  db.sql("DELETE FROM jobs WHERE id = '" + id() + "'");
  CHECK(db.value("SELECT what FROM job_events") == "operator.retry"); // of the other job
}

TEST_CASE_FIXTURE(history_fixture,
                  "history: users' texts are told only to who asks, secrets to nobody") {
  db.sql("UPDATE jobs SET product_name = 'Tassenname', product_text = 'Tassentext', extra_wishes = "
         "'Tassenwunsch', error_details = error_details || '{\"user_prompt\": \"Tassenprompt\"}'");
  claim(w1);
  w1.ask(store::record_prompt{w1.id, job, "Tassenskript", prompt_source::openai});
  create(w1, "task-1", "secret-token");
  const auto without = shown().dump();
  CHECK(without.find("Tassen") == std::string::npos);
  CHECK(without.find("secret-token") == std::string::npos);
  const auto with = shown(true);
  CHECK(with.at("texts")
        == json{{"product_name", "Tassenname"},
                {"product_text", "Tassentext"},
                {"extra_wishes", "Tassenwunsch"},
                {"user_prompt", "Tassenprompt"},
                {"prompt", "Tassenskript"}});
  CHECK(with.dump().find("secret-token") == std::string::npos);
  CHECK(others.ask(store::show_job{job_id{uuid::random()}}).text.empty());
}

TEST_CASE_FIXTURE(history_fixture,
                  "history: every outage that a job waited in is told, and no other") {
  const auto outage = [&](const std::string& reason) {
    db.sql("SELECT begin_outage('kie', 'probe', '" + reason + "')");
    db.sql("SELECT end_outage('kie')");
  };
  outage("first"); // it waits for its first claim
  claim(w1);
  outage("second"); // a node has it
  retry(w1, "busy", false);
  outage("third");
  outage("fourth");
  claim(w2);
  complete(w2, 1);
  outage("fifth"); // it has ended
  std::vector<std::string> waits;
  for (const auto& x : events())
    if (x.starts_with("outage_wait"))
      waits.push_back(x);
  check_equal(waits, {"outage_wait|-|-|kie is down: first", "outage_wait|-|1|kie is down: third",
                      "outage_wait|-|1|kie is down: fourth"});
}

TEST_SUITE_END();
