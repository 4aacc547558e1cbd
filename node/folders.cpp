#include "node/folders.hpp"

#include <filesystem>
#include <stdexcept>

namespace neurocards::folders {

namespace {

namespace fs = std::filesystem;

/// The first place where `name` holds `proof`; empty: none does.
std::string find(const std::string& name, const std::string& proof) {
  std::error_code ignored;
  const auto program = fs::read_symlink("/proc/self/exe", ignored).parent_path();
  for (const auto& place :
       {program / name, program / ".." / name, program / ".." / "share" / "neurocards" / name,
        fs::path{NEUROCARDS_SOURCE_FOLDER} / name})
    if (fs::exists(place / proof, ignored))
      return fs::weakly_canonical(place, ignored).string();
  return {};
}

} // namespace

std::string sql() {
  auto result = find("sql", "migrations");
  if (result.empty())
    throw std::runtime_error{
      "the folder sql/ is neither next to the program nor in share/neurocards of its installation"};
  return result;
}

std::string web() {
  return find("web", "dashboard/index.html");
}

} // namespace neurocards::folders
