#include "tests/support/old_bot.hpp"

#include "tests/support/folders.hpp"
#include "tests/support/s3_server.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

using namespace neurocards;
using namespace neurocards::test;
using namespace std::chrono_literals;

namespace {

struct outcome {
  int code = 0;
  std::string output;

  bool says(const std::string& part) const { return output.find(part) != std::string::npos; }
};

/// The program with a database of its own, in a folder of its own, beside an old installation.
struct newcomer {
  migrated_database db;
  test::temporary_directory folder;
  std::map<std::string, std::string> environment;

  explicit newcomer(const old_installation& old) : environment(old.variables()) {
    for (const auto* name :
         {"BOT_TOKEN", "KIE_API_KEY", "OPENAI_API_KEY", "REDIS_URL", "HTTP_TOKEN"})
      environment[name] = "";
    environment["DATABASE_URL"] = db.url();
  }

  test::process start(const std::vector<std::string>& arguments) {
    std::filesystem::remove(folder.file("output")); // it would be appended to
    return {test::built("neurocards"), arguments, environment, folder.file("output"),
            folder.path()};
  }

  outcome call(const std::vector<std::string>& arguments) {
    auto running = start(arguments);
    const int code = running.wait(120s);
    return {code, running.output()};
  }

  std::string storage() const { return folder.file("data"); }

  /// How many rows of each kind an import has made.
  std::string rows() {
    return db.value(
      "SELECT concat_ws(' ', (SELECT count(*) FROM users), (SELECT count(*) FROM jobs), "
      "(SELECT count(*) FROM credit_ledger), (SELECT count(*) FROM payments), "
      "(SELECT count(*) FROM notifications), (SELECT count(*) FROM job_tasks), "
      "(SELECT count(*) FROM old_files), (SELECT count(*) FROM imported_rows), "
      "(SELECT count(*) FROM settings WHERE key = 'import'))");
  }
};

const char* const nothing = "0 0 0 0 0 0 0 0 0";

void check_nothing_lost(old_installation& old, newcomer& ours) {
  for (const auto& x : lost_in_import(old, ours.db, ours.storage()))
    FAIL_CHECK(x);
  ours.db.check_promises();
  CHECK(ours.db.number("SELECT count(*) FROM jobs WHERE status = 'processing'") == 0);
  CHECK(ours.db.number("SELECT count(*) FROM notifications WHERE sent_at IS NULL")
        == ours.db.number(
          "SELECT count(*) FROM jobs WHERE status = 'failed' AND error ~ '^its |^it '"));
}

} // namespace

TEST_SUITE_BEGIN("integration/node/cli/import");

TEST_CASE("import: the sample comes over, and a second run changes nothing") {
  old_installation old;
  newcomer ours{old};
  const auto done = ours.call({"import"});
  CAPTURE(done.output);
  REQUIRE(done.code == 0);
  check_nothing_lost(old, ours);
  CHECK(ours.db.value(
          "SELECT string_agg(tg_user_id || ':' || credits, ' ' ORDER BY tg_user_id) FROM users")
        == "900000001:7 900000002:2 900000003:8 900000004:1 900000005:1 900000006:42 900009999:0 "
           "7000000007:1");
  CHECK(ours.db.value(
          "SELECT string_agg(kind || ' ' || n || ' ' || s, ', ' ORDER BY kind) FROM (SELECT "
          "kind, count(*) AS n, sum(amount) AS s FROM credit_ledger GROUP BY 1) x")
        == "charge 20 -20, opening 5 55, purchase 1 5, refund 6 6, welcome 8 16");
  CHECK(ours.db.value(
          "SELECT string_agg(status || ' ' || n, ', ' ORDER BY status) FROM (SELECT status, "
          "count(*) AS n FROM jobs GROUP BY 1) x")
        == "completed 7, failed 6, queued 7");
  CHECK(ours.db.value(
          "SELECT string_agg(idempotency_key || ' ' || kie_task_id, ', ') FROM jobs WHERE resumes")
        == "import:b0000000-0000-4000-8000-000000000009 task-0009");
  CHECK(ours.db.value("SELECT task_id FROM job_tasks") == "task-0010");
  CHECK(ours.db.value("SELECT product_text FROM jobs WHERE idempotency_key LIKE '%0020'")
        == "чей?");
  CHECK(ours.db.value("SELECT product_image_url FROM jobs WHERE idempotency_key LIKE '%-15'")
        == "inputs/900000003/cccccccccccccccccccccccccccccccc.jpg");
  CHECK(ours.db.number("SELECT count(*) FROM jobs WHERE prompt IS NOT NULL") == 0);
  CHECK(done.says("a balance below zero"));
  CHECK(done.says("photo has no usable name: inputs/../../etc/passwd"));
  const auto before = ours.rows();
  const auto again = ours.call({"import"});
  CHECK(again.code == 0);
  CHECK(again.says("nothing is left to do"));
  CHECK(ours.rows() == before);
}

TEST_CASE("import: a dry run tells the same and writes nothing") {
  old_installation old;
  newcomer ours{old};
  const auto dry = ours.call({"import", "--dry-run"});
  CAPTURE(dry.output);
  CHECK(dry.code == 0);
  CHECK(dry.says("Nothing was written"));
  CHECK(dry.says("sum of balances         56      62"));
  CHECK(ours.rows() == nothing);
  CHECK_FALSE(std::filesystem::exists(ours.storage()));
}

TEST_CASE("import: a thousand users of each generation come over, whatever is wrong with them") {
  for (const auto generation :
       {old_generation::later, old_generation::earlier, old_generation::bare}) {
    for (const int seed : {1, 2}) {
      CAPTURE(static_cast<int>(generation));
      CAPTURE(seed);
      old_installation old{generation, seed};
      newcomer ours{old};
      const auto done = ours.call({"import"});
      INFO(done.output.substr(0, 2000));
      REQUIRE(done.code == 0);
      check_nothing_lost(old, ours);
      CHECK(ours.db.number("SELECT count(*) FROM jobs") == 3000);
      CHECK(ours.db.number("SELECT count(*) FROM jobs WHERE resumes") > 0);
    }
  }
}

TEST_CASE("import: killed at any moment it leaves nothing, and the next run completes") {
  old_installation old;
  newcomer ours{old};
  const auto import_waits =
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
    "wait_event_type = 'Lock' AND application_name = 'neurocards operator'";
  for (const std::string table : {"users", "jobs", "payments", "credit_ledger", "notifications",
                                  "job_tasks", "old_files", "imported_rows"}) {
    CAPTURE(table);
    const auto in_the_way = ours.db.connect();
    {
      pqxx::nontransaction hold{*in_the_way};
      hold.exec("BEGIN; LOCK TABLE " + table + " IN SHARE MODE");
      auto running = ours.start({"import"});
      CHECK(eventually([&] { return ours.db.number(import_waits) == 1; }));
      running.kill();
      hold.exec("COMMIT");
    }
    CHECK(eventually([&] {
      return ours.db.number(
               "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
               "AND application_name = 'neurocards operator'")
             == 0;
    }));
    CHECK(ours.rows() == nothing);
  }
  const auto done = ours.call({"import"});
  CAPTURE(done.output);
  CHECK(done.code == 0);
  check_nothing_lost(old, ours);
}

TEST_CASE("import: what it cannot take is refused by table and column, and nothing is written") {
  const struct {
    const char* change;
    const char* answer;
  } table[] = {
    {"ALTER TABLE users DROP COLUMN credits",
     "old table users, column credits: missing; allowed: smallint, integer, bigint"},
    {"ALTER TABLE jobs ALTER COLUMN started_at TYPE text", "column started_at: is text; allowed:"},
    {"ALTER TABLE jobs DROP CONSTRAINT jobs_pkey CASCADE; UPDATE jobs SET id = 'one'",
     "old table jobs, column id: one stands for several rows"},
    {"CREATE TABLE schema_migrations (version int)",
     "OLD_DATABASE_URL names a database of this program"},
  };
  for (const auto& x : table) {
    CAPTURE(x.change);
    old_installation old;
    old.db.sql(x.change);
    newcomer ours{old};
    const auto done = ours.call({"import"});
    CAPTURE(done.output);
    CHECK(done.code == 1);
    CHECK(done.says(x.answer));
    CHECK(ours.rows() == nothing);
  }
}

TEST_CASE("import: it says which addresses it misses, and shows none") {
  old_installation old;
  newcomer ours{old};
  ours.environment["OLD_STORAGE"] = "";
  const auto without = ours.call({"import"});
  CHECK(without.code == 2);
  CHECK(without.says("OLD_STORAGE: missing"));
  ours.environment["OLD_DATABASE_URL"] = "postgresql://someone:hidden@127.0.0.1:1/none";
  const auto away = ours.call({"import", "--without-photos"});
  CHECK(away.code == 1);
  CHECK(away.says("the old database cannot be read"));
  CHECK_FALSE(away.says("hidden"));
  ours.environment["OLD_DATABASE_URL"] = "";
  const auto none = ours.call({"import"});
  CHECK(none.code == 2);
  CHECK(none.says("OLD_DATABASE_URL: missing"));
}

TEST_CASE("import: an open order goes on as long as --open-limit says, in its user's turn") {
  old_installation old;
  newcomer ours{old};
  const auto wrong = ours.call({"import", "--open-limit=often"});
  CHECK(wrong.code == 2);
  CHECK(wrong.says("--open-limit: "));
  CHECK(ours.rows() == nothing);
  REQUIRE(ours.call({"import", "--open-limit=96h"}).code == 0);
  CHECK(ours.db.value("SELECT string_agg(right(idempotency_key, 2) || ' ' || kie_task_id, ', ' "
                      "ORDER BY idempotency_key) FROM jobs WHERE resumes")
        == "09 task-0009, 10 task-0010"); // the other's order is three days old
  CHECK(ours.db.value("SELECT string_agg(right(idempotency_key, 2), ' ' ORDER BY turn) FROM jobs "
                      "WHERE status = 'queued' AND tg_user_id = 900000003 AND turn > 0")
        == "07 06");
  CHECK(ours.db.number("SELECT count(DISTINCT turn) FROM jobs WHERE tg_user_id = 900000003 AND "
                       "status = 'queued'")
        == 2);
  ours.db.check_promises();
}

TEST_CASE("import: a user who has written to this program already is not overwritten") {
  old_installation old;
  newcomer ours{old};
  ours.db.add_user(900000002, 9);
  const auto done = ours.call({"import"});
  CHECK(done.code == 1);
  CHECK(done.says("table users, column tg_user_id: 900000002"));
  CHECK(ours.db.number("SELECT credits FROM users") == 9);
  CHECK(ours.db.number("SELECT count(*) FROM jobs") == 0);
}

TEST_CASE("import: copies of photos go on where they ended, and another file is not replaced") {
  old_installation old;
  newcomer ours{old};
  const std::string photo = "inputs/900000001/77777777777777777777777777777777.jpg";
  std::filesystem::create_directories(ours.storage() + "/inputs/900000001");
  std::ofstream{ours.storage() + "/" + photo} << "something else";
  const auto refused = ours.call({"import"});
  CHECK(refused.code == 1);
  CHECK(refused.says(photo + " is another file than"));
  CHECK(ours.rows() == nothing);
  std::filesystem::copy_file(old.storage.file(photo), ours.storage() + "/" + photo,
                             std::filesystem::copy_options::overwrite_existing);
  const auto done = ours.call({"import"});
  CHECK(done.code == 0);
  check_nothing_lost(old, ours);
}

TEST_CASE("import: photos go to the bucket as well, once, and another object is not replaced") {
  const test::s3_server bucket;
  old_installation old;
  const auto move_in = [&](newcomer& ours, const std::string& more = "--log.level=info") {
    ours.environment["AWS_ACCESS_KEY_ID"] = bucket.key;
    ours.environment["AWS_SECRET_ACCESS_KEY"] = bucket.secret;
    return ours.call({"import", "--storage.kind=s3",
                      "--storage.bucket=" + std::string{bucket.bucket},
                      "--storage.endpoint=" + bucket.endpoint(), more});
  };
  newcomer first{old};
  first.db.add_user(900000002, 9); // which ends this run behind the copies
  const auto ended = move_in(first);
  CAPTURE(ended.output);
  CHECK(ended.code == 1);
  CHECK(ended.says("table users, column tg_user_id: 900000002"));

  newcomer ours{old};
  const auto dry = move_in(ours, "--dry-run");
  CAPTURE(dry.output);
  CHECK(dry.code == 0);
  const auto done = move_in(ours);
  CAPTURE(done.output);
  REQUIRE(done.code == 0);
  CHECK(done.says("photos: 15 found, 0 copied, ")); // they were there
  ours.db.check_promises();
  int objects = 0;
  for (const auto& x : std::filesystem::recursive_directory_iterator{bucket.folder()})
    objects += x.path().string().find(".jpg._S3rver_object") != std::string::npos
                   && x.path().string().ends_with("object")
                 ? 1
                 : 0;
  CHECK(objects == 15);
  CHECK_FALSE(std::filesystem::exists(ours.storage() + "/inputs"));

  newcomer other{old};
  std::ofstream{old.storage.file("inputs/900000001/77777777777777777777777777777777.jpg"),
                std::ios::app}
    << "more";
  const auto refused = move_in(other);
  CAPTURE(refused.output);
  CHECK(refused.code == 1);
  CHECK(refused.says(".jpg is another file than"));
  CHECK(other.rows() == nothing);
}

TEST_CASE("migrate: the old bot's database is refused with advice, and stays as it was") {
  old_installation old;
  newcomer ours{old};
  ours.environment["DATABASE_URL"] = old.db.url();
  const auto tables =
    "SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class WHERE relkind = 'r' "
    "AND relnamespace = 'public'::regnamespace";
  const auto before = old.db.value(tables);
  const auto done = ours.call({"migrate"});
  CAPTURE(done.output);
  CHECK(done.code == 2);
  CHECK(done.says("tables of another program: credits_history, jobs, payments, users"));
  CHECK(done.says("neurocards import"));
  CHECK(old.db.value(tables) == before);
}

TEST_CASE("import env: tells our names, settings and what has no place, and no secret") {
  old_installation old;
  newcomer ours{old};
  std::ofstream{ours.folder.file("old.env")}
    << "BOT_TOKEN=\"1:hidden\"\n"
       "KIE_API_KEY=hidden1,hidden2\nKIE_API_KEY_1=hidden3\n"
       "DATABASE_URL=postgresql://u:hidden@db/x\n"
       "PORT=8080\nKIE_MODEL=sora-2-image-to-video\n"
       "YOOKASSA_API_KEY=hidden\nSOMETHING=hidden\nhidden\n";
  const auto told = ours.call({"import", "env", ours.folder.file("old.env")});
  CAPTURE(told.output);
  CHECK(told.code == 0);
  CHECK_FALSE(told.says("hidden"));
  for (const auto* part :
       {"\nBOT_TOKEN=\n", "\nOLD_DATABASE_URL=\n", "3 in all", "listen = \"127.0.0.1:8081\"",
        "YOOKASSA_API_KEY: credits are sold", "SOMETHING: not known here"})
    CHECK_MESSAGE(told.says(part), part);
  CHECK(ours.call({"import", "env", "/nowhere"}).code == 2);
}

TEST_SUITE_END();
