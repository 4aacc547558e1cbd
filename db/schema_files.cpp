#include "db/schema_files.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include <openssl/evp.h>

namespace neurocards::db {

namespace {

namespace fs = std::filesystem;

std::string sha256(const std::string& text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1)
    throw std::runtime_error{"SHA-256 is not available"};
  constexpr std::string_view hex = "0123456789abcdef";
  std::string result;
  for (unsigned i = 0; i < size; ++i) {
    result += hex[digest.at(i) >> 4];
    result += hex[digest.at(i) & 15];
  }
  return result;
}

std::string content_of(const fs::path& file) {
  std::ifstream in{file};
  std::ostringstream text;
  text << in.rdbuf();
  if (!in || text.str().empty())
    throw std::runtime_error{"cannot read " + file.string()};
  return text.str();
}

std::vector<fs::path> sql_files(const fs::path& folder) {
  std::vector<fs::path> result;
  std::error_code err;
  for (const auto& entry : fs::directory_iterator{folder, err}) {
    if (entry.path().extension() == ".sql")
      result.push_back(entry.path());
  }
  if (err || result.empty())
    throw std::runtime_error{"no SQL files in " + folder.string()};
  std::ranges::sort(result);
  return result;
}

} // namespace

schema_files read_schema_files(const fs::path& sql) {
  schema_files result;
  for (const auto& file : sql_files(sql / "migrations")) {
    migration x{0, file.stem().string(), content_of(file), {}};
    std::from_chars(x.name.data(), x.name.data() + x.name.size(), x.version);
    x.checksum = sha256(x.text);
    if (x.version <= (result.migrations.empty() ? 0 : result.migrations.back().version))
      throw std::runtime_error{"migrations need ascending numbers: " + file.string()};
    result.migrations.push_back(std::move(x));
  }
  for (const auto& file : sql_files(sql / "functions")) {
    function_file x{file.stem().string(), content_of(file), {}};
    x.checksum = sha256(x.text);
    result.functions.push_back(std::move(x));
  }
  result.promises = content_of(sql / "audit" / "promises.sql");
  return result;
}

} // namespace neurocards::db
