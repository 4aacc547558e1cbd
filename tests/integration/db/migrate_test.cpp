#include "db/migrate.hpp"
#include "tests/support/postgres.hpp"

#include <thread>

#include <doctest/doctest.h>

using namespace neurocards;
using namespace neurocards::testing;
using db::schema_state;

TEST_CASE_FIXTURE(empty_database, "migrate builds the schema once and finds it again") {
  const auto on = connect();
  CHECK(db::state_of_schema(*on, our_schema()) == schema_state::missing);
  const auto first = db::migrate(config(), our_schema());
  CHECK(first.migrations == static_cast<int>(our_schema().migrations.size()));
  CHECK(first.functions == static_cast<int>(our_schema().functions.size()));
  CHECK(db::state_of_schema(*on, our_schema()) == schema_state::same);
  const auto second = db::migrate(config(), our_schema());
  CHECK(second.migrations + second.functions == 0);
}

TEST_CASE_FIXTURE(empty_database, "eight programs migrate the same database at once") {
  std::vector<std::thread> threads;
  std::atomic<int> applied = 0;
  std::atomic<int> failed = 0;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      try {
        applied += db::migrate(config(), our_schema()).migrations;
      } catch (const std::exception&) {
        ++failed;
      }
    });
  }
  for (auto& x : threads)
    x.join();
  CHECK(failed == 0);
  CHECK(applied == static_cast<int>(our_schema().migrations.size()));
}

TEST_CASE_FIXTURE(migrated_database, "migrate refuses an edited migration and a newer database") {
  const auto on = connect();
  auto edited = our_schema();
  edited.migrations[2].checksum = "another";
  CHECK(db::state_of_schema(*on, edited) == schema_state::edited);
  CHECK_THROWS_AS(db::migrate(config(), edited), db::migration_refused);
  auto older_program = our_schema();
  older_program.migrations.pop_back();
  CHECK(db::state_of_schema(*on, older_program) == schema_state::newer);
  CHECK_THROWS_AS(db::migrate(config(), older_program), db::migration_refused);
}

TEST_CASE_FIXTURE(migrated_database,
                  "migrate applies what is new: a migration and a changed function") {
  auto next = our_schema();
  next.migrations.push_back(
    {next.migrations.back().version + 1, "next", "CREATE TABLE extra ()", "c"});
  next.functions.push_back(
    {"extra", "CREATE OR REPLACE FUNCTION extra() RETURNS int LANGUAGE sql AS 'SELECT 1'", "1"});
  const auto on = connect();
  CHECK(db::state_of_schema(*on, next) == schema_state::older);
  auto outcome = db::migrate(config(), next);
  CHECK(outcome.migrations == 1);
  CHECK(outcome.functions == 1);
  next.functions.back() = {
    "extra", "CREATE OR REPLACE FUNCTION extra() RETURNS int LANGUAGE sql AS 'SELECT 2'", "2"};
  outcome = db::migrate(config(), next);
  CHECK(outcome.functions == 1);
  CHECK(number("SELECT extra()") == 2);
}

TEST_CASE_FIXTURE(migrated_database, "a migration that fails leaves the schema as it was") {
  auto broken = our_schema();
  const auto version = broken.migrations.back().version + 1;
  broken.migrations.push_back({version, "broken", "CREATE TABLE half (); SELECT 1 / 0", "c"});
  CHECK_THROWS_AS(db::migrate(config(), broken), pqxx::sql_error);
  CHECK(value("SELECT to_regclass('half')") == "NULL");
  const auto on = connect();
  CHECK(db::state_of_schema(*on, our_schema()) == schema_state::same);
}
