#pragma once

#include "tests/support/customer.hpp"

#include <deque>
#include <vector>

namespace neurocards::test {

/// A time in which a message may be sent twice, because its sender was killed or could not hear the
/// answer.
struct disturbance {
  std::chrono::system_clock::time_point from;
  std::chrono::system_clock::time_point to;
};

/// What customers ordered, and what the database and the simulated services remember of it. The
/// judges fail the test case for everything that breaks a promise.
struct scene {
  migrated_database& db;
  sandbox_process& services;
  const std::deque<customer>& customers;
  const std::vector<disturbance>& may_double;
};

/// Promise 1: everything customers did is in the inbox and handled, and each order counts once.
void judge_orders(const scene&);

struct mail {
  int finals = 0;      // delivered: videos and news of failures
  int duplicates = 0;  // of them that came once more
  int unexplained = 0; // of these, while nothing was disturbed
};

/// Promise 4: the end of every job reached its chat. A message that no row remembers is the twin of
/// one whose answer was lost.
mail judge_mail(const scene&);

struct bill {
  int64_t tasks = 0;   // that KIE was paid for
  int64_t orphans = 0; // of which we know nothing
  int64_t intents = 0; // announced creations whose outcome nobody knows
  int64_t twice = 0;   // created although the job had a living task
};

/// Promise 3: every task KIE was paid for has its row, or belongs to a creation that was announced
/// and whose answer never came.
bill judge_tasks(const scene&);

/// True when nothing is left to do: every wish is placed and has reached the inbox, every update
/// handled, every job finished, every message sent.
bool all_quiet(const scene&);

} // namespace neurocards::test
