#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace neurocards {

/// Rows as columns of text for a terminal; the first row is the heading. Without further rows only
/// `if_empty` is printed.
std::string table_text(const std::vector<std::vector<std::string>>& rows,
                       const std::string& if_empty);

/// Rows of left_to_operators(), for a terminal; nothing if there are none.
std::string left_to_operators_text(const nlohmann::json& rows);

/// What a standby that is not waited for costs, in a sentence.
std::string asynchronous_standby_text(const std::string& name);

/// "3 min 20 s" for 200.
std::string spoken(int64_t seconds);

} // namespace neurocards
