#include "db/session_settings.hpp"
#include "protocol/store/inbox.hpp"
#include "protocol/store/nodes.hpp"
#include "tests/support/postgres.hpp"
#include "tests/support/variable.hpp"

#include <doctest/doctest.h>

#include <pqxx/pqxx>

// What a role, a database or the environment say of a session is not what we depend on.

using namespace neurocards;
using namespace neurocards::test;
using namespace std::chrono_literals;

namespace {

struct settings_fixture : migrated_database {
  std::string name = value("SELECT quote_ident(current_database())");

  void set(const std::string& value) { sql("ALTER DATABASE " + name + " SET " + value); }

  std::string now(const std::string& setting) {
    const auto on = db::connect(config());
    return pqxx::nontransaction{*on}.exec1("SELECT current_setting('" + setting + "')")[0].c_str();
  }
};

constexpr const char* person = R"({"message":{"from":{"first_name":"Ирина И ИЙ"}}})";

} // namespace

TEST_SUITE_BEGIN("integration/db/session_settings");

TEST_CASE_FIXTURE(settings_fixture,
                  "session settings: a session depends on nothing that others have set for it") {
  struct row {
    const char* setting;
    const char* theirs;
    const char* ours;
  };
  for (const auto& x : {row{"client_encoding", "WIN1251", "UTF8"},
                        {"TimeZone", "'Asia/Kathmandu'", "UTC"},
                        {"DateStyle", "'German, DMY'", "ISO, YMD"},
                        {"IntervalStyle", "iso_8601", "postgres"},
                        {"bytea_output", "escape", "hex"},
                        {"standard_conforming_strings", "off", "on"},
                        {"extra_float_digits", "'-5'", "1"},
                        {"array_nulls", "off", "on"},
                        {"transform_null_equals", "on", "off"},
                        {"default_transaction_isolation", "serializable", "read committed"},
                        {"default_transaction_deferrable", "on", "off"},
                        {"idle_session_timeout", "'1s'", "0"},
                        {"idle_in_transaction_session_timeout", "'1s'", "0"},
                        {"statement_timeout", "'1s'", "5s"},
                        {"lock_timeout", "'1ms'", "2s"},
                        {"row_security", "off", "on"},
                        {"client_min_messages", "debug1", "error"},
                        {"session_replication_role", "replica", "origin"},
                        {"search_path", "pg_catalog", "public, pg_temp"}}) {
    CAPTURE(std::string{x.setting});
    set(x.setting + std::string{" = "} + x.theirs);
    CHECK(now(x.setting) == x.ours);
  }
  // And all of it together: what a person wrote comes back as he wrote it.
  lanes ask{{.connection = config()}};
  ask.ask(store::put_updates{{{update_id{1}, chat_id{7}, "message", person}}});
  const auto page = ask.ask(store::pending_updates{});
  REQUIRE(page);
  REQUIRE(page->updates.size() == 1);
  CHECK(page->updates[0].body == person);
  REQUIRE(ask.ask(store::heartbeat{incarnation{uuid::random()}, "Ия", "worker", "1", "{}"}));
  CHECK(ask.ask(store::ping{}));
}

TEST_CASE_FIXTURE(settings_fixture, "session settings: our functions are found wherever they are") {
  sql("ALTER SCHEMA public RENAME TO \"Karten\"");
  sql("CREATE SCHEMA public");
  CHECK(now("search_path") == "\"Karten\", pg_temp");
  set("search_path = public");
  CHECK(now("search_path") == "\"Karten\", pg_temp");
  lanes ask{{.connection = config()}};
  CHECK(ask.ask(store::ping{}));
}

TEST_CASE_FIXTURE(settings_fixture,
                  "session settings: the environment of libpq decides nothing that we depend on") {
  for (const auto& [variable_name, value, setting, ours] :
       {std::tuple{"PGOPTIONS", "-c statement_timeout=999 -c DateStyle=German", "DateStyle",
                   "ISO, YMD"},
        {"PGCLIENTENCODING", "KOI8R", "client_encoding", "UTF8"},
        {"PGTZ", "Asia/Kathmandu", "TimeZone", "UTC"},
        {"PGDATESTYLE", "SQL", "DateStyle", "ISO, YMD"}}) {
    CAPTURE(std::string{variable_name});
    const test::variable held{variable_name, value};
    CHECK(now(setting) == ours);
  }
}

TEST_CASE(
  "session settings: a database whose encoding cannot hold what people write is refused by name") {
  empty_database any;
  for (const auto* encoding : {"WIN1251", "LATIN1", "KOI8R"}) {
    CAPTURE(std::string{encoding});
    const std::string name = any.value("SELECT current_database()") + "_odd";
    any.sql("CREATE DATABASE " + name + " ENCODING '" + encoding
            + "' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0");
    auto config = any.config();
    config.url.replace(config.url.rfind('/') + 1, std::string::npos, name);
    std::string reason;
    try {
      db::connect(config);
    } catch (const db::unfit_database& err) {
      reason = err.what();
    }
    CHECK(reason.find(encoding) != std::string::npos);
    CHECK(reason.find("allowed: UTF8") != std::string::npos);
    any.sql("DROP DATABASE " + name + " WITH (FORCE)");
  }
}

TEST_CASE_FIXTURE(settings_fixture,
                  "session settings: triggers that a role has switched off are told by name") {
  sql(
    "DO $$ BEGIN CREATE ROLE neurocards_replica LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; "
    "END $$");
  sql("ALTER ROLE neurocards_replica IN DATABASE " + name
      + " SET session_replication_role = replica");
  auto config = this->config();
  const auto position = config.url.find("://") + 3;
  config.url.replace(position, config.url.find('@') - position, "neurocards_replica");
  try {
    db::connect(config);
    FAIL("it was let in");
  } catch (const db::unfit_database& err) {
    CHECK(std::string{err.what()}.find("session_replication_role is replica") != std::string::npos);
  }
}

TEST_SUITE_END();
