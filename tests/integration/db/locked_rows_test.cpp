#include "protocol/fwd.hpp"
#include "protocol/store/conversations.hpp"
#include "protocol/store/inbox.hpp"
#include "protocol/store/nodes.hpp"
#include "protocol/store/outbox.hpp"
#include "protocol/store/queue.hpp"
#include "tests/support/postgres.hpp"

#include <doctest/doctest.h>

#include <pqxx/transaction>

using namespace neurocards;
using namespace neurocards::test;
using namespace std::chrono_literals;
using store::transition;

namespace {

/// Waiting for each locked row in turn took 8 s and more.
constexpr auto soon = 4s;

using clock = std::chrono::steady_clock;

/// Jobs that one node works on, and a stranger whose open transaction holds rows.
struct locked_fixture : store_fixture {
  incarnation us{uuid::random()};
  std::unique_ptr<pqxx::connection> elsewhere = db.connect();
  std::unique_ptr<pqxx::work> stranger = std::make_unique<pqxx::work>(*elsewhere);

  /// `count` claimed jobs of users 1, 2, …, one each.
  std::vector<claimed_job> claimed(int count) {
    for (int user = 1; user <= count; ++user) {
      db.add_user(user, 1);
      db.add_job(user, "draft" + std::to_string(user));
    }
    auto jobs =
      ask.ask(store::claim_jobs{us, count, {{"a", {key_fingerprint{"k1"}}}}, 1000, {"m"}})->jobs;
    REQUIRE(jobs.size() == static_cast<size_t>(count));
    return jobs;
  }

  void lock_job(const claimed_job& job) {
    stranger->exec1("SELECT id FROM jobs WHERE id = '" + to_string(job.id) + "' FOR UPDATE");
  }

  auto complete(const claimed_job& job) {
    return ask.start(
      store::complete_job{.node = us, .job = job.id, .video = storage_key{"videos/v.mp4"}});
  }

  int64_t completed() { return db.number("SELECT count(*) FROM jobs WHERE status = 'completed'"); }

  db::kind_stats stats_of(std::string_view kind) {
    for (const auto& x : ask->stats().kinds)
      if (x.kind == kind)
        return x;
    FAIL("no such kind");
    return {};
  }
};

} // namespace

TEST_SUITE_BEGIN("integration/db/locked_rows");

TEST_CASE_FIXTURE(locked_fixture, "locked rows: one locked row delays no other job of its batch") {
  const auto jobs = claimed(200);
  lock_job(jobs[77]);
  const auto begin = clock::now();
  std::vector<std::future<caf::expected<transition>>> answers;
  for (const auto& job : jobs)
    answers.push_back(complete(job));
  for (size_t i = 0; i < answers.size(); ++i)
    if (i != 77)
      CHECK(answers[i].get() == transition::done);
  CHECK(clock::now() - begin < soon);
  CHECK(answers[77].wait_for(0s) == std::future_status::timeout);
  CHECK(eventually(
    [&] { return stats_of("complete_job").set_aside >= 1; })); // counted after its answers
  CHECK(stats_of("complete_job").failed == 0);
  stranger->commit();
  CHECK(answers[77].get() == transition::done); // nobody had to ask again
  CHECK(completed() == 200);
  db.check_promises();
}

TEST_CASE_FIXTURE(locked_fixture, "locked rows: many locked rows are set aside at once") {
  const auto jobs = claimed(40);
  for (size_t i = 0; i < 40; i += 5)
    lock_job(jobs[i]);
  const auto begin = clock::now();
  std::vector<std::future<caf::expected<transition>>> answers;
  for (const auto& job : jobs)
    answers.push_back(complete(job));
  for (size_t i = 0; i < 40; ++i)
    if (i % 5 != 0)
      CHECK(answers[i].get() == transition::done);
  CHECK(clock::now() - begin < soon);
  stranger->abort();
  for (size_t i = 0; i < 40; i += 5)
    CHECK(answers[i].get() == transition::done);
  CHECK(completed() == 40);
}

TEST_CASE_FIXTURE(locked_fixture,
                  "locked rows: a row that stays locked is given up for now, with a word") {
  const auto jobs = claimed(2);
  lock_job(jobs[0]);
  auto locked = complete(jobs[0]);
  auto free = complete(jobs[1]);
  CHECK(free.get() == transition::done);
  CHECK(locked.get().error() == ec::timed_out);
  CHECK(completed() == 1);
  stranger->abort();
  CHECK(complete(jobs[0]).get() == transition::done);
}

TEST_CASE_FIXTURE(
  locked_fixture,
  "locked rows: five kinds that wait for locked rows keep no heartbeat and no update waiting") {
  const auto jobs = claimed(40);
  for (const auto& job : jobs)
    lock_job(job);
  stranger->exec0("LOCK TABLE sessions");
  const job_failure reason{failure_class::temporary, "busy", "503"};
  std::vector<std::future<caf::expected<transition>>> moved;
  std::vector<std::future<caf::expected<store::conversation_view>>> loaded;
  for (size_t i = 0; i < 40; i += 4) {
    moved.push_back(complete(jobs[i]));
    moved.push_back(
      ask.start(store::fail_job{.node = us, .job = jobs[i + 1].id, .reason = reason}));
    moved.push_back(
      ask.start(store::retry_job{.node = us, .job = jobs[i + 2].id, .reason = reason}));
    moved.push_back(ask.start(store::record_prompt{
      .node = us, .job = jobs[i + 3].id, .prompt = "p", .source = prompt_source::user}));
    loaded.push_back(
      ask.start(store::load_conversation{update_id{1}, chat_id{7}, user_id{7}, 0, 0, 0, {}}));
  }
  const auto end = clock::now() + 3s;
  int64_t update = 0;
  for (auto begin = clock::now(); begin < end; begin = clock::now()) {
    CHECK_FALSE(ask.ask(store::heartbeat{us, "n", "worker", "1", "{}"})->fenced);
    CHECK(
      ask.ask(store::put_updates{{{update_id{++update}, chat_id{7}, "message", "{}"}}}).engaged());
    CHECK(ask.ask(store::ping{}).engaged());
    CHECK(clock::now() - begin < 2s);
  }
  stranger->commit();
  for (auto& x : moved)
    CHECK(x.get() == transition::done);
  for (auto& x : loaded)
    CHECK(x.get().engaged());
  db.check_promises();
}

TEST_CASE_FIXTURE(locked_fixture,
                  "locked rows: a locked user delays the refunds and steps of no other") {
  const auto jobs = claimed(20);
  stranger->exec1("SELECT FROM users WHERE tg_user_id = 3 FOR UPDATE");
  const job_failure reason{failure_class::unknown, "no", "400"};
  std::vector<std::future<caf::expected<transition>>> failed;
  std::vector<std::future<caf::expected<store::step_outcome>>> steps;
  const auto begin = clock::now();
  for (const auto& job : jobs) {
    failed.push_back(ask.start(store::fail_job{.node = us, .job = job.id, .reason = reason}));
    const auto user = job.owner.value;
    db.sql("INSERT INTO updates VALUES (" + std::to_string(user) + ", " + std::to_string(user)
           + ", 'message', '{}')");
    store::commit_step step;
    step.update = update_id{user};
    step.chat = chat_id{user};
    step.who.user = user_id{user};
    step.who.first_name = "N";
    steps.push_back(ask.start(step));
  }
  for (size_t i = 0; i < jobs.size(); ++i) {
    if (jobs[i].owner.value == 3)
      continue;
    CHECK(failed[i].get() == transition::done);
    CHECK(steps[i].get()->applied);
  }
  CHECK(clock::now() - begin < soon);
  stranger->commit();
  for (size_t i = 0; i < jobs.size(); ++i) {
    if (jobs[i].owner.value != 3)
      continue;
    CHECK(failed[i].get() == transition::done);
    CHECK(steps[i].get()->applied);
  }
  db.check_promises();
}

TEST_CASE_FIXTURE(locked_fixture, "locked rows: a locked message delays no other's mark") {
  for (int i = 1; i <= 10; ++i)
    db.sql("INSERT INTO notifications (chat_id, kind) VALUES (" + std::to_string(i) + ", 'text')");
  stranger->exec1("SELECT FROM notifications WHERE chat_id = 4 FOR UPDATE");
  std::vector<std::future<caf::expected<store::committed>>> marks;
  const auto begin = clock::now();
  for (int64_t i = 1; i <= 10; ++i)
    marks.push_back(ask.start(store::mark_sent{notification_id{i}, 100 + i, {}}));
  for (size_t i = 0; i < 10; ++i)
    if (i != 3)
      CHECK(marks[i].get().engaged());
  CHECK(clock::now() - begin < soon);
  CHECK(db.number("SELECT count(*) FROM notifications WHERE sent_at IS NOT NULL") == 9);
  stranger->commit();
  CHECK(marks[3].get().engaged());
}

TEST_CASE_FIXTURE(locked_fixture,
                  "locked rows: a deadlock with a stranger ends, whoever is the victim") {
  const auto jobs = claimed(2);
  db.sql("DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET deadlock_timeout = ''50ms''', "
         "current_database()); END $$"); // of connections made from now on
  lanes fresh{{.connection = db.config(), .lock_wait = 5s}};
  const auto& [first, second] = std::minmax(jobs[0].id, jobs[1].id);
  stranger->exec1("SELECT FROM jobs WHERE id = '" + to_string(second) + "' FOR UPDATE");
  std::vector<std::future<caf::expected<transition>>> answers;
  for (const auto& job : jobs)
    answers.push_back(fresh.start(
      store::complete_job{.node = us, .job = job.id, .video = storage_key{"videos/v.mp4"}}));
  REQUIRE(eventually([&] {
    return db.number("SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = "
                     "'transactionid'")
           == 1;
  }));
  stranger->exec1("SELECT FROM jobs WHERE id = '" + to_string(first) + "' FOR UPDATE");
  stranger->commit();
  for (auto& x : answers) {
    const auto got = x.get();
    CHECK_MESSAGE(got == transition::done, to_string(got));
  }
}

TEST_CASE_FIXTURE(locked_fixture,
                  "locked rows: what is too slow at once is tried in smaller pieces") {
  auto quick = db.config();
  quick.statement_timeout = 300ms;
  lanes slow{{.connection = quick, .lanes = 1, .lock_wait = 10s}};
  db.sql("CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
         "PERFORM pg_sleep(0.05); RETURN NEW; END $$");
  db.sql("CREATE TRIGGER slow BEFORE INSERT ON updates FOR EACH ROW EXECUTE FUNCTION slow()");
  int64_t last_update = 0;
  const auto send = [&] {
    std::vector<std::future<caf::expected<store::update_ids>>> stored;
    for (int i = 0; i < 8; ++i)
      stored.push_back(
        slow.start(store::put_updates{{{update_id{++last_update}, chat_id{1}, "message", "{}"}}}));
    int failed = 0;
    for (auto& x : stored)
      failed += x.get().engaged() ? 0 : 1;
    return failed;
  };
  int rounds = 0;
  REQUIRE(eventually([&] {
    ++rounds;
    return send() == 0;
  }));
  CHECK(rounds >= 1);
}

TEST_SUITE_END();
