#include "protocol/fwd.hpp"
#include "protocol/store/inbox.hpp"
#include "protocol/store/nodes.hpp"
#include "tests/support/lone_leader.hpp"
#include "tests/support/postgres.hpp"
#include "tests/support/standby.hpp"
#include "tests/support/variable.hpp"

#include <atomic>

#include <doctest/doctest.h>

#include <pqxx/pqxx>

using namespace neurocards;
using namespace neurocards::test;
using namespace std::chrono_literals;

namespace {

/// Two servers, the first of which is the one that databases are made on.
struct own_servers {
  standby_pair servers;
  variable named{"TEST_DATABASE_URL", servers.primary().url()};
};

/// A database of the primary that its standby has, too.
struct standby_fixture : own_servers, migrated_database {
  standby_fixture() {
    sql("INSERT INTO settings (key, value) VALUES ('on both', 'true')");
    REQUIRE(eventually(
      [&] { return there("SELECT count(*) FROM settings WHERE key = 'on both'") == "1"; }));
  }

  /// Asks the standby directly.
  std::string there(const std::string& text) {
    try {
      pqxx::connection on{servers.url_of_standby(url())};
      const auto rows = pqxx::nontransaction{on}.exec(text);
      return rows.empty() ? "" : rows[0][0].c_str();
    } catch (const pqxx::failure& err) {
      return err.what(); // the database has not arrived yet
    }
  }

  std::string locks_there() {
    return there("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'");
  }

  static std::unique_ptr<lone_leader> compete(const std::string& url, std::atomic<bool>& leads) {
    return std::make_unique<lone_leader>(db::connection_config{.url = url},
                                         db::leader_config{.role = "notifier"},
                                         [&leads](bool x) { leads = x; });
  }
};

} // namespace

TEST_SUITE_BEGIN("integration/db/standby");

TEST_CASE_FIXTURE(standby_fixture, "standby: nobody leads on a standby, whatever the URL says") {
  std::atomic<bool> leads = false;
  const auto here = servers.url_of_standby(url()) + "?target_session_attrs=any";
  CHECK_THROWS_AS(db::connect({.url = here}), pqxx::broken_connection);
  const auto one = compete(here, leads);
  std::atomic<bool> other = false;
  const auto two = compete(servers.url_of_both(url()), other);
  CHECK(eventually([&] { return other.load(); }));
  CHECK_FALSE(leads.load());
  CHECK(locks_there() == "0");
  CHECK(value("SELECT count(*) > 0 FROM pg_locks WHERE locktype = 'advisory' AND database = "
              "(SELECT oid FROM pg_database WHERE datname = current_database())")
        == "t");
  servers.promote();
  CHECK(eventually([&] { return leads.load(); }));
}

TEST_CASE_FIXTURE(standby_fixture, "standby: of several hosts the one that takes writes is used") {
  lanes ask{{.connection = {.url = servers.url_of_both(url())}, .lanes = 1}};
  CHECK(ask.ask(store::put_updates{{{update_id{1}, chat_id{7}, "message", "{}"}}}).engaged());
  CHECK(ask.ask(store::ping{}).engaged());
  CHECK(number("SELECT count(*) FROM updates") == 1);
}

TEST_CASE_FIXTURE(standby_fixture,
                  "standby: a server that turns read-only loses its leader and readiness") {
  servers.promote(); // a server of our own
  const auto here = servers.url_of_standby(url());
  std::atomic<bool> leads = false;
  const auto one = compete(here, leads);
  lanes ask{{.connection = {.url = here}, .lanes = 1, .patience = 300ms}};
  REQUIRE(eventually([&] { return leads.load(); }));
  REQUIRE(ask.ask(store::ping{}).engaged());
  there("ALTER SYSTEM SET default_transaction_read_only = on");
  there("SELECT pg_reload_conf()");
  CHECK(eventually([&] { return !leads.load(); }));
  CHECK(eventually([&] { return ask.ask(store::ping{}).error() == ec::unavailable; }));
  there("ALTER SYSTEM RESET default_transaction_read_only");
  there("SELECT pg_reload_conf()");
  CHECK(eventually([&] { return leads.load(); }));
  CHECK(eventually([&] { return ask.ask(store::ping{}).engaged(); }));
}

TEST_SUITE_END();
