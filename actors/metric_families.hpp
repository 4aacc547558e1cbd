#pragma once

#include <initializer_list>
#include <string_view>

#include <caf/string_view.hpp>
#include <caf/telemetry/metric_registry.hpp>

/// How the families of `metrics` are made.
namespace neurocards::metric_families {

constexpr caf::string_view prefix = "neurocards";

/// Makes the series whose values are known beforehand, so that they read 0 and not "no data".
template <class Family>
Family* with(Family* family, caf::string_view label,
             std::initializer_list<caf::string_view> values) {
  for (const auto& value : values)
    family->get_or_add({{label, value}});
  return family;
}

inline caf::string_view view(std::string_view x) {
  return {x.data(), x.size()};
}

} // namespace neurocards::metric_families
