#include "tests/cluster/ground.hpp"

#include "db/connection.hpp"
#include "tests/support/postgres_server.hpp"

#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>

namespace neurocards::test::cluster {

namespace fs = std::filesystem;

namespace {

constexpr const char* folder_prefix = "neurocards-cluster-";
constexpr int skipped = 77; // SKIP_RETURN_CODE of tests/CMakeLists.txt

/// Folders of runs that were killed before they could remove them.
void remove_leftovers() {
  std::error_code ignored;
  for (const auto& x : fs::directory_iterator{fs::temp_directory_path(), ignored}) {
    const auto name = x.path().filename().string();
    if (!name.starts_with(folder_prefix))
      continue;
    const auto pid = std::atoi(name.c_str() + std::string_view{folder_prefix}.size());
    if (pid > 0 && ::kill(pid, 0) != 0 && errno == ESRCH)
      fs::remove_all(x.path(), ignored);
  }
}

std::string folder_name() {
  remove_leftovers();
  return folder_prefix + std::to_string(::getpid());
}

} // namespace

postgres_host::postgres_host(network& net, const std::string& folder) {
  const auto address = net.add(name);
  const auto data = folder + "/pg";
  make_cluster(data);
  std::ofstream{data + "/pg_hba.conf", std::ios::app} << "host all all 10.77.0.0/24 trust\n";
  std::vector<std::string> words{"postgres", "-D", data};
  for (const auto& setting :
       {"listen_addresses=" + address, std::string{"port=5432"}, std::string{"fsync=off"},
        std::string{"unix_socket_directories="}, std::string{"max_connections=300"},
        std::string{"dynamic_shared_memory_type=mmap"}, std::string{"shared_buffers=64MB"}}) {
    words.emplace_back("-c");
    words.push_back(setting);
  }
  words = database_command(std::move(words));
  // It leaves shared memory behind when it is killed: a namespace for that of its own.
  words.insert(words.begin(), {"/usr/bin/unshare", "--ipc", "--"});
  {
    const network_namespace::visit there{net.stack(name)};
    server_ = std::make_unique<test::process>(
      words.front(), std::vector<std::string>{words.begin() + 1, words.end()},
      std::map<std::string, std::string>{}, folder + "/postgres.log", "/");
  }
  const auto url = "postgresql://neurocards@" + address + ":5432/postgres";
  test::wait_until("PostgreSQL", [&] {
    if (!server_->running())
      throw std::runtime_error{"PostgreSQL did not start: " + server_->output()};
    try {
      db::connect({.url = url});
      return true;
    } catch (const std::exception&) {
      return false;
    }
  });
  ::setenv("TEST_DATABASE_URL", url.c_str(), 1);
}

postgres_host::~postgres_host() {
  try {
    server_->signal(SIGQUIT);
    server_->wait();
  } catch (const std::exception& err) {
    std::cerr << "PostgreSQL had to be killed: " << err.what() << '\n';
  }
}

ground& ground::get() {
  static const auto reason = why_no_networks();
  if (!reason.empty()) {
    std::cout << "[skipped] no hosts to test with: " << reason << '\n';
    std::cout.flush();
    ::_exit(skipped);
  }
  static ground one;
  return one;
}

ground::ground() : folder_(folder_name()) {
  fs::permissions(folder(), fs::perms{0755});
  ::setenv("TMPDIR", folder().c_str(), 1); // of everything else that makes files
  database_ = std::make_unique<postgres_host>(net, folder());
}

} // namespace neurocards::test::cluster
