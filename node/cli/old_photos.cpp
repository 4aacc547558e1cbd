#include "node/cli/old_photos.hpp"

#include "clients/storage.hpp"
#include "node/cli/asker.hpp"
#include "node/services.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
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

/// Where the photos go.
class destination {
public:
  virtual ~destination() = default;
  virtual bool has(const std::string& key) const = 0;

  /// Of what it has.
  virtual bool is_same(const std::string& key, const fs::path& from) const = 0;
  virtual void copy(const std::string& key, const fs::path& from) = 0;
};

class directory : public destination {
public:
  explicit directory(fs::path root) : root_(std::move(root)) {}

  bool has(const std::string& key) const override { return is_usable(root_ / key); }
  bool is_same(const std::string& key, const fs::path& from) const override {
    return same_content(from, root_ / key);
  }
  void copy(const std::string& key, const fs::path& from) override {
    copy_whole(from, root_ / key);
  }

private:
  fs::path root_;
};

class bucket : public destination {
public:
  explicit bucket(std::shared_ptr<const storage::store> files) : files_(std::move(files)) {
    std::string page;
    do {
      const auto got = done(verbs::perform(http_, files_->list("inputs/", page)), "inputs/");
      for (const auto& x : got.entries)
        lengths_[x.key.value] = x.bytes;
      page = got.next;
    } while (!page.empty());
  }

  bool has(const std::string& key) const override {
    const auto found = lengths_.find(key);
    return found != lengths_.end() && found->second > 0;
  }
  bool is_same(const std::string& key, const fs::path& from) const override {
    return static_cast<uintmax_t>(lengths_.at(key)) == fs::file_size(from);
  }

  /// By way of a file that the store may consume.
  void copy(const std::string& key, const fs::path& from) override {
    const storage_key to{key};
    const auto part = files_->temporary_file(".jpg");
    fs::copy_file(from, part, fs::copy_options::overwrite_existing);
    const auto put = verbs::perform(http_, files_->put(to, part, storage::content_type(to)));
    std::error_code gone;
    fs::remove(part, gone);
    done(put, key);
  }

private:
  static storage::result done(storage::result x, const std::string& subject) {
    if (!x.ok())
      throw std::runtime_error{"storage: " + subject + ": "
                               + (x.error.empty() ? to_string(x.fault) : x.error)};
    return x;
  }

  std::shared_ptr<const storage::store> files_;
  verbs::asker http_;
  std::map<std::string, int64_t> lengths_;
};

std::unique_ptr<destination> destination_of(const config::all& ours) {
  if (ours.storage.kind == config::storage_kind::local)
    return std::make_unique<directory>(ours.storage.path);
  return std::make_unique<bucket>(store_of(ours, signer_of(ours)));
}

} // namespace

old_photos take_photos(const std::set<std::string>& keys, const std::string& old_folder,
                       const config::all& ours, bool copies) {
  old_photos result;
  const auto to = destination_of(ours);
  for (const auto& key : keys) {
    if (!storage::key_valid(storage_key{key})) {
      result.refused.push_back(key);
      continue;
    }
    const fs::path from = fs::path{old_folder} / key;
    const bool is_there = to->has(key);
    if (!is_usable(from) && !is_there) {
      result.missing.push_back(key);
      continue;
    }
    result.usable.insert(key);
    if (is_there && is_usable(from) && !to->is_same(key, from))
      throw std::runtime_error{key + " is another file than " + from.string()
                               + "; move it away from our storage"};
    if (copies && !is_there) {
      to->copy(key, from);
      ++result.copied;
    }
  }
  return result;
}

} // namespace neurocards
