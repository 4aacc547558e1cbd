#include "node/config/spelling.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace neurocards::config {

std::string nearest(std::string_view word, const std::vector<std::string>& candidates) {
  const auto distance = [](std::string_view a, std::string_view b) {
    std::vector<size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), size_t{0});
    for (size_t i = 1; i <= a.size(); ++i) {
      size_t diagonal = std::exchange(row[0], i);
      for (size_t j = 1; j <= b.size(); ++j) {
        const size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
        diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, replaced}));
      }
    }
    return row.back();
  };
  std::string result;
  size_t best = word.size() / 3 + 1; // a third of the letters wrong is another word
  for (const auto& x : candidates)
    if (const size_t d = distance(word, x); d < best || (d == best && result.empty() && d <= 1)) {
      best = d;
      result = x;
    }
  return result;
}

std::string suggestion(std::string_view word, const std::vector<std::string>& candidates) {
  const auto near = nearest(word, candidates);
  return near.empty() ? "" : " (did you mean \"" + near + "\"?)";
}

} // namespace neurocards::config
