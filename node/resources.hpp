#pragma once

#include "protocol/config.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace neurocards {

/// Room in one folder that the program writes to.
struct folder_room {
  std::string key; // "storage.path"
  std::string path;
  std::string fault;                  // why nothing can be written there; empty: it can
  std::optional<uint64_t> free_bytes; // nullopt: unknown
  std::optional<uint64_t> free_files;
};

/// What the machine gives this process. nullopt: without a limit, or unknown.
struct machine_room {
  std::optional<uint64_t> open_files;
  std::optional<uint64_t> threads; // that may still be started
  std::optional<uint64_t> memory;  // bytes, of the control group or of the address space
  std::optional<uint64_t> file_size;
  std::vector<folder_room> folders;
};

machine_room measure(const config::all&);

/// One line for each thing of which there is less than the program wants: how much is wanted, how
/// much allowed, and what allows it.
std::vector<std::string> shortages(const machine_room&);

} // namespace neurocards
