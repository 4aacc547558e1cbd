#pragma once

#include "tests/support/databases.hpp"
#include "tests/support/process.hpp"

#include <map>
#include <string>
#include <vector>

namespace neurocards::test {

/// Which tables of an old installation: after 2026-01-24, before it, and the former without the
/// columns that were added or left out by hand.
enum class old_generation : uint8_t { later, earlier, bare };

/// An installation of the superseded bot: its database with invented rows, and its photos.
class old_installation {
public:
  /// The rows of tests/data/old_bot/sample.sql.
  old_installation();

  /// A thousand users and three thousand jobs with everything that may be wrong with them, the same
  /// for the same seed.
  old_installation(old_generation, int seed);

  /// What `neurocards import` reads, besides the address of the new database.
  std::map<std::string, std::string> variables() const;

  empty_database db;
  test::temporary_directory storage;

private:
  void make_photos();

  old_generation generation_ = old_generation::later;
};

/// The checks of an import, made from both databases and both folders without asking the program: a
/// line for everything that is not the same before and after; empty: nothing was lost.
std::vector<std::string> lost_in_import(old_installation& old, empty_database& ours,
                                        const std::string& our_storage);

} // namespace neurocards::test
