#pragma once

#include "bench/server.hpp"

#include <cstdint>

namespace neurocards::bench {

/// Counts what a database is asked, by the server's pg_stat_statements, which script/bench loads.
class statement_counter {
public:
  /// Counts from here on.
  explicit statement_counter(test::empty_database&);

  /// Statements of all connections since then, begins and commits included, our own not.
  int64_t count();

private:
  int64_t total();

  test::empty_database& db_;
  int64_t before_ = 0;
};

} // namespace neurocards::bench
