#include "clients/files.hpp"
#include "clients/storage.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

namespace neurocards::storage {

namespace fs = std::filesystem;

namespace {

constexpr size_t page_size = 1000;
constexpr auto temporary_part = "/.tmp"; // no key can begin with a dot

action on_disk(std::function<result()> work) {
  return {std::nullopt, {}, std::move(work)};
}

result bad_key(const storage_key& key) {
  result x;
  x.fault = fault::invalid;
  x.error = "not a storage key: " + key.value.substr(0, 100);
  return x;
}

clock::time_point to_clock(fs::file_time_type x) {
  return clock::time_point{std::chrono::duration_cast<clock::duration>(
    std::chrono::file_clock::to_sys(x).time_since_epoch())};
}

/// The first page of keys after `from`, ascending.
result list_keys(const std::string& directory, const std::string& prefix, const std::string& from) {
  result x;
  std::error_code trouble;
  fs::recursive_directory_iterator i{directory, trouble};
  for (const fs::recursive_directory_iterator end; !trouble && i != end; i.increment(trouble)) {
    std::error_code gone;
    const auto name = i->path().string().substr(directory.size() + 1);
    if (name.front() == '.' && i->is_directory(gone))
      i.disable_recursion_pending();
    storage_key key{name};
    if (!i->is_regular_file(gone) || !key_valid(key) || !name.starts_with(prefix) || name <= from)
      continue;
    const auto bytes = static_cast<int64_t>(i->file_size(gone));
    const auto modified = i->last_write_time(gone);
    if (!gone)
      x.entries.push_back({std::move(key), bytes, to_clock(modified)});
  }
  if (trouble)
    return files::failure(trouble.value(), "cannot read " + directory);
  std::sort(x.entries.begin(), x.entries.end(),
            [](const entry& a, const entry& b) { return a.key < b.key; });
  if (x.entries.size() > page_size) {
    x.entries.resize(page_size);
    x.next = x.entries.back().key.value;
  }
  return x;
}

} // namespace

local_store::local_store(std::string directory, link_signer signer)
  : directory_(std::move(directory)), signer_(std::move(signer)) {
  while (directory_.size() > 1 && directory_.ends_with('/'))
    directory_.pop_back();
  files::make_directory(directory_ + temporary_part);
}

std::optional<std::string> local_store::path(const storage_key& key) const {
  if (!key_valid(key))
    return std::nullopt;
  return directory_ + "/" + key.value;
}

action local_store::put(const storage_key& key, const std::string& file, const std::string&) const {
  return on_disk(
    [to = path(key), key, file] { return to ? files::move_durably(file, *to) : bad_key(key); });
}

action local_store::fetch(const storage_key& key) const {
  return on_disk([from = path(key), key] {
    if (!from)
      return bad_key(key);
    auto found = files::facts_of(*from);
    if (found.ok())
      found.file = *from;
    return found;
  });
}

action local_store::remove(const storage_key& key) const {
  return on_disk([where = path(key), key] {
    if (!where)
      return bad_key(key);
    std::error_code trouble;
    fs::remove(*where, trouble);
    return trouble ? files::failure(trouble.value(), "cannot delete " + *where) : result{};
  });
}

action local_store::list(const std::string& prefix, const std::string& from) const {
  return on_disk([=, directory = directory_] { return list_keys(directory, prefix, from); });
}

action local_store::check() const {
  return on_disk([where = directory_ + temporary_part] { return files::try_writing(where); });
}

std::string local_store::link(const storage_key& key, clock::time_point now,
                              std::chrono::seconds life) const {
  return signer_.link(key, now + life);
}

std::string local_store::temporary_file(std::string_view extension) const {
  return files::fresh_path(directory_ + temporary_part, extension);
}

action local_store::clean_temporary(std::chrono::seconds age) const {
  return on_disk(
    [=, where = directory_ + temporary_part] { return files::remove_old(where, age); });
}

} // namespace neurocards::storage
