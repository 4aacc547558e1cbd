#pragma once

#include "node/cli/verbs.hpp"

/// How the program is called: the table of verbs, and the reading of arguments against it.
namespace neurocards::command_line {

struct verb {
  std::string name;               // "jobs show"
  std::string words;              // "ID", as help shows them
  size_t word_count = 0;          // exactly
  std::vector<std::string> flags; // "--json"
  std::string summary;            // one line
  config::need need = config::need::database;
  bool logs = false; // a node: logs as log.* says
  int (*perform)(const verbs::invocation&) = nullptr;
};

const std::vector<verb>& table();

/// What the arguments mean. Exactly one of `wrong`, `answer` and `verb` is set.
struct call {
  std::string wrong;  // what cannot be understood
  std::string answer; // help or version, for standard output
  const command_line::verb* verb = nullptr;
  std::vector<std::string> words;
  std::set<std::string> flags;
  std::vector<std::string> options;
};

call parse(const std::vector<std::string>& arguments);

std::string version();

} // namespace neurocards::command_line
