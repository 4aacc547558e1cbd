#include "tests/support/folders.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <string>
#include <vector>

/// The arguments of a call are evaluated in any order, and compilers differ. A call that uses an
/// object in one argument and moves it in another works with one compiler and hands over an emptied
/// object with the next; no compiler warns.
namespace {

namespace fs = std::filesystem;

/// Comments and the insides of literals as blanks: what is left can be taken apart by its brackets.
std::string code_of(const std::string& text) {
  std::string result = text;
  const auto blank = [&](size_t from, size_t to) {
    for (auto i = from; i < std::min(to, result.size()); ++i)
      if (result[i] != '\n')
        result[i] = ' ';
  };
  for (size_t i = 0; i < text.size(); ++i) {
    if (text.compare(i, 2, "//") == 0) {
      const auto end = std::min(text.find('\n', i), text.size());
      blank(i, end);
      i = end;
    } else if (text.compare(i, 3, "R\"(") == 0) {
      const auto end = std::min(text.find(")\"", i), text.size());
      blank(i, end + 2);
      i = end + 1;
    } else if (text[i] == '"' || (text[i] == '\'' && (i == 0 || !std::isalnum(text[i - 1])))) {
      auto end = i + 1;
      while (end < text.size() && text[end] != text[i])
        end += text[end] == '\\' ? 2 : 1;
      blank(i + 1, end);
      i = end;
    }
  }
  return result;
}

bool opens(char c) {
  return c == '(' || c == '[' || c == '{';
}

bool closes(char c) {
  return c == ')' || c == ']' || c == '}';
}

/// The argument list around a position: from behind its bracket to its closing one; empty when a
/// block is nearer. Lists in braces do not count, they are evaluated from left to right.
struct argument_list {
  size_t begin = 0;
  size_t end = 0;
};

argument_list list_around(const std::string& code, size_t position) {
  int depth = 0;
  size_t begin = position;
  while (begin > 0) {
    const char c = code[--begin];
    if (closes(c))
      ++depth;
    else if (opens(c) && depth-- == 0)
      break;
    else if (c == ';' && depth == 0)
      return {};
  }
  if (!opens(code[begin]))
    return {};
  depth = 0;
  size_t end = position;
  for (; end < code.size(); ++end) {
    if (opens(code[end]))
      ++depth;
    else if (closes(code[end]) && depth-- == 0)
      break;
    else if (code[end] == ';' && depth == 0)
      return {};
  }
  return {begin + 1, end};
}

std::vector<std::string> arguments_beside(const std::string& code, argument_list list,
                                          size_t position) {
  std::vector<std::string> result;
  int depth = 0;
  size_t begin = list.begin;
  for (size_t i = list.begin; i <= list.end; ++i) {
    if (i == list.end || (code[i] == ',' && depth == 0)) {
      if (position < begin || position >= i)
        result.push_back(code.substr(begin, i - begin));
      begin = i + 1;
    } else {
      depth += opens(code[i]) ? 1 : closes(code[i]) ? -1 : 0;
    }
  }
  return result;
}

/// "line: name" of each object that one argument moves and another uses.
std::vector<std::string> faults_in(const std::string& text) {
  static const std::regex moved{R"(std::move\(\s*\*?\s*([A-Za-z_]\w*)((?:\.\w+|->\w+)*))"};
  std::vector<std::string> result;
  const auto code = code_of(text);
  for (std::sregex_iterator x{code.begin(), code.end(), moved}, none; x != none; ++x) {
    const auto name = (*x)[1].str();
    const std::regex use{"(^|[^\\w.>:])" + name + "\\b(?!\\s*\\()" // an object, all of it
                         + ((*x)[2].length() > 0 ? "(?!\\.|->)" : "")};
    auto position = static_cast<size_t>(x->position());
    for (auto list = list_around(code, position); list.end > 0;
         list = list_around(code, position)) {
      const char bracket = code[list.begin - 1];
      const auto beside = arguments_beside(code, list, position);
      const auto uses = [&](const std::string& one) { return std::regex_search(one, use); };
      if (bracket == '(' && std::any_of(beside.begin(), beside.end(), uses)) {
        const auto line = std::count(code.begin(), code.begin() + x->position(), '\n') + 1;
        result.push_back(std::to_string(line) + ": " + name);
        break;
      }
      position = list.begin - 1;
    }
  }
  return result;
}

} // namespace

TEST_SUITE_BEGIN("unit/argument_order");

TEST_CASE("argument order: a call that moves an object and uses it beside is found") {
  using found = std::vector<std::string>;
  CHECK(faults_in("put({row(*x)}, [x = std::move(*x)](auto) {});") == found{"1: x"});
  CHECK(faults_in("put(\n  std::move(x), x.id);") == found{"2: x"});
  CHECK(faults_in("f(g(std::move(x)), h(x));") == found{"1: x"});
  CHECK(faults_in("f({x.id, std::move(x)});").empty()); // in braces: from left to right
  CHECK(faults_in("f(std::move(x.a), std::move(x.b));").empty());
  CHECK(faults_in("f(y, [] { g(std::move(x)); h(x); });").empty()); // two statements
  CHECK(faults_in("f(std::move(x), \"x\"); // x").empty());
}

TEST_CASE("argument order: no call moves an object that another of its arguments uses") {
  int files = 0;
  for (const auto* folder : {"actors", "base", "bench", "clients", "db", "domain", "node",
                             "protocol", "sandbox", "tests"}) {
    for (const auto& entry :
         fs::recursive_directory_iterator{neurocards::test::in_source(folder)}) {
      const auto extension = entry.path().extension();
      if ((extension != ".cpp" && extension != ".hpp")
          || entry.path().filename() == "argument_order_test.cpp")
        continue;
      ++files;
      std::ifstream in{entry.path()};
      for (const auto& fault : faults_in({std::istreambuf_iterator<char>{in}, {}}))
        FAIL_CHECK(entry.path().string() << ":" << fault << " is moved and used in one call");
    }
  }
  CHECK(files > 300);
}

TEST_SUITE_END();
