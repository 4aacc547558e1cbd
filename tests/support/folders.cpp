#include "tests/support/folders.hpp"

#include <filesystem>

namespace neurocards::test {

// The only file that is told where the sources are: compiled anew in each clone, all others are
// not.

std::string in_source(const std::string& path) {
  return std::string{NEUROCARDS_SOURCE_DIR} + "/" + path;
}

std::string built(const std::string& name) {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path() / name;
}

} // namespace neurocards::test
