#pragma once

#include "tests/support/process.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace neurocards::test {

/// A command of PostgreSQL's programs, `words[0]` being its name, as it has to be called: never as
/// root, and ended with the thread that started it.
std::vector<std::string> database_command(std::vector<std::string> words);

/// An empty folder for a cluster.
void make_data_folder(const std::string& data);

/// Makes a cluster whose superuser is `neurocards`, trusted from loopback.
void make_cluster(const std::string& data);

/// A PostgreSQL server of a test's own on loopback, without fsync: the load that other tests put on
/// the server they share does not reach it.
class postgres_server {
public:
  /// Of the cluster in `data`; `settings` are "name=value". Returns when it answers.
  postgres_server(const std::string& data, const std::vector<std::string>& settings);
  ~postgres_server();
  postgres_server(const postgres_server&) = delete;
  postgres_server& operator=(const postgres_server&) = delete;

  std::string address() const; // "host:port"

  /// Of its database `postgres`, as superuser.
  std::string url() const;

private:
  uint16_t port_ = test::free_port();
  std::unique_ptr<test::process> server_;
};

} // namespace neurocards::test
