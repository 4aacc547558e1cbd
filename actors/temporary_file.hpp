#pragma once

#include <functional>
#include <string>
#include <utility>

namespace neurocards {

/// A file that somebody opened or fetched for one purpose: removed with its owner, if it is
/// temporary and nobody has taken it over. What a crash leaves is cleaned up by the object store.
class temporary_file {
public:
  /// Removes a file where that keeps nobody waiting.
  using remover = std::function<void(std::string path)>;

  temporary_file() = default;
  explicit temporary_file(std::string path, bool temporary = true)
    : path_(std::move(path)), temporary_(temporary) {}
  temporary_file(std::string path, remover remove)
    : path_(std::move(path)), temporary_(true), remove_(std::move(remove)) {}
  temporary_file(temporary_file&& other) noexcept { swap(other); }
  temporary_file& operator=(temporary_file&& other) noexcept {
    temporary_file{std::move(other)}.swap(*this);
    return *this;
  }
  ~temporary_file();

  const std::string& path() const { return path_; } // empty: none

  /// The path, for somebody who removes the file himself.
  std::string release() {
    temporary_ = false;
    return path_;
  }

private:
  void swap(temporary_file& other) noexcept {
    path_.swap(other.path_);
    std::swap(temporary_, other.temporary_);
    remove_.swap(other.remove_);
  }

  std::string path_;
  bool temporary_ = false;
  remover remove_; // empty: at once
};

} // namespace neurocards
