#pragma once

#include "tests/chaos/plan.hpp"
#include "tests/support/world.hpp"

#include <deque>
#include <optional>

#include <pqxx/transaction>

namespace neurocards::test::chaos {

/// What befalls the round's PostgreSQL. On a server of its own (script/chaos) it is killed and
/// replaced by a standby; on one that others use too, connections are cut and writes refused, in
/// this database only.
class database_troubles {
public:
  explicit database_troubles(test::migrated_database& db) : db_(db) {}

  /// False: it is broken already.
  bool crash();

  /// From now on, for that long, nobody can write. False: it is broken already.
  bool become_standby(milliseconds length);

  /// A stranger's transaction holds rows of users, jobs, messages and updates for that long.
  void lock_rows(milliseconds length);

  /// Ends what is over.
  void step();

  /// Ends everything.
  void calm();

private:
  using clock = std::chrono::steady_clock;

  struct stranger {
    std::unique_ptr<pqxx::connection> connection;
    std::unique_ptr<pqxx::work> holds;
    clock::time_point until;
  };

  void refuse_writes(bool);
  void promote();

  test::migrated_database& db_;
  std::optional<clock::time_point> standby_until_;
  std::deque<stranger> strangers_;
};

} // namespace neurocards::test::chaos
