#include "db/array_text.hpp"
#include "tests/fuzz/fuzz.hpp"

// Foreign texts on their way into arrays of PostgreSQL.

#include <algorithm>
#include <vector>

using namespace neurocards;
using namespace neurocards::test::fuzz;

namespace {

/// As PostgreSQL reads an array of quoted texts.
std::vector<std::string> read(std::string_view text) {
  require(text.size() >= 2 && text.front() == '{' && text.back() == '}', "an array has braces");
  text = text.substr(1, text.size() - 2);
  std::vector<std::string> result;
  while (!text.empty()) {
    require(text.front() == '"', "every element is quoted");
    text.remove_prefix(1);
    auto& element = result.emplace_back();
    for (; !text.empty() && text.front() != '"'; text.remove_prefix(1)) {
      if (text.front() == '\\')
        text.remove_prefix(1);
      require(!text.empty(), "a backslash has its character");
      element += text.front();
    }
    require(!text.empty(), "every quote is closed");
    text.remove_prefix(1);
    require(text.empty() || text.front() == ',', "elements are separated");
    text.remove_prefix(text.empty() ? 0 : 1);
  }
  return result;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  input in{data, size};
  std::vector<std::string> texts{in.line(), in.line(), in.rest()};
  db::array_text written;
  for (const auto& x : texts)
    written.add(std::string_view{x});
  for (auto& x : texts)
    std::erase(x, '\0');
  require(read(written.str()) == texts, "an array reads as what was written, without NUL");
  db::array_text json;
  json.add_json(texts[2]);
  const auto back = read(json.str());
  require(back.size() == 1 && (back[0].size() <= texts[2].size() || back[0] == "{}"),
          "a document grows not, unless there was none");
  return 0;
}
