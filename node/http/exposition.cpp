#include "node/http/exposition.hpp"

#include <array>
#include <charconv>

namespace neurocards {

void exposition::family(std::string_view name, std::string_view type, std::string_view help) {
  name_ = name;
  text_.append("# HELP ").append(name).append(" ").append(help);
  text_.append("\n# TYPE ").append(name).append(" ").append(type).append("\n");
}

void exposition::sample(double value, labels all) {
  text_ += name_;
  char before = '{';
  for (const auto& [label, word] : all) {
    text_.append(1, before).append(label).append("=\"").append(word).append("\"");
    before = ',';
  }
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.begin(), digits.end(), value).ptr;
  text_.append(all.size() == 0 ? " " : "} ").append(digits.data(), end).append("\n");
}

} // namespace neurocards
