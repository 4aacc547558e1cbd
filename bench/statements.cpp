#include "bench/statements.hpp"

namespace neurocards::bench {

statement_counter::statement_counter(test::empty_database& db) : db_(db) {
  db_.sql("CREATE EXTENSION IF NOT EXISTS pg_stat_statements");
  before_ = total();
}

int64_t statement_counter::count() {
  return total() - before_;
}

int64_t statement_counter::total() {
  return db_.number("SELECT coalesce(sum(s.calls), 0)::bigint FROM pg_stat_statements s "
                    "JOIN pg_database d ON d.oid = s.dbid WHERE d.datname = current_database() "
                    "AND s.query NOT LIKE '%pg_stat_statements%'");
}

} // namespace neurocards::bench
