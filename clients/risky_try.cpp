#include "clients/risky_try.hpp"

#include "clients/crypto.hpp"

#include <filesystem>
#include <fstream>

namespace neurocards::storage {

/// A disk that takes no note is no reason to try nothing.
risky_try::risky_try(const std::string& folder, const std::string& name)
  : note_(note_of(folder, name)) {
  std::error_code none;
  const auto bytes = std::filesystem::file_size(note_, none);
  never_ended_ = none ? 0 : bytes;
  if (!is_hopeless())
    std::ofstream{note_, std::ios::app} << '.';
}

risky_try::~risky_try() {
  std::error_code ignored;
  if (!is_hopeless())
    std::filesystem::remove(note_, ignored);
}

std::string risky_try::note_of(const std::string& folder, const std::string& name) {
  return folder + "/trying-" + crypto::hex(crypto::sha256(name)).substr(0, 32);
}

} // namespace neurocards::storage
