#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

/// Another program, run for its effect on files.
namespace neurocards {

struct child_limits {
  std::chrono::seconds cpu{10};
  std::chrono::seconds wall{20};
  uint64_t memory = uint64_t{1} << 30; // bytes of address space
  uint64_t file = uint64_t{4} << 20;   // bytes of a file it writes
};

enum class child_end : uint8_t {
  done,      // exited with 0
  failed,    // exited otherwise, or was ended by a limit
  not_found, // there is no such program
};

/// Blocking: for a thread that may wait. Runs `arguments[0]`, looked for in PATH, without input and
/// output, at low priority, and waits for its end.
child_end run_child(const std::vector<std::string>& arguments, const child_limits& limits = {});

/// Collects children that others left to this process when they ended, as they leave them to
/// process 1 of a container. While a child of ours runs, nothing is collected: run_child wants its
/// own.
void collect_orphans();

} // namespace neurocards
