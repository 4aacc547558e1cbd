#pragma once

#include <string>
#include <vector>

namespace neurocards::test {

/// SQL without its comments.
std::string without_comments(const std::string& sql);

/// What stands between semicolons outside of quotes and parentheses, each with its semicolon; the
/// last one may have none. Knows no dollar quotes: a function's body is given without them.
std::vector<std::string> statements_of(const std::string& sql);

/// The same in lower case, with one blank for any white space.
std::string in_one_form(const std::string& sql);

} // namespace neurocards::test
