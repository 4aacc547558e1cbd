#include "node/http/exposition.hpp"

#include <array>
#include <charconv>

namespace neurocards {

namespace {

std::string digits(double value) {
  std::array<char, 32> text{};
  return {text.data(), std::to_chars(text.data(), text.data() + text.size(), value).ptr};
}

} // namespace

void exposition::family(std::string_view name, std::string_view type, std::string_view help) {
  name_ = name;
  text_.append("# HELP ").append(name).append(" ").append(help);
  text_.append("\n# TYPE ").append(name).append(" ").append(type).append("\n");
}

void exposition::sample(double value, labels all) {
  line({}, value, all);
}

void exposition::distribution(std::span<const double> ends, std::span<const int64_t> counts,
                              double sum, labels all) {
  int64_t total = 0; // up to and including each bucket
  for (size_t i = 0; i < counts.size(); ++i) {
    total += counts[i];
    line("_bucket", static_cast<double>(total), all, i < ends.size() ? digits(ends[i]) : "+Inf");
  }
  line("_sum", sum, all);
  line("_count", static_cast<double>(total), all);
}

void exposition::line(std::string_view suffix, double value, labels all, std::string_view end) {
  text_.append(name_).append(suffix);
  char before = '{';
  const auto add = [&](std::string_view label, std::string_view word) {
    text_.append(1, before).append(label).append("=\"").append(word).append("\"");
    before = ',';
  };
  for (const auto& [label, word] : all)
    add(label, word);
  if (!end.empty())
    add("le", end);
  text_.append(before == '{' ? " " : "} ").append(digits(value)).append("\n");
}

} // namespace neurocards
