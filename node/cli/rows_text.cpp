#include "node/cli/rows_text.hpp"

#include "node/cli/table_text.hpp"

#include <array>
#include <ctime>

namespace neurocards {

namespace {

using nlohmann::json;

std::string text(const json& x) {
  return x.is_null() ? "" : x.is_string() ? x.get<std::string>() : x.dump();
}

/// Times without fractions and zone, in UTC: "2026-05-01 12:00:00". They come as text or as Unix
/// seconds.
std::string time_text(const json& x) {
  if (x.is_number()) {
    const auto seconds = static_cast<std::time_t>(x.get<double>());
    std::tm parts{};
    std::array<char, 32> written{};
    gmtime_r(&seconds, &parts);
    return {written.data(), std::strftime(written.data(), written.size(), "%F %T", &parts)};
  }
  auto result = text(x).substr(0, 19);
  if (result.size() > 10 && result[10] == 'T')
    result[10] = ' ';
  return result;
}

} // namespace

std::vector<std::string> row_of(const json& x, std::initializer_list<const char*> names) {
  std::vector<std::string> result;
  for (const std::string name : names) {
    const auto value = x.value(name, json());
    const bool is_time = name.ends_with("_at") || name == "at" || name == "start" || name == "end"
                         || name == "since" || name == "until";
    result.push_back(is_time ? time_text(value) : text(value));
  }
  return result;
}

std::string table_of(const json& rows, std::vector<std::string> heads,
                     std::initializer_list<const char*> names, const std::string& otherwise) {
  std::vector<std::vector<std::string>> table{std::move(heads)};
  for (const auto& x : rows)
    table.push_back(row_of(x, names));
  return table_text(table, otherwise);
}

std::string fields_text(const json& object) {
  std::string result;
  for (const auto& [name, value] : object.items())
    if (!value.is_null() && !value.is_array())
      result += name + ": "
                + (value.is_number() && name.ends_with("_at") ? time_text(value) : text(value))
                + '\n';
  return result;
}

} // namespace neurocards
