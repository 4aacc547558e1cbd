#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

namespace neurocards::sandbox {

/// Files by content: equal bytes are kept once, on disk. A blob's name is the SHA-256 of its bytes.
class blob_store {
public:
  explicit blob_store(std::string directory);

  /// Throws std::runtime_error when the disk does not take it.
  std::string put(std::string_view bytes);

  bool has(const std::string& name) const { return sizes_.contains(name); }
  int64_t size(const std::string& name) const;
  std::string path(const std::string& name) const { return directory_ + "/" + name; }
  std::string read(const std::string& name) const;

private:
  std::string directory_;
  std::unordered_map<std::string, int64_t> sizes_;
};

} // namespace neurocards::sandbox
