#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace neurocards {

/// Writes families that are not in CAF's registry as Prometheus text. Label values are words of
/// ours: nothing is escaped.
class exposition {
public:
  using labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

  /// Begins a family; its samples follow. `type` is counter, gauge or histogram.
  void family(std::string_view name, std::string_view type, std::string_view help);

  void sample(double value, labels = {});

  /// Of a histogram: how many fell into each bucket, the last of which has no end.
  void distribution(std::span<const double> ends, std::span<const int64_t> counts, double sum,
                    labels = {});

  std::string text() && { return std::move(text_); }

private:
  void line(std::string_view suffix, double value, labels, std::string_view end = {});

  std::string name_;
  std::string text_;
};

} // namespace neurocards
