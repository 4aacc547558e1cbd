#include "tests/integration/clients/raw_server.hpp"
#include "tests/support/databases.hpp"
#include "tests/support/folders.hpp"
#include "tests/support/process.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <memory>

#include <doctest/doctest.h>

#include <pqxx/pqxx>

// The program as shells, terminals and service managers start, stop and read it.

using namespace neurocards;
using namespace neurocards::test;
using namespace std::chrono_literals;

namespace {

struct shell_fixture {
  test::temporary_directory folder;
  std::string program = test::built("neurocards");
  std::map<std::string, std::string> environment{
    {"BOT_TOKEN", "100200300:e2e-secret-token-0123456789abcdefgh"},
    {"KIE_API_KEY", "kie-secret-one"},
    {"OPENAI_API_KEY", "openai-secret"},
    {"REDIS_URL", ""}};

  /// A line for a shell, in which $P is the program.
  std::unique_ptr<test::process> start(const std::string& line, const std::string& database) {
    environment["DATABASE_URL"] = database;
    environment["P"] = program;
    return std::make_unique<test::process>("/bin/bash", std::vector<std::string>{"-c", line},
                                           environment, folder.file("output"), folder.path());
  }

  /// A node that cannot start yet hears SIGTERM, and does not go on waiting for what it lacks.
  void ends_soon(test::process& node, const std::string& sign) {
    test::wait_until(sign, [&] { return node.output().find(sign) != std::string::npos; });
    node.signal(SIGTERM);
    CHECK(node.wait() == 0);
    CHECK(node.output().find("run.stops") != std::string::npos);
  }
};

constexpr const char* run = "exec $P run --http.listen=127.0.0.1:0 --db.patience=10min";

} // namespace

TEST_SUITE_BEGIN("integration/node/shells");

TEST_CASE_FIXTURE(shell_fixture,
                  "shells: SIGTERM is heard while the database refuses connections") {
  const auto node = start(run, "postgresql://127.0.0.1:1/none");
  ends_soon(*node, "run.waits_for_database");
}

TEST_CASE_FIXTURE(shell_fixture, "shells: SIGTERM is heard while the database's host is silent") {
  test::raw_server silent{[](test::raw_connection& c) { c.wait_for_close(); }};
  const auto node = start(run, "postgresql://127.0.0.1:" + std::to_string(silent.port())
                                 + "/none?connect_timeout=60");
  test::wait_until("a connection", [&] { return silent.connections() > 0; });
  node->signal(SIGTERM);
  CHECK(node->wait() == 0);
}

TEST_CASE_FIXTURE(shell_fixture, "shells: SIGTERM is heard while another process migrates") {
  empty_database db;
  db.sql("SELECT pg_advisory_lock(7077466173)"); // its turn
  const auto node = start(run + std::string{" --migrate"}, db.url());
  ends_soon(*node, "migrate.waits");
}

TEST_CASE_FIXTURE(shell_fixture, "shells: SIGTERM ends a node whose output nobody reads") {
  const auto fifo = folder.file("fifo");
  REQUIRE(mkfifo(fifo.c_str(), 0600) == 0);
  const int reader = ::open(fifo.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC);
  const std::string stuffing(1 << 20, 'x');
  while (::write(reader, stuffing.data(), stuffing.size()) > 0) {
  }
  const auto node = start(run
                            + std::string{" 2>fifo & echo started; trap 'kill $!' TERM; "
                                          "wait $!; wait $!; echo ended $?"},
                          "postgresql://127.0.0.1:1/none");
  test::wait_until("the start",
                   [&] { return node->output().find("started") != std::string::npos; });
  node->signal(SIGTERM);
  CHECK(node->wait() == 0); // the last line is waited for a second
  ::close(reader);
}

TEST_CASE_FIXTURE(shell_fixture, "shells: closed standard streams give their numbers to nobody") {
  empty_database db;
  const auto verb = start("$P migrate <&- >&- 2>&-; code=$?; $P migrate; exit $code", db.url());
  CHECK(verb->wait() == 0);
  CHECK(verb->output().find("up to date") != std::string::npos);
}

TEST_CASE_FIXTURE(shell_fixture, "shells: what a node writes it can read, whatever its umask") {
  const auto node = start("umask 0777; " + std::string{run} + " --log.file=node.log",
                          "postgresql://127.0.0.1:1/none");
  const std::filesystem::path log = folder.file("node.log");
  test::wait_until("a line in the log",
                   [&] { return std::filesystem::exists(log) && file_size(log) > 0; });
  using std::filesystem::perms;
  CHECK((status(log).permissions() & perms::all) == (perms::owner_read | perms::owner_write));
}

TEST_CASE_FIXTURE(shell_fixture, "shells: a verb whose reader leaves early ends quietly") {
  migrated_database db;
  db.add_user(7, 9);
  for (int i = 0; i < 9; ++i)
    db.add_job(7, "order:" + std::to_string(i));
  for (const auto* verb : {"jobs list", "status --json", "audit", "--help"}) {
    CAPTURE(verb);
    const auto line = std::string{"set -o pipefail; $P "} + verb + " | true";
    const auto piped = start(line, db.url());
    CHECK(piped->wait() == 0);
    CHECK(piped->output().empty());
    std::filesystem::remove(folder.file("output"));
  }
  const auto full = start("$P jobs list > /dev/full", db.url());
  CHECK(full->wait() == 1);
  CHECK(full->output().find("No space left") != std::string::npos);
}

TEST_CASE_FIXTURE(shell_fixture, "shells: a terminal that stops background writers stops no verb") {
  migrated_database db;
  // `script` gives the verb a terminal; with tostop, writing from the background stops a process.
  const auto verb = start("script -qec 'stty tostop; set -m; $P audit & wait $!; echo code $?' "
                          "/dev/null",
                          db.url());
  CHECK(verb->wait() == 0);
  CHECK(verb->output().find("code 0") != std::string::npos);
}

TEST_SUITE_END();
