#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

/// Rows of the database, which come as JSON, in the words of a terminal. Times are shown without
/// fractions and zone, in UTC.
namespace neurocards {

/// The named fields of a row.
std::vector<std::string> row_of(const nlohmann::json& row,
                                std::initializer_list<const char*> names);

/// A table of the named fields of all rows; `otherwise` when there are none.
std::string table_of(const nlohmann::json& rows, std::vector<std::string> heads,
                     std::initializer_list<const char*> names, const std::string& otherwise);

/// All fields of an object but the lists, one a line.
std::string fields_text(const nlohmann::json& object);

} // namespace neurocards
