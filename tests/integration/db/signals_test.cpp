#include "db/listener.hpp"
#include "protocol/store/nodes.hpp"
#include "tests/support/lone_leader.hpp"
#include "tests/support/postgres.hpp"

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>

#include <doctest/doctest.h>

#include <pqxx/notification>

using namespace neurocards;
using namespace neurocards::test;
using namespace std::chrono_literals;

namespace {

struct signals_fixture : migrated_database {
  std::mutex mutex;
  std::map<std::string, int> heard;

  int count(const std::string& channel) {
    const std::lock_guard hold{mutex};
    return heard[channel];
  }

  db::listener_config listening() { return {config(), {"jobs", "outbox"}}; }

  db::listener::callback ear() {
    return [this](const std::string& channel) {
      const std::lock_guard hold{mutex};
      ++heard[channel];
    };
  }

  db::leader_config competing() { return {.role = "gateway"}; }

  void kill(const std::string& application) {
    sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
        "AND application_name LIKE '%"
        + application + "%'");
  }
};

} // namespace

TEST_SUITE_BEGIN("integration/db/signals");

TEST_CASE_FIXTURE(
  signals_fixture,
  "signals: a listener tells of every channel at the start and of what is notified") {
  db::listener listener{listening(), ear()};
  REQUIRE(eventually([&] { return count("jobs") == 1 && count("outbox") == 1; }));
  add_user(7, 1);
  add_job(7, "a");
  CHECK(eventually([&] { return count("jobs") == 2; }));
  CHECK(count("outbox") == 1);
  sql("SELECT claim_jobs(gen_random_uuid(), 1)");
  sql("SELECT complete_job(id, claimed_by, 'v') FROM jobs");
  CHECK(eventually([&] { return count("outbox") == 2; }));
}

TEST_CASE_FIXTURE(signals_fixture,
                  "signals: a listener that was cut off tells of every channel again") {
  db::listener listener{listening(), ear()};
  REQUIRE(eventually([&] { return count("jobs") == 1; }));
  kill("listener");
  CHECK(eventually([&] { return count("jobs") == 2 && count("outbox") == 2; }));
}

TEST_CASE_FIXTURE(signals_fixture,
                  "signals: a transaction notifies each channel once, however many jobs it moves") {
  const auto ears = connect();
  int notifications = 0;
  struct counter : pqxx::notification_receiver {
    int& count;
    counter(pqxx::connection_base& on, int& x) : notification_receiver(on, "jobs"), count(x) {}
    void operator()(const std::string&, int) override { ++count; }
  } ear{*ears, notifications};
  add_user(7, 50);
  sql("DO $$ BEGIN PERFORM create_job_and_consume_credit(7, 'ugc', i::text, 'p', '{}') FROM "
      "generate_series(1, 50) i; END $$");
  CHECK(eventually([&] { return ears->get_notifs() > 0; }));
  ears->get_notifs();
  CHECK(notifications == 1);
}

TEST_CASE_FIXTURE(
  signals_fixture,
  "signals: one leads, when its connection is cut it knows, and another takes over") {
  std::atomic<bool> first = false;
  std::atomic<int> losses = 0;
  std::atomic<bool> second = false;
  auto one = std::make_unique<lone_leader>(config(), competing(), [&](bool leads) {
    first = leads;
    losses += leads ? 0 : 1;
  });
  REQUIRE(eventually([&] { return first.load(); }));
  const lone_leader two{config(), competing(), [&](bool leads) { second = leads; }};
  kill("/leader");
  CHECK(eventually([&] { return losses == 1; }));
  CHECK(eventually([&] { return first != second; })); // either may win the next round
  one.reset();
  CHECK_FALSE(first.load());
  CHECK(eventually([&] { return second.load(); }));
}

TEST_CASE_FIXTURE(
  signals_fixture,
  "signals: a leader that cannot work gives way to a standby that has shown that it can") {
  std::atomic<bool> able = true;
  std::atomic<int> refusals = 0;
  std::atomic<bool> first = false;
  std::atomic<int> gains = 0;
  auto weak = competing();
  weak.able = [&] {
    refusals += able ? 0 : 1;
    return able.load();
  };
  weak.cooldown = 1h;
  const lone_leader one{config(), weak, [&](bool leads) {
                          first = leads;
                          gains += leads ? 1 : 0;
                        }};
  REQUIRE(eventually([&] { return first.load(); }));
  std::atomic<int> asked = 0;
  std::atomic<bool> shown = false;
  std::atomic<bool> second = false;
  auto standby = competing();
  standby.shows = [&] {
    ++asked;
    return shown.load();
  };
  const lone_leader two{config(), standby, [&](bool leads) { second = leads; }};
  const auto competes = [&] {
    return number("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
                  "application_name LIKE '%/leader'")
           == 2;
  };
  REQUIRE(eventually(competes));
  CHECK(asked == 0); // the leader is well: nothing has to be shown
  able = false;
  CHECK(eventually([&] { return asked > 3; }));
  CHECK(eventually([&] { return refusals > 3; })); // its turns are its own
  CHECK(first.load()); // better a weak leader than one that is no better
  shown = true;
  CHECK(eventually([&] { return second.load(); }));
  CHECK_FALSE(first.load());
  CHECK(gains == 1);
}

TEST_CASE_FIXTURE(signals_fixture,
                  "signals: a leader that recovers leads on, and standbys stop showing") {
  std::atomic<bool> able = false;
  std::atomic<bool> first = false;
  auto weak = competing();
  weak.able = [&] { return able.load(); };
  const lone_leader one{config(), weak, [&](bool leads) { first = leads; }};
  REQUIRE(eventually([&] { return first.load(); }));
  std::atomic<int> asked = 0;
  std::atomic<bool> second = false;
  auto standby = competing();
  standby.shows = [&] {
    ++asked;
    return false;
  };
  const lone_leader two{config(), standby, [&](bool leads) { second = leads; }};
  REQUIRE(eventually([&] { return asked > 0; }));
  able = true;
  const auto said = [&] {
    return number(
      "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2 AND "
      "mode = 'ExclusiveLock' AND classid::bigint = hashtext('neurocards.unable')::bigint "
      "& 4294967295");
  };
  CHECK(eventually([&] { return said() == 0; }));
  CHECK(first.load());
  CHECK_FALSE(second.load());
}

TEST_CASE_FIXTURE(signals_fixture,
                  "signals: roles have leaders of their own, and status names them") {
  std::atomic<int> gained = 0;
  const auto count_gains = [&](bool leads) { gained += leads ? 1 : 0; };
  auto other_role = competing();
  other_role.role = "notifier";
  const auto both = quick_election(config());
  const db::leader one{both, competing(), count_gains};
  const db::leader two{both, other_role, count_gains};
  REQUIRE(eventually([&] { return gained == 2; }));
  CHECK(value("SELECT jsonb_array_length(status_snapshot()->'leaders')") == "2");
  CHECK(value("SELECT status_snapshot()->'leaders'->0->>'name'") == "neurocards/leader:gateway");
  CHECK(value("SELECT status_snapshot()->'leaders'->1->>'name'") == "neurocards/leader:notifier");
}

TEST_CASE_FIXTURE(signals_fixture,
                  "signals: all roles of a process hang on one connection, one statement proves") {
  std::map<std::string, std::atomic<bool>> leads;
  std::atomic<int> losses = 0;
  const auto all = quick_election(config());
  std::vector<std::unique_ptr<db::leader>> leaders;
  for (const auto* role : {"gateway", "notifier", "cards", "janitor"})
    leaders.push_back(std::make_unique<db::leader>(all, db::leader_config{.role = role},
                                                   [&, &now = leads[role]](bool x) {
                                                     losses += now && !x ? 1 : 0;
                                                     now = x;
                                                   }));
  const auto all_lead = [&] {
    return std::ranges::all_of(leads, [](const auto& x) { return x.second.load(); });
  };
  REQUIRE(eventually(all_lead));
  CHECK(number("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
               "application_name LIKE '%/leader%'")
        == 1);
  const auto locks = [&] {
    return number(
      "SELECT count(*) FROM pg_locks l WHERE locktype = 'advisory' AND objsubid = 1 "
      "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())");
  };
  CHECK(locks() == 4);
  kill("/leader");
  CHECK(eventually([&] { return losses == 4; }));
  CHECK(eventually([&] { return all_lead() && locks() == 4; }));
  CHECK(losses == 4);
}

TEST_CASE_FIXTURE(signals_fixture,
                  "signals: a role that ends frees its lock, while the connection goes on") {
  std::atomic<bool> here = false;
  std::atomic<bool> other_role = false;
  std::atomic<int> disturbed = 0;
  const auto both = quick_election(config());
  const db::leader janitor{both, {.role = "janitor"}, [&](bool x) {
                             disturbed += x ? 0 : 1;
                             other_role = x;
                           }};
  auto gateway = std::make_unique<db::leader>(both, competing(), [&](bool x) { here = x; });
  REQUIRE(eventually([&] { return here && other_role; }));
  std::atomic<bool> there = false;
  const lone_leader standby{config(), competing(), [&](bool x) { there = x; }};
  gateway.reset();
  CHECK_FALSE(here.load());
  CHECK(eventually([&] { return there.load(); }));
  CHECK(other_role.load());
  CHECK(disturbed == 0);
}

TEST_CASE_FIXTURE(signals_fixture,
                  "signals: of two for one role in a process one leads at a time") {
  std::atomic<int> leading = 0;
  std::atomic<int> gains = 0;
  std::atomic<bool> twice = false;
  const auto count = [&](bool x) {
    gains += x ? 1 : 0;
    if ((leading += x ? 1 : -1) > 1)
      twice = true;
  };
  const auto both = quick_election(config());
  auto one = std::make_unique<db::leader>(both, competing(), count);
  REQUIRE(eventually([&] { return gains == 1; }));
  const db::leader two{both, competing(), count};
  one.reset();
  CHECK(eventually([&] { return gains == 2; }));
  CHECK_FALSE(twice.load());
}

TEST_CASE_FIXTURE(signals_fixture,
                  "signals: the view of a coordinator that leads no more hides no other's") {
  const auto node_called = [&](const std::string& name) {
    auto result = config();
    result.application_name = "neurocards " + name;
    return result;
  };
  const auto lead = [&](const std::string& name, std::atomic<bool>& leads) {
    return std::make_unique<lone_leader>(node_called(name),
                                         db::leader_config{.role = "coordinator"},
                                         [&leads](bool now) { leads = now; });
  };
  lanes old_node{{.connection = node_called("one")}};
  lanes new_node{{.connection = node_called("two")}};
  const auto leader_shown = [&] {
    return value("SELECT value->>'leader' FROM settings WHERE key = 'cluster'");
  };
  std::atomic<bool> one_leads = false;
  std::atomic<bool> two_leads = false;
  auto one = lead("one", one_leads);
  REQUIRE(eventually([&] { return one_leads.load(); }));
  old_node.ask(store::show_cluster{R"({"leader": "one"})"});
  CHECK(leader_shown() == "one");
  one.reset();
  auto two = lead("two", two_leads);
  REQUIRE(eventually([&] { return two_leads.load(); }));
  new_node.ask(store::show_cluster{R"({"leader": "two"})"});
  CHECK(leader_shown() == "two");
  old_node.ask(store::show_cluster{R"({"leader": "one", "late": true})"}); // was under way
  CHECK(leader_shown() == "two");
}

TEST_SUITE_END();
