#pragma once

#include "node/cli/verbs.hpp"

#include <span>
#include <string_view>

/// How the program is called: the table of verbs, and the reading of arguments against it.
namespace neurocards::command_line {

struct verb {
  std::string_view name; // "jobs show"
  std::string_view
    words; // "ID AMOUNT", as help shows them; that many are wanted, or more of "ID..."
  std::string_view flags; // "--json --for=DURATION": what it takes besides settings
  int (*perform)(const verbs::invocation&) = nullptr;
  std::string_view summary; // one line
  config::need need = config::need::database;
  bool logs = false; // a node: logs as log.* says
};

/// All verbs, in the order of the help.
std::span<const verb> table();

/// What the arguments mean. Exactly one of `wrong`, `answer` and `verb` is set.
struct call {
  std::string wrong;  // what cannot be understood
  std::string answer; // help or version, for standard output
  const command_line::verb* verb = nullptr;
  std::vector<std::string> words;
  std::set<std::string> flags;
  std::map<std::string, std::string> values;
  std::vector<std::string> options;
};

call parse(const std::vector<std::string>& arguments);

std::string version();

} // namespace neurocards::command_line
