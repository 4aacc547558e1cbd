#pragma once

#include "bench/simulation/agenda.hpp"

#include <deque>

namespace neurocards::simulation {

/// How many creations are left to an account, or claims to all, as the database counts them
/// (sql/functions/free_slots.sql, take_slots.sql): in slots of a quarter second, which leave the
/// window of 10 s as a whole.
class creation_budget {
public:
  explicit creation_budget(int limit) : limit_(limit) {}

  int free(time_point now);
  void take(time_point now, int count);

  /// From when on something is left again; call it when nothing is.
  time_point opens() const;

private:
  struct slot {
    time_point begin;
    int taken = 0;
  };

  int limit_;
  int taken_ = 0;
  std::deque<slot> slots_;
};

} // namespace neurocards::simulation
