#pragma once

#include "tests/support/process.hpp"

#include <memory>
#include <string>

namespace neurocards::test {

/// A streaming standby of the server that TEST_DATABASE_URL names: a copy of it as of now, which
/// follows it, answers questions and takes no writes until it is promoted.
class standby_server {
public:
  standby_server();
  ~standby_server();
  standby_server(const standby_server&) = delete;
  standby_server& operator=(const standby_server&) = delete;

  /// From here on it is a primary of its own.
  void promote();

  uint16_t port() const { return port_; }

  /// `url` of a database of the primary, asked of the standby.
  std::string url_here(const std::string& url) const;

  /// `url` with both servers as hosts, the standby first.
  std::string url_of_both(const std::string& url) const;

private:
  std::string ask(const std::string& question) const; // the first field of the answer
  static void keep_history();
  void run(const std::string& program, std::vector<std::string> arguments);

  test::temporary_directory folder_{"neurocards-standby"};
  uint16_t port_ = test::free_port();
  std::unique_ptr<test::process> server_;
};

} // namespace neurocards::test
