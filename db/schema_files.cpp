#include "db/schema_files.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <regex>
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

/// Of the file as it was released.
std::string checksum_of(const std::string& text) {
  static const std::regex recorded{"(?:^|\n)-- recorded as ([0-9a-f]{64})\n"};
  std::smatch parts;
  return std::regex_search(text, parts, recorded) ? parts[1].str() : sha256(text);
}

constexpr std::string_view marker = "\n-- concurrently\n";

/// Moves what follows the marker from the text to the indexes.
void split_indexes(migration& x) {
  const auto position = x.text.find(marker);
  if (position == std::string::npos)
    return;
  static const std::regex comment{"--[^\n]*"};
  static const std::regex index{
    R"(\s*CREATE\s+(?:UNIQUE\s+)?INDEX\s+CONCURRENTLY\s+(\w+)\s+ON\s[^;]*)"};
  std::istringstream remainder{
    std::regex_replace(x.text.substr(position + marker.size()), comment, std::string{})};
  x.text.erase(position + 1);
  for (std::string statement; std::getline(remainder, statement, ';');) {
    if (statement.find_first_not_of(" \n\t") == std::string::npos)
      continue;
    std::smatch parts;
    if (!std::regex_match(statement, parts, index))
      throw std::runtime_error{x.name
                               + ": only CREATE INDEX CONCURRENTLY name ON … may follow "
                                 "`-- concurrently`, not:"
                               + statement};
    x.indexes.push_back({parts[1].str(), statement});
  }
}

} // namespace

std::string content_of(const std::filesystem::path& file) {
  std::ifstream in{file};
  std::ostringstream text;
  text << in.rdbuf();
  if (!in || text.str().empty())
    throw std::runtime_error{"cannot read " + file.string()};
  return text.str();
}

schema_files read_schema_files(const fs::path& sql) {
  schema_files result;
  result.program = NEUROCARDS_VERSION;
  for (const auto& file : sql_files(sql / "migrations")) {
    migration x{0, file.stem().string(), content_of(file), {}, {}};
    std::from_chars(x.name.data(), x.name.data() + x.name.size(), x.version);
    x.checksum = checksum_of(x.text);
    split_indexes(x);
    if (x.version <= (result.migrations.empty() ? 0 : result.migrations.back().version))
      throw std::runtime_error{"a migration without a number of its own: " + file.string()};
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
