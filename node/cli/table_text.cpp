#include "node/cli/table_text.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace neurocards {

namespace {

/// Characters of UTF-8 text.
size_t width(const std::string& text) {
  return static_cast<size_t>(
    std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

} // namespace

std::string table_text(const std::vector<std::vector<std::string>>& rows,
                       const std::string& if_empty) {
  if (rows.size() < 2)
    return if_empty + "\n";
  std::vector<size_t> widths(rows.front().size());
  for (const auto& row : rows)
    for (size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], width(row[i]));
  std::string result;
  for (const auto& row : rows) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i)
      line += row[i] + std::string(widths[i] - width(row[i]) + 2, ' ');
    line.erase(line.find_last_not_of(' ') + 1);
    result += line + "\n";
  }
  return result;
}

std::string left_to_operators_text(const nlohmann::json& rows) {
  if (rows.empty())
    return {};
  std::vector<std::vector<std::string>> table{
    {"LEFT TO AN OPERATOR", "SUBJECT", "USER", "SINCE", "DETAIL"}};
  for (const auto& x : rows)
    table.push_back({x["matter"], x["subject"],
                     x["tg_user_id"].is_null() ? "" : x["tg_user_id"].dump(),
                     x["since"].get<std::string>().substr(0, 19), x["detail"]});
  return "\n" + table_text(table, "");
}

std::string asynchronous_standby_text(const std::string& name) {
  return "The standby " + name
         + " of the database is ASYNCHRONOUS: when it takes over, the last commits may be lost, "
           "payments among them (synchronous_standby_names, docs/operations.md)";
}

std::string spoken(int64_t seconds) {
  if (seconds < 60)
    return std::to_string(seconds) + " s";
  if (seconds < 3600)
    return std::to_string(seconds / 60) + " min " + std::to_string(seconds % 60) + " s";
  return std::to_string(seconds / 3600) + " h " + std::to_string(seconds % 3600 / 60) + " min";
}

} // namespace neurocards
