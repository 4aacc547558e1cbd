#include "node/http/metric_values.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

namespace neurocards {

namespace {

constexpr std::string_view own_prefix = "neurocards_";
constexpr std::string_view process_prefix = "process_";
constexpr std::string_view counter_suffix = "_total";
constexpr std::string_view bucket_suffix = "_bucket";
constexpr std::string_view bound_label = "le=\"";

/// Cuts the first line off.
std::string_view take_line(std::string_view& text) {
  const auto line = text.substr(0, text.find('\n'));
  text.remove_prefix(std::min(text.size(), line.size() + 1));
  return line;
}

std::optional<double> read_value(std::string_view text) {
  if (text == "+Inf")
    return std::numeric_limits<double>::infinity();
  double result = 0;
  const auto end = text.data() + text.size();
  const auto got = std::from_chars(text.data(), end, result);
  return got.ec == std::errc{} && got.ptr == end ? std::optional{result} : std::nullopt;
}

/// name{labels} value
struct sample {
  std::string_view name;
  std::string_view labels; // without braces
  double value = 0;
};

/// The values of labels are quoted: a brace in one does not end them.
std::optional<sample> read_sample(std::string_view line) {
  sample result;
  const auto space = line.rfind(' ');
  if (space == std::string_view::npos || line.starts_with('#'))
    return std::nullopt;
  const auto value = read_value(line.substr(space + 1));
  const auto before = line.substr(0, space);
  const auto brace = before.find('{');
  if (!value || std::isnan(*value))
    return std::nullopt;
  result.name = before.substr(0, brace);
  result.value = *value;
  if (brace != std::string_view::npos && before.ends_with('}'))
    result.labels = before.substr(brace + 1, before.size() - brace - 2);
  return result;
}

std::string with_labels(const std::string& name, std::string_view labels) {
  return labels.empty() ? name : name + "{" + std::string{labels} + "}";
}

/// Reads the families one after the other.
class reader {
public:
  metric_values read(std::string_view text) && {
    while (!text.empty()) {
      const auto line = take_line(text);
      if (line.starts_with("# TYPE "))
        begin_family(line.substr(7));
      else if (const auto x = is_ours_ ? read_sample(line) : std::nullopt)
        add(*x);
    }
    return std::move(values_);
  }

private:
  void begin_family(std::string_view words) {
    family_ = words.substr(0, words.find(' '));
    type_ = words.substr(std::min(words.size(), family_.size() + 1));
    auto name = family_;
    is_ours_ = name.starts_with(own_prefix) || name.starts_with(process_prefix);
    if (name.starts_with(own_prefix))
      name.remove_prefix(own_prefix.size());
    if (name.ends_with(counter_suffix))
      name.remove_suffix(counter_suffix.size());
    name_ = name;
  }

  void add(const sample& x) {
    if (type_ == "histogram")
      return add_bucket(x);
    auto& to = type_ == "counter" ? values_.counters : values_.gauges;
    to[with_labels(name_, x.labels)] += x.value;
    if (!x.labels.empty())
      to[name_] += x.value;
  }

  /// The bound is the last label.
  void add_bucket(const sample& x) {
    const auto mark = x.labels.rfind(bound_label);
    if (!x.name.ends_with(bucket_suffix) || mark == std::string_view::npos)
      return; // sum and count say nothing about quantiles
    const auto bound = read_value(
      x.labels.substr(mark + bound_label.size(), x.labels.size() - mark - bound_label.size() - 1));
    if (!bound)
      return;
    const auto labels = x.labels.substr(0, mark == 0 ? 0 : mark - 1);
    add_count(with_labels(name_, labels), *bound, x.value);
    if (!labels.empty())
      add_count(name_, *bound, x.value);
  }

  void add_count(const std::string& series, double bound, double count) {
    auto& counts = values_.histograms[series].counts;
    const auto place =
      std::ranges::lower_bound(counts, bound, {}, [](const auto& c) { return c.first; });
    if (place != counts.end() && place->first == bound)
      place->second += count;
    else
      counts.insert(place, {bound, count});
  }

  metric_values values_;
  std::string_view family_;
  std::string_view type_;
  std::string name_;
  bool is_ours_ = false;
};

using distribution = metric_values::distribution;

/// The observations between two moments; of a histogram that is new, all.
distribution difference(const distribution* before, const distribution& now) {
  auto result = now;
  if (before && before->counts.size() == now.counts.size())
    for (size_t i = 0; i < now.counts.size(); ++i)
      result.counts[i].second = std::max(0.0, now.counts[i].second - before->counts[i].second);
  return result;
}

/// Between the bounds of the bucket in which it lies, as if that were filled evenly; beyond the
/// last bound, that bound.
double quantile(const distribution& x, double share) {
  const double wanted = x.counts.back().second * share;
  double low = 0;
  double below = 0;
  for (const auto& [bound, count] : x.counts) {
    if (count >= wanted && count > below)
      return std::isinf(bound) ? low : low + (bound - low) * (wanted - below) / (count - below);
    low = bound;
    below = count;
  }
  return low;
}

constexpr std::array<std::pair<const char*, double>, 2> shares{{{".p50", 0.5}, {".p95", 0.95}}};

template <class Map>
auto* find(const Map& map, const std::string& name) {
  const auto found = map.find(name);
  return found == map.end() ? nullptr : &found->second;
}

} // namespace

metric_values read_metrics(std::string_view text) {
  return reader{}.read(text);
}

std::vector<std::string> quantile_names(const metric_values& x) {
  std::vector<std::string> result;
  for (const auto& [name, _] : x.histograms)
    for (const auto& [suffix, share] : shares)
      result.push_back(name + suffix);
  return result;
}

std::map<std::string, double> series_points(const metric_values& before, const metric_values& now,
                                            double seconds) {
  auto result = now.gauges;
  for (const auto& [name, value] : now.counters)
    if (const auto* old = find(before.counters, name); old && seconds > 0 && value >= *old)
      result[name] = (value - *old) / seconds;
  for (const auto& [name, counts] : now.histograms) {
    const auto made = difference(find(before.histograms, name), counts);
    if (made.counts.empty() || made.counts.back().second <= 0)
      continue;
    for (const auto& [suffix, share] : shares)
      result[name + suffix] = quantile(made, share);
  }
  return result;
}

} // namespace neurocards
