#include "protocol/fwd.hpp"
#include "protocol/store/conversations.hpp"
#include "protocol/store/inbox.hpp"
#include "protocol/store/outbox.hpp"
#include "tests/support/postgres.hpp"

#include <doctest/doctest.h>

#include <pqxx/transaction>

using namespace neurocards;
using namespace neurocards::test;
using namespace std::chrono_literals;

namespace {

struct lanes_fixture : migrated_database {
  db::kind_stats stats_of(lanes& x, std::string_view kind) {
    for (const auto& stats : x->stats().kinds) {
      if (stats.kind == kind)
        return stats;
    }
    FAIL("no such kind");
    return {};
  }

  store::load_conversation look{update_id{1}, chat_id{7}, user_id{7}, 0, 0, 0, {}};

  /// A question that hangs until `lock` is released: it reads sessions.
  static void lock_sessions(pqxx::work& lock) { lock.exec("LOCK TABLE sessions"); }
};

} // namespace

TEST_SUITE_BEGIN("integration/db/lanes");

TEST_CASE_FIXTURE(lanes_fixture, "lanes: requests that wait together run as one statement") {
  lanes ask{{.connection = config(), .lock_wait = 10s}};
  const auto blocker = connect();
  pqxx::work lock{*blocker};
  lock_sessions(lock);
  std::vector<std::future<caf::expected<store::conversation_view>>> asked;
  asked.push_back(ask.start(look)); // occupies the only place of its kind
  REQUIRE(eventually([&] { return stats_of(ask, "load_conversation").waiting == 0; }));
  for (int i = 0; i < 200; ++i)
    asked.push_back(ask.start(look));
  CHECK(stats_of(ask, "load_conversation").waiting == 200);
  lock.commit();
  for (auto& x : asked)
    CHECK(x.get().engaged());
  CHECK(eventually(
    [&] { return stats_of(ask, "load_conversation").batches == 2; })); // counted after the answers
  const auto stats = stats_of(ask, "load_conversation");
  CHECK(stats.largest_batch == 200);
  CHECK(stats.requests == 201);
  CHECK(stats.failed == 0);
}

TEST_CASE_FIXTURE(lanes_fixture,
                  "lanes: where little is asked, the lane that worked last is asked") {
  lanes ask{{.connection = config(), .lanes = 8}};
  REQUIRE(
    eventually([&] { return ask->stats().lanes_connected == 8 + 2; })); // the others: of a way
  for (int i = 0; i < 40; ++i)
    CHECK(ask.ask(look).engaged());
  // Another, when the one that has just answered does not wait for work yet.
  CHECK(number("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
               "AND query LIKE '%load_conversations(%' AND pid <> pg_backend_pid()")
        <= 4);
}

TEST_CASE_FIXTURE(lanes_fixture, "lanes: steps of conversations run in two batches at once") {
  lanes ask{{.connection = config(), .lock_wait = 10s}};
  std::vector<store::commit_step> steps(3);
  for (size_t i = 0; i < steps.size(); ++i) {
    steps[i].update = update_id{static_cast<int64_t>(i) + 1};
    steps[i].chat = chat_id{static_cast<int64_t>(i) + 7};
    steps[i].session = {"idle", "{}"};
    REQUIRE(
      ask.ask(store::put_updates{{{steps[i].update, steps[i].chat, "message", "{}"}}}).engaged());
  }
  const auto blocker = connect();
  pqxx::work lock{*blocker};
  lock_sessions(lock);
  std::vector<std::future<caf::expected<store::step_outcome>>> asked;
  for (int i = 0; i < 2; ++i) {
    asked.push_back(ask.start(steps[static_cast<size_t>(i)]));
    REQUIRE(eventually([&] {
      return number("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
                    "wait_event_type = 'Lock' AND query LIKE '%apply_steps%'")
             == i + 1;
    }));
  }
  asked.push_back(ask.start(steps[2]));
  CHECK(stats_of(ask, "commit_step").waiting == 1); // a third one would merge less
  lock.commit();
  for (auto& x : asked)
    CHECK(x.get()->applied);
  CHECK(eventually([&] { return stats_of(ask, "commit_step").batches == 3; }));
  CHECK(number("SELECT count(*) FROM sessions WHERE state = 'idle'") == 3);
}

TEST_CASE_FIXTURE(lanes_fixture, "lanes: a kind that waits does not hold up the others") {
  lanes ask{{.connection = config()}};
  const auto blocker = connect();
  pqxx::work lock{*blocker};
  lock_sessions(lock);
  auto slow = ask.start(look);
  CHECK(ask.ask(store::put_updates{{{update_id{1}, chat_id{7}, "message", "{}"}}}).engaged());
  CHECK(slow.wait_for(0s) == std::future_status::timeout);
  lock.commit();
  CHECK(slow.get().engaged());
}

TEST_CASE_FIXTURE(lanes_fixture,
                  "lanes: a request that waits for a lock too long is undone and says so") {
  lanes ask{{.connection = config(), .lock_wait = 10ms}};
  const auto blocker = connect();
  pqxx::work lock{*blocker};
  lock_sessions(lock);
  const auto begin = std::chrono::steady_clock::now();
  CHECK(ask.ask(look).error() == ec::timed_out);
  const auto took = std::chrono::steady_clock::now() - begin;
  CHECK(took > 3s); // it was tried again for a while ...
  CHECK(took < 8s); // ... and not for ever
}

TEST_CASE_FIXTURE(lanes_fixture, "lanes: a statement that runs too long is undone and says so") {
  auto quick = config();
  quick.statement_timeout = 100ms;
  lanes ask{{.connection = quick, .lock_wait = 0ms}};
  const auto blocker = connect();
  pqxx::work lock{*blocker};
  lock_sessions(lock);
  CHECK(ask.ask(look).error() == ec::timed_out);
  lock.commit();
  CHECK(ask.ask(look).engaged());
}

TEST_CASE_FIXTURE(lanes_fixture,
                  "lanes: a connection killed in mid-flight fails its requests and comes back") {
  lanes ask{{.connection = config(), .lanes = 1, .lock_wait = 10s}};
  const auto blocker = connect();
  pqxx::work lock{*blocker};
  lock_sessions(lock);
  auto cut = ask.start(look);
  const auto waiting = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND "
                       "wait_event_type = 'Lock'";
  REQUIRE(eventually([&] { return !sql(waiting).empty(); }));
  sql("SELECT pg_terminate_backend(pid) FROM (" + std::string{waiting} + ") x");
  CHECK(cut.get().error() == ec::unavailable);
  lock.commit();
  CHECK(ask.ask(look).engaged());
  CHECK(ask->stats().connections_lost == 1);
}

TEST_CASE_FIXTURE(lanes_fixture, "lanes: a connection that dies while idle costs no request") {
  lanes ask{{.connection = config(), .lanes = 1}};
  CHECK(ask.ask(look).engaged());
  sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
      "AND application_name = 'neurocards' AND pid <> pg_backend_pid() AND query LIKE "
      "'%load_conversations%'");
  REQUIRE(eventually([&] { return ask->stats().connections_lost == 1; }));
  CHECK(ask.ask(look).engaged());
}

TEST_CASE_FIXTURE(lanes_fixture, "lanes: only what is wrong with the data is refused for good") {
  lanes ask{{.connection = config(), .lanes = 1}};
  const auto put = [&](std::string body) {
    return ask.ask(store::put_updates{{{update_id{1}, chat_id{7}, "message", std::move(body)}}});
  };
  CHECK(put("\xff").error() == ec::rejected);
  sql("ALTER FUNCTION put_updates RENAME TO mislaid");
  CHECK(put("{}").error() == ec::misconfigured); // also where it is not prepared yet:
  lanes fresh{{.connection = config(), .lanes = 1}};
  const store::put_updates other{{{update_id{2}, chat_id{7}, "message", "{}"}}};
  CHECK(fresh.ask(other).error() == ec::misconfigured);
  sql("ALTER FUNCTION mislaid RENAME TO put_updates");
  CHECK(put("{}")->fresh.size() == 1);
  CHECK(fresh.ask(other)->fresh.size() == 1);
  sql("ALTER TABLE updates RENAME TO moved");
  CHECK(put("{}").error() == ec::misconfigured);
  CHECK(ask.ask(look).error() == ec::misconfigured);
}

TEST_CASE(
  "lanes: without a database requests wait, run out of patience, and say that nothing was done") {
  lanes ask{{.connection = {.url = "postgres://nobody@127.0.0.1:1/nothing"},
             .lanes = 2,
             .patience = 300ms}};
  const auto begin = std::chrono::steady_clock::now();
  CHECK(ask.ask(store::due_notifications{}).error() == ec::unavailable);
  CHECK(std::chrono::steady_clock::now() - begin >= 300ms);
}

TEST_CASE("lanes: a full queue refuses at once, and closing answers everybody") {
  auto ask = std::make_unique<lanes>(
    db::database_config{.connection = {.url = "postgres://nobody@127.0.0.1:1/nothing"},
                        .lanes = 1,
                        .waiting_per_kind = 2,
                        .patience = 1h});
  auto one = ask->start(store::due_notifications{});
  auto two = ask->start(store::due_notifications{});
  CHECK(ask->ask(store::due_notifications{}).error() == ec::overloaded);
  ask.reset();
  CHECK(one.get().error() == ec::shutting_down);
  CHECK(two.get().error() == ec::shutting_down);
}

TEST_CASE("lanes: a URL takes parameters in its own syntax and keeps its own") {
  CHECK(db::with_parameter("postgres://a@b/c", "k", "x y") == "postgres://a@b/c?k=x%20y");
  CHECK(db::with_parameter("postgres://a@b/c?z=1", "k", "v") == "postgres://a@b/c?z=1&k=v");
  CHECK(db::with_parameter("postgres://a@b/c?k=1", "k", "v") == "postgres://a@b/c?k=1");
  CHECK(db::with_parameter("host=b dbname=c", "k", "it's") == R"(host=b dbname=c k='it\'s')");
}

TEST_SUITE_END();
