#include "tests/support/folders.hpp"

namespace neurocards::test {

// The only file that is told where the trees are: compiled anew in each clone, all others are not.

std::string in_source(const std::string& path) {
  return std::string{NEUROCARDS_SOURCE_DIR} + "/" + path;
}

std::string built(const std::string& name) {
  return std::string{NEUROCARDS_BINARY_DIR} + "/" + name;
}

} // namespace neurocards::test
