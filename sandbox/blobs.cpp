#include "sandbox/blobs.hpp"

#include "sandbox/text.hpp"

#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace neurocards::sandbox {

blob_store::blob_store(std::string directory) : directory_(std::move(directory)) {
  std::filesystem::create_directories(directory_);
}

std::string blob_store::put(std::string_view bytes) {
  auto name = sha256(bytes);
  if (has(name))
    return name;
  std::ofstream out{path(name), std::ios::binary};
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  out.close();
  if (!out)
    throw std::runtime_error("cannot write " + path(name));
  sizes_[name] = static_cast<int64_t>(bytes.size());
  return name;
}

int64_t blob_store::size(const std::string& name) const {
  const auto found = sizes_.find(name);
  return found == sizes_.end() ? 0 : found->second;
}

std::string blob_store::read(const std::string& name) const {
  std::ifstream in{path(name), std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

} // namespace neurocards::sandbox
