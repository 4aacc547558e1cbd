#include "actors/temporary_file.hpp"

#include <filesystem>

namespace neurocards {

temporary_file::~temporary_file() {
  if (!temporary_)
    return;
  if (remove_) {
    remove_(std::move(path_));
  } else {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
}

} // namespace neurocards
