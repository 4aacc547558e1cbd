#pragma once

#include "tests/support/world.hpp"

#include <string>

namespace neurocards::bench {

/// Simulated services, a database and whole nodes: processes of their own that talk HTTP.
class installation : public test::world {
public:
  /// With Telegram's and KIE's real limits, and our pacing within them.
  installation();

  /// A setting of every node from now on, in the place of what it was.
  void set(const std::string& name, const std::string& value);

  /// Every setting as it comes, save where nodes listen and keep files.
  void leave_settings();

  /// Neither the services nor our pacing limit anything.
  void lift_limits();

  /// Users `first` … `first + count - 1` have agreed to the terms.
  void agree(int64_t first, int count);

  /// And Telegram lets the bot write to them, though they have written nothing.
  void know_users(int64_t first, int count);
};

} // namespace neurocards::bench
