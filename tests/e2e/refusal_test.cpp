#include "tests/support/folders.hpp"
#include "tests/support/world.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>

using namespace neurocards::test;
using namespace std::chrono_literals;

namespace {

/// Runs the program with just these settings; returns its code and output.
world::verb_result run_program(const std::vector<std::string>& words,
                               std::map<std::string, std::string> environment) {
  for (const auto* name : {"BOT_TOKEN", "DATABASE_URL", "KIE_API_KEY", "OPENAI_API_KEY"})
    environment.try_emplace(name, "");
  const temporary_directory folder;
  process run{built("neurocards"), words, environment, folder.file("log"), folder.path()};
  const int code = run.wait();
  return {code, run.output()};
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

const std::map<std::string, std::string> complete{
  {"BOT_TOKEN", "1:0123456789-0123456789_0123456789-abcd"},
  {"KIE_API_KEY", "k"},
  {"OPENAI_API_KEY", "o"},
  {"DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none"}};

} // namespace

TEST_SUITE_BEGIN("e2e/refusal");

TEST_CASE("e2e: every missing secret is named at once, with exit code 2") {
  const auto got = run_program({"run"}, {});
  CHECK(got.code == 2);
  for (const auto* name : {"BOT_TOKEN", "DATABASE_URL", "KIE_API_KEY", "OPENAI_API_KEY"})
    CHECK(has(got.output, name));
}

TEST_CASE("e2e: each missing secret ends the start with code 2 and one line that names it") {
  for (const auto& [name, value] : complete) {
    auto environment = complete;
    environment[name] = "";
    const auto got = run_program({"run", "--http.listen=127.0.0.1:0"}, environment);
    CAPTURE(name);
    CAPTURE(got.output);
    CHECK(got.code == 2);
    CHECK(got.output.starts_with(name + ": "));
    CHECK(std::ranges::count(got.output, '\n') == 1);
    for (const auto& [other, content] : complete)
      CHECK(has(got.output, other) == (other == name));
  }
  auto without_openai = complete;
  without_openai["OPENAI_API_KEY"] = "";
  const auto allowed = run_program(
    {"run", "--openai.required=false", "--db.patience=100ms", "--http.listen=127.0.0.1:0"},
    without_openai);
  CHECK(allowed.code == 1); // it went on to the database, which is not there
  CHECK(has(allowed.output, "run.database_unreachable"));
}

TEST_CASE("e2e: every bad setting is named with what is allowed") {
  const auto got = run_program({"run", "--kie.poll-interval=15", "--telegram.mode=pigeon",
                                "--db.lanes=many", "--kie.pol-timeout=3s"},
                               complete);
  CHECK(got.code == 2);
  CHECK(has(got.output, "kie.poll-interval"));
  CHECK(has(got.output, "15s"));
  CHECK(has(got.output, "polling"));
  CHECK(has(got.output, "db.lanes"));
  CHECK(has(got.output, "kie.poll-timeout")); // the suggestion
}

TEST_CASE("e2e: an unreachable database ends the start with code 1 after its patience") {
  const auto got = run_program({"run", "--db.patience=1s", "--http.listen=127.0.0.1:0"}, complete);
  CHECK(got.code == 1);
  CHECK(has(got.output, "run.database_unreachable"));
  CHECK_FALSE(has(got.output, "terminate called"));
}

TEST_CASE("e2e: a schema that is not this program's is refused unless it may migrate") {
  empty_database db;
  auto environment = complete;
  environment["DATABASE_URL"] = db.url();
  const auto got =
    run_program({"run", "--db.patience=1s", "--http.listen=127.0.0.1:0"}, environment);
  CHECK(got.code == 1);
  CHECK(has(got.output, "neurocards migrate"));
  CHECK(run_program({"migrate"}, environment).code == 0);
  CHECK(run_program({"migrate"}, environment).code == 0);
  db.sql("INSERT INTO schema_migrations (version, name, checksum) VALUES (9999, 'later', 'x')");
  const auto older =
    run_program({"run", "--db.patience=1s", "--http.listen=127.0.0.1:0"}, environment);
  CHECK(older.code == 1);
  CHECK(has(older.output, "a later release has migrated this database"));
}

TEST_CASE("e2e: what the database refuses ends the start at once, and is not called unreachable") {
  empty_database db;
  db.sql("CREATE TABLE sessions (of_somebody_else int)");
  auto environment = complete;
  environment["DATABASE_URL"] = db.url();
  const auto got = run_program(
    {"run", "--migrate", "--db.patience=10min", "--http.listen=127.0.0.1:0"}, environment);
  CHECK(got.code == 1);
  CHECK(has(got.output, "run.database_refused"));
  CHECK(has(got.output, "sessions"));
  CHECK_FALSE(has(got.output, "run.database_unreachable"));
  CHECK_FALSE(has(got.output, "run.waits_for_database"));
}

TEST_CASE("e2e: wrong usage ends with code 2, help with 0") {
  CHECK(run_program({"dance"}, complete).code == 2);
  CHECK(run_program({"--help"}, {}).code == 0);
  CHECK(run_program({"run", "--help"}, {}).code == 0);
  CHECK(run_program({"run", "--node=nobody"}, complete).code == 2);
}

TEST_CASE("e2e: a key that does not belong to its certificate ends the start with code 2") {
  const temporary_directory folder;
  const auto made = neurocards::test::in_source("script/cluster-certs ") + folder.file("pki")
                    + " bot w1 >/dev/null 2>&1";
  REQUIRE(std::system(made.c_str()) == 0); // NOLINT: a test's shell
  const auto got = run_program({"run", "--cluster.tls.certificate=" + folder.file("pki/bot.pem"),
                                "--cluster.tls.key=" + folder.file("pki/w1.key"),
                                "--cluster.tls.ca=" + folder.file("pki/ca.pem")},
                               complete);
  CHECK(got.code == 2);
  CHECK(has(got.output, "cluster.tls.key: "));
  CHECK(has(got.output, "does not belong to the certificate"));
}

TEST_SUITE_END();
