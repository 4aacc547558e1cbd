#include "tests/support/postgres_server.hpp"

#include <csignal>
#include <filesystem>
#include <iostream>
#include <map>

#include <pqxx/connection>
#include <pqxx/except>
#include <unistd.h>

namespace neurocards::test {

using namespace std::chrono_literals;

std::vector<std::string> database_command(std::vector<std::string> words) {
  words.front() = "/usr/lib/postgresql/15/bin/" + words.front();
  std::vector<std::string> result{"/usr/bin/setpriv", "--pdeathsig", "KILL"};
  if (::geteuid() == 0)
    result.insert(result.end(), {"--reuid", "postgres", "--regid", "postgres", "--init-groups"});
  result.emplace_back("--");
  result.insert(result.end(), words.begin(), words.end());
  return result;
}

void make_data_folder(const std::string& data) {
  std::filesystem::create_directory(data);
  std::filesystem::permissions(data, std::filesystem::perms{0700}); // it insists
  if (::geteuid() == 0)
    run_tool({"/usr/bin/chown", "postgres", data});
}

void make_cluster(const std::string& data) {
  make_data_folder(data);
  run_tool(database_command({"initdb", "-D", data, "-U", "neurocards", "-A", "trust", "-E", "UTF8",
                             "--locale=C.UTF-8", "--no-sync"}));
}

postgres_server::postgres_server(const std::string& data,
                                 const std::vector<std::string>& settings) {
  std::vector<std::string> words{"postgres",
                                 "-D",
                                 data,
                                 "-c",
                                 "port=" + std::to_string(port_),
                                 "-c",
                                 "listen_addresses=127.0.0.1",
                                 "-c",
                                 "unix_socket_directories=",
                                 "-c",
                                 "fsync=off"};
  for (const auto& x : settings)
    words.insert(words.end(), {"-c", x});
  words = database_command(std::move(words));
  server_ = std::make_unique<test::process>(
    words.front(), std::vector<std::string>{words.begin() + 1, words.end()},
    std::map<std::string, std::string>{}, data + ".log");
  test::wait_until("PostgreSQL", [this] {
    if (!server_->running())
      throw std::runtime_error{"PostgreSQL did not start: " + server_->output()};
    try {
      return pqxx::connection{url()}.is_open();
    } catch (const pqxx::broken_connection&) {
      return false;
    }
  });
}

postgres_server::~postgres_server() {
  try {
    server_->signal(SIGQUIT); // at once, its children too
    server_->wait();
  } catch (const std::exception& err) {
    std::cerr << "PostgreSQL had to be killed: " << err.what() << '\n';
  }
}

std::string postgres_server::address() const {
  return "127.0.0.1:" + std::to_string(port_);
}

std::string postgres_server::url() const {
  return "postgresql://neurocards@" + address() + "/postgres";
}

} // namespace neurocards::test
