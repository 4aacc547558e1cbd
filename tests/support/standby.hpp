#pragma once

#include "tests/support/postgres_server.hpp"

#include <string>

namespace neurocards::test {

/// A primary and its streaming standby, both of one test's own: a standby of the server that all
/// tests share would have the load of all of them to replay, in one process.
class standby_pair {
public:
  standby_pair();

  const postgres_server& primary() const { return primary_; }

  /// From here on the standby is a primary of its own.
  void promote();

  /// `url` of a database of the primary, asked of the standby.
  std::string url_of_standby(const std::string& url) const;

  /// `url` with both servers as hosts, the standby first.
  std::string url_of_both(const std::string& url) const;

private:
  std::string new_cluster(const std::string& name) const;
  std::string copy_of_primary(const std::string& name) const;
  std::string ask(const std::string& question) const; // the first field of the answer

  test::temporary_directory folder_{"neurocards-standby"};
  postgres_server primary_{new_cluster("primary"), {}};
  // Replay waits for questions, not the other way round.
  postgres_server standby_{copy_of_primary("standby"), {"max_standby_streaming_delay=-1"}};
};

} // namespace neurocards::test
