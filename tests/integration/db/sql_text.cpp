#include "tests/integration/db/sql_text.hpp"

#include <algorithm>
#include <cctype>

namespace neurocards::test {

namespace {

/// Calls `take(begin, end, quoted)` for each quoted string and each other character.
template <class F>
void walk(const std::string& sql, F take) {
  for (size_t i = 0; i < sql.size();) {
    auto end = i + 1;
    const bool quoted = sql[i] == '\'';
    if (quoted)
      end = std::min(sql.find('\'', end), sql.size() - 1) + 1;
    take(i, end, quoted);
    i = end;
  }
}

} // namespace

std::string without_comments(const std::string& sql) {
  std::string result;
  bool comment = false;
  bool string = false;
  for (size_t i = 0; i < sql.size(); ++i) {
    if (!string && sql.compare(i, 2, "--") == 0)
      comment = true;
    if (sql[i] == '\n')
      comment = false;
    if (comment)
      continue;
    if (sql[i] == '\'')
      string = !string;
    result += sql[i];
  }
  return result;
}

std::vector<std::string> statements_of(const std::string& sql) {
  std::vector<std::string> result{""};
  int depth = 0;
  walk(sql, [&](size_t begin, size_t end, bool quoted) {
    result.back().append(sql, begin, end - begin);
    if (quoted)
      return;
    depth += sql[begin] == '(' ? 1 : sql[begin] == ')' ? -1 : 0;
    if (sql[begin] == ';' && depth == 0)
      result.emplace_back();
  });
  return result;
}

std::string in_one_form(const std::string& sql) {
  std::string result;
  for (const char x : sql) {
    const auto byte = static_cast<unsigned char>(x);
    if (std::isspace(byte) == 0)
      result += static_cast<char>(std::tolower(byte));
    else if (!result.empty() && result.back() != ' ')
      result += ' ';
  }
  return result;
}

} // namespace neurocards::test
