#include "db/migrate.hpp"
#include "tests/support/databases.hpp"
#include "tests/support/process.hpp"

#include <algorithm>
#include <atomic>
#include <fstream>
#include <thread>

#include <doctest/doctest.h>

#include <pqxx/transaction>

using namespace neurocards;
using namespace neurocards::test;
using namespace std::chrono_literals;
using db::schema_state;

namespace {

db::migration next_migration(const db::schema_files& after, std::string text) {
  return {after.migrations.back().version + 1, "next", std::move(text), "c", {}};
}

/// A program that is `migrate`d in the background, so that the test can look at what others see.
struct migration_fixture : migrated_database {
  db::schema_files files = our_schema();
  std::unique_ptr<pqxx::connection> elsewhere = connect();
  std::atomic<bool> done = false;
  std::thread running;

  ~migration_fixture() {
    if (running.joinable())
      running.join();
  }

  void begin() {
    running = std::thread{[this] {
      db::migrate(config(), files);
      done = true;
    }};
  }

  bool somebody_waits_for_a_lock() {
    return number("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND "
                  "datname = current_database()")
           > 0;
  }
};

} // namespace

TEST_SUITE_BEGIN("integration/db/migrate");

TEST_CASE_FIXTURE(empty_database, "migrate: builds the schema once and finds it again") {
  const auto on = connect();
  CHECK(db::state_of_schema(*on, our_schema()) == schema_state::missing);
  const auto first = db::migrate(config(), our_schema());
  CHECK(first.migrations == static_cast<int>(our_schema().migrations.size()));
  CHECK(first.functions == static_cast<int>(our_schema().functions.size()));
  CHECK(db::state_of_schema(*on, our_schema()) == schema_state::same);
  const auto second = db::migrate(config(), our_schema());
  CHECK(second.migrations + second.functions == 0);
}

TEST_CASE_FIXTURE(empty_database, "migrate: eight programs migrate the same database at once") {
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

TEST_CASE_FIXTURE(migrated_database, "migrate: refuses an edited migration and a newer database") {
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
                  "migrate: applies what is new, a migration and a changed function") {
  auto next = our_schema();
  next.migrations.push_back(next_migration(next, "CREATE TABLE extra ()"));
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

TEST_CASE_FIXTURE(migrated_database,
                  "migrate: a migration that fails leaves the schema as it was") {
  auto broken = our_schema();
  broken.migrations.push_back(next_migration(broken, "CREATE TABLE half (); SELECT 1 / 0"));
  CHECK_THROWS_AS(db::migrate(config(), broken), pqxx::sql_error);
  CHECK(value("SELECT to_regclass('half')") == "NULL");
  const auto on = connect();
  CHECK(db::state_of_schema(*on, our_schema()) == schema_state::same);
}

TEST_CASE_FIXTURE(migration_fixture, "migrate: holds nobody up while it waits for a long reader") {
  add_user(7, 1'000'000);
  pqxx::work reader{*elsewhere};
  reader.exec("SELECT count(*) FROM jobs");
  files.migrations.push_back(next_migration(files, "ALTER TABLE jobs ADD COLUMN extra int"));
  begin();
  REQUIRE(eventually([&] { return somebody_waits_for_a_lock(); }));
  auto longest = 0ms;
  int orders = 0;
  const auto end = std::chrono::steady_clock::now() + 7s;
  for (auto begin = std::chrono::steady_clock::now(); begin < end;) {
    add_job(7, "order" + std::to_string(++orders));
    const auto now = std::chrono::steady_clock::now();
    longest = std::max(longest, std::chrono::duration_cast<std::chrono::milliseconds>(now - begin));
    begin = now;
  }
  CHECK(longest < 5s); // a try waits for 2 s at most, the reader reads for 7
  CHECK(orders > 20);
  CHECK_FALSE(done.load());
  reader.commit();
  CHECK(eventually([&] { return done.load(); }));
  CHECK(number("SELECT count(*) FROM jobs WHERE extra IS NULL") == orders);
}

TEST_CASE_FIXTURE(migration_fixture, "migrate: no function is missing while migrate replaces it") {
  pqxx::work reader{*elsewhere};
  reader.exec("SELECT count(*) FROM jobs");
  files.migrations.push_back(next_migration(files, "DROP FUNCTION heartbeat"));
  files.migrations.push_back(next_migration(files, "ALTER TABLE jobs ADD COLUMN extra int"));
  for (auto& x : files.functions)
    if (x.name == "heartbeat")
      x = {x.name, "CREATE FUNCTION heartbeat(int) RETURNS int LANGUAGE sql AS 'SELECT 1'", "new"};
  begin();
  REQUIRE(eventually([&] { return somebody_waits_for_a_lock(); }));
  CHECK(number("SELECT count(*) FROM pg_proc WHERE proname = 'heartbeat' AND pronargs = 5") == 1);
  reader.commit();
  CHECK(eventually([&] { return done.load(); }));
  CHECK(number("SELECT heartbeat(1)") == 1);
}

TEST_CASE_FIXTURE(migration_fixture,
                  "migrate: indexes of big tables are built while everybody works") {
  add_user(7, 0);
  add_user(8, 0);
  auto next = next_migration(files, "CREATE TABLE extra ()");
  next.indexes = {{"users_by_name", "CREATE INDEX CONCURRENTLY users_by_name ON users (username)"}};
  files.migrations.push_back(next);
  pqxx::work writer{*elsewhere};
  writer.exec("UPDATE users SET updated_at = now() WHERE tg_user_id = 7");
  const auto on = connect();
  CHECK(db::state_of_schema(*on, files) == schema_state::older);
  begin();
  // It waits for the writer, who may have seen the table without the index; nobody waits for it.
  REQUIRE(eventually([&] { return somebody_waits_for_a_lock(); }));
  sql("UPDATE users SET username = 'n' WHERE tg_user_id = 8");
  writer.commit();
  CHECK(eventually([&] { return done.load(); }));
  CHECK(db::state_of_schema(*on, files) == schema_state::same);
  CHECK(number("SELECT count(*) FROM pg_index WHERE indexrelid = 'users_by_name'::regclass AND "
               "indisvalid")
        == 1);
  sql("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'users_by_name'::regclass");
  CHECK(db::state_of_schema(*on, files) == schema_state::older); // a crash left it like this
  CHECK(db::migrate(config(), files).indexes == 1);
  CHECK(db::state_of_schema(*on, files) == schema_state::same);
}

TEST_CASE_FIXTURE(migrated_database, "migrate: an older program never brings its functions back") {
  const auto on = connect();
  auto newer = our_schema();
  newer.functions.front().text += "-- changed";
  newer.functions.front().checksum = "changed";
  CHECK(db::migrate(config(), newer).functions == 1);
  CHECK(db::state_of_schema(*on, our_schema()) == schema_state::newer);
  CHECK_THROWS_AS(db::migrate(config(), our_schema()), db::migration_refused);
  CHECK(value("SELECT checksum FROM schema_functions WHERE name = '" + newer.functions.front().name
              + "'")
        == "changed");
  // A later version may go back to an earlier text, and is then the newer one.
  auto latest = our_schema();
  latest.program = "99.10";
  CHECK(db::migrate(config(), latest).functions == 1);
  newer.program = "99.9.1";
  CHECK_THROWS_AS(db::migrate(config(), newer), db::migration_refused);
}

TEST_CASE(
  "migrate: a migration that only makes the same otherwise keeps the checksum of its release") {
  const auto files = our_schema();
  const auto found = std::ranges::find(files.migrations, 18, &db::migration::version);
  REQUIRE(found != files.migrations.end());
  CHECK(found->checksum == "f393c53f185f4422831adb38d4da42fd106bc0f9ae5d2cf3ac8807247ad707ad");
  CHECK(found->indexes.size() == 5); // of big tables: nobody waits while they are built
  CHECK(found->text.find("CREATE INDEX") == std::string::npos);
}

TEST_CASE("migrate: only indexes may follow `-- concurrently` in a migration") {
  const test::temporary_directory folder;
  const std::filesystem::path sql{folder.path()};
  for (const auto* name : {"migrations", "functions", "audit"})
    std::filesystem::create_directory(sql / name);
  std::ofstream{sql / "functions" / "f.sql"} << "SELECT 1";
  std::ofstream{sql / "audit" / "promises.sql"} << "SELECT 1";
  const auto file = sql / "migrations" / "0003_a.sql";
  std::ofstream{file} << "CREATE TABLE a (b int);\n-- concurrently\n-- why\n"
                         "CREATE UNIQUE INDEX CONCURRENTLY a_by_b ON a (b)\n  WHERE b > 0;\n"
                         "CREATE INDEX CONCURRENTLY a_two ON a (b);\n";
  const auto read = db::read_schema_files(sql).migrations;
  REQUIRE(read.size() == 1);
  CHECK(read[0].version == 3);
  CHECK(read[0].text == "CREATE TABLE a (b int);\n");
  REQUIRE(read[0].indexes.size() == 2);
  CHECK(read[0].indexes[0].name == "a_by_b");
  CHECK(read[0].indexes[1].name == "a_two");
  std::ofstream{file} << "CREATE TABLE a (b int);\n-- concurrently\nDROP TABLE a;\n";
  CHECK_THROWS_AS(db::read_schema_files(sql), std::runtime_error);
}

TEST_SUITE_END();
