#include "node/cli/old_photos.hpp"

#include "clients/storage.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace neurocards {

namespace {

namespace fs = std::filesystem;

bool same_content(const fs::path& one, const fs::path& other) {
  if (fs::file_size(one) != fs::file_size(other))
    return false;
  std::ifstream a{one, std::ios::binary};
  std::ifstream b{other, std::ios::binary};
  return std::equal(std::istreambuf_iterator<char>{a}, std::istreambuf_iterator<char>{},
                    std::istreambuf_iterator<char>{b}, std::istreambuf_iterator<char>{});
}

/// A copy that is ended half-way leaves a file of another name.
void copy_whole(const fs::path& from, const fs::path& to) {
  fs::create_directories(to.parent_path());
  const fs::path part = to.string() + ".part";
  fs::copy_file(from, part, fs::copy_options::overwrite_existing);
  if (!same_content(from, part))
    throw std::runtime_error{"the copy of " + from.string() + " differs from it"};
  fs::rename(part, to);
}

bool is_usable(const fs::path& file) {
  std::error_code trouble;
  return fs::is_regular_file(file, trouble) && fs::file_size(file, trouble) > 0;
}

} // namespace

old_photos take_photos(const std::set<std::string>& keys, const std::string& old_folder,
                       const config::storage& ours, bool copies) {
  old_photos result;
  for (const auto& key : keys) {
    if (!storage::key_valid(storage_key{key})) {
      result.refused.push_back(key);
      continue;
    }
    const fs::path from = fs::path{old_folder} / key;
    const fs::path to = fs::path{ours.path} / key;
    const bool is_there = ours.kind == config::storage_kind::local && is_usable(to);
    if (!is_usable(from) && !is_there) {
      result.missing.push_back(key);
      continue;
    }
    result.usable.insert(key);
    if (is_there && is_usable(from) && !same_content(from, to))
      throw std::runtime_error{to.string() + " is another file than " + from.string()
                               + "; move it away"};
    if (copies && !is_there) {
      copy_whole(from, to);
      ++result.copied;
    }
  }
  return result;
}

} // namespace neurocards
