#include "actors/temporary_file.hpp"

#include <filesystem>

namespace neurocards {

temporary_file::~temporary_file() {
  std::error_code ignored;
  if (temporary_)
    std::filesystem::remove(path_, ignored);
}

} // namespace neurocards
