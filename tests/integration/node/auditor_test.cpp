#include "node/auditor.hpp"

#include "tests/support/databases.hpp"
#include "tests/support/single_door.hpp"

#include <doctest/doctest.h>

#include <pqxx/transaction>

using namespace neurocards;
using namespace std::chrono_literals;

TEST_SUITE_BEGIN("integration/node/auditor");

TEST_CASE("auditor: counts broken promises, and forgets those that were mended") {
  test::migrated_database db;
  db.add_user(7, 5);
  const auto shown = std::make_shared<recent_figures>();
  const auto broken = [&] { // nullopt: it is not shown
    std::optional<double> result;
    for (const auto& [where, figure] : shown->read(std::chrono::steady_clock::now()))
      if (where.family == "neurocards_promises_broken")
        result = figure;
    return result;
  };
  db.sql("UPDATE users SET credits = credits + 1");
  {
    const auditor waiting{{db.config(), 30s, 1h, shown}};
    CHECK(broken() == std::nullopt); // nothing is known before the first audit
  }
  {
    const auditor running{{db.config(), 30s, 20ms, shown}};
    CHECK(test::eventually([&] { return broken() == 1; }));
    db.sql("UPDATE users SET credits = credits - 1");
    CHECK(test::eventually([&] { return broken() == 0; }));
  }
  CHECK(broken() == std::nullopt); // another node audits now
}

TEST_CASE("auditor: keeps for status what it found, and when") {
  test::migrated_database db;
  db.add_user(7, 5);
  const auto told = [&](const std::string& field) {
    return db.value("SELECT status_snapshot()->'promises'" + field);
  };
  CHECK(told("").find("broken") == std::string::npos); // nobody has audited yet
  db.sql("UPDATE users SET credits = credits + 1");
  const auto before = db.value("SELECT clock_timestamp()");
  const auditor running{{db.config(), 30s, 20ms}};
  CHECK(test::eventually([&] { return told("->>'broken'") == "1"; }));
  CHECK(told("->'some'->0->>'promise'") == "balance equals ledger");
  CHECK(told("->'some'->0->>'subject'") == "7");
  CHECK(db.value("SELECT (status_snapshot()->'promises'->>'at')::timestamptz >= '" + before + "'")
        == "t");
  db.sql("UPDATE users SET credits = credits - 1");
  CHECK(test::eventually([&] { return told("->>'broken'") == "0"; }));
  CHECK(told("->'some'") == "[]");
}

TEST_CASE("auditor: ends at once, also during an audit") {
  test::migrated_database db;
  // The audit has to wait for this lock.
  const auto holder = db.connect();
  pqxx::work lock{*holder};
  lock.exec("LOCK TABLE users IN ACCESS EXCLUSIVE MODE");
  auto config = db.config();
  config.lock_timeout = 0ms;
  config.statement_timeout = 0ms;
  {
    const auditor running{{config, 30s, 1ms}};
    CHECK(test::eventually([&] {
      return db.number("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' "
                       "AND datname = current_database()")
             > 0;
    }));
  }
}

TEST_CASE("auditor: ends when the database has gone away during an audit") {
  test::migrated_database db;
  const auto holder = db.connect();
  pqxx::work lock{*holder};
  lock.exec("LOCK TABLE users IN ACCESS EXCLUSIVE MODE");
  test::single_door door{db.url()}; // lets one connection through; another is refused
  auto config = db.config();
  config.url = door.url();
  config.lock_timeout = 0ms;
  config.statement_timeout = 0ms;
  const auto waiting = [&] {
    return db.number("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' "
                     "AND datname = current_database()");
  };
  {
    const auditor running{{config, 30s, 1ms}};
    REQUIRE(test::eventually([&] { return waiting() > 0; }));
  }
  CHECK(test::eventually([&] { return waiting() == 0; })); // the server has noticed
}

TEST_SUITE_END();
