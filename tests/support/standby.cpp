#include "tests/support/standby.hpp"

#include "db/connection.hpp"

#include <cstdlib>
#include <filesystem>
#include <regex>

#include <pqxx/pqxx>
#include <unistd.h>

namespace neurocards::test {

namespace {

using namespace std::chrono_literals;

constexpr auto patience = 60s;

const std::string chown = "/usr/bin/chown";
const std::string setpriv = "/usr/bin/setpriv";

std::string primary() {
  const char* url = std::getenv("TEST_DATABASE_URL");
  if (url == nullptr)
    throw std::runtime_error{"TEST_DATABASE_URL names no PostgreSQL to test against"};
  return url;
}

/// A standby with less than its primary has, of connections say, does not start.
std::string setting_of_primary(const std::string& name) {
  pqxx::connection on{primary()};
  return pqxx::nontransaction{on}.exec1("SHOW " + name)[0].as<std::string>();
}

std::string programs() {
  return "/usr/lib/postgresql/15/bin/";
}

/// "postgresql://user@", "host:port" and the rest.
const std::regex& url_parts() {
  static const std::regex result{R"(^(\w+://(?:[^@/]*@)?)([^/?]*)(.*)$)"};
  return result;
}

std::string with_host(const std::string& url, const std::string& host) {
  std::smatch parts;
  if (!std::regex_match(url, parts, url_parts()))
    throw std::runtime_error{"not a URL: " + url};
  return parts[1].str() + host + parts[3].str();
}

} // namespace

standby_server::standby_server() {
  keep_history();
  const auto data = folder_.file("data");
  if (::geteuid() == 0) // PostgreSQL runs as a user of its own
    run(chown, {"postgres", folder_.path()});
  run(programs() + "pg_basebackup",
      {"-d", primary(), "-D", data, "-R", "-X", "stream", "--checkpoint=fast", "--no-sync"});
  std::vector<std::string> arguments{"-D", data, "-c", "port=" + std::to_string(port_), "-c",
                                     "listen_addresses=127.0.0.1", "-c",
                                     "unix_socket_directories=", "-c", "fsync=off", "-c",
                                     "max_connections=" + setting_of_primary("max_connections"),
                                     // Replay waits for questions, not the other way round.
                                     "-c", "max_standby_streaming_delay=-1"};
  auto program = programs() + "postgres";
  if (::geteuid() == 0) {
    arguments.insert(arguments.begin(),
                     {"--reuid=postgres", "--regid=postgres", "--init-groups", program});
    program = setpriv;
  }
  server_ = std::make_unique<test::process>(
    program, arguments, std::map<std::string, std::string>{}, folder_.file("server.log"));
  test::wait_until(
    "the standby answers",
    [&] {
      try {
        pqxx::connection on{url_here(primary())};
        return on.is_open();
      } catch (const pqxx::broken_connection&) {
        return false;
      }
    },
    patience);
}

standby_server::~standby_server() {
  server_->signal(SIGQUIT); // at once, its children too
  try {
    server_->wait(10s);
  } catch (const std::exception&) {
    server_->kill();
  }
}

void standby_server::promote() {
  // Nobody may wait for it within a statement: what is left to replay may wait for that one's end.
  ask("SELECT pg_promote(false)");
  test::wait_until(
    "the standby takes writes", [&] { return ask("SELECT pg_is_in_recovery()") == "f"; }, patience);
}

std::string standby_server::ask(const std::string& question) const {
  pqxx::connection on{url_here(primary())};
  return pqxx::nontransaction{on}.exec1(question)[0].c_str();
}

std::string standby_server::url_here(const std::string& url) const {
  return with_host(url, "127.0.0.1:" + std::to_string(port_));
}

std::string standby_server::url_of_both(const std::string& url) const {
  std::smatch parts;
  std::regex_match(url, parts, url_parts());
  return with_host(url, "127.0.0.1:" + std::to_string(port_) + "," + parts[2].str());
}

/// The cases beside this one fill the log of the primary faster than a backup and a standby read
/// it.
void standby_server::keep_history() {
  pqxx::connection on{primary()};
  pqxx::nontransaction tx{on};
  tx.exec0("ALTER SYSTEM SET wal_keep_size = '1GB'");
  tx.exec("SELECT pg_reload_conf()");
}

void standby_server::run(const std::string& program, std::vector<std::string> arguments) {
  auto command = program;
  if (::geteuid() == 0 && program != chown) {
    arguments.insert(arguments.begin(),
                     {"--reuid=postgres", "--regid=postgres", "--init-groups", program});
    command = setpriv;
  }
  test::process running{command, arguments, {}, folder_.file("run.log")};
  if (running.wait(patience) != 0)
    throw std::runtime_error{program + " failed: " + running.output()};
}

} // namespace neurocards::test
