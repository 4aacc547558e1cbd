#pragma once

#include "base/strong_id.hpp"
#include "base/uuid.hpp"
#include "db/array_text.hpp"

#include <chrono>
#include <concepts>
#include <deque>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace neurocards::db {

/// One argument of a call of an SQL function, under the name of its parameter: `p_jobs => $1`. The
/// order of arguments says nothing, and PostgreSQL refuses a name that the function does not know.
struct argument {
  argument(const char* to, std::string text) : parameter(to), value(std::move(text)) {}

  argument(const char* to, const array_text& array) : argument(to, array.str()) {}

  template <std::same_as<bool> Truth> // a pointer would become a bool
  argument(const char* to, Truth truth) : argument(to, std::string{truth ? "true" : "false"}) {}

  template <std::integral Number>
  requires(!std::same_as<Number, bool>) argument(const char* to, Number number)
    : argument(to, std::to_string(number)) {}

  argument(const char* to, const uuid& id) : argument(to, to_string(id)) {}

  template <class T, class Tag>
  argument(const char* to, const strong_id<T, Tag>& id) : argument(to, id.value) {}

  /// NULL for nullopt.
  argument(const char* to, std::optional<bool> truth) : parameter(to) {
    if (truth)
      value = *truth ? "true" : "false";
  }

  /// NULL for nullopt.
  argument(const char* to, std::optional<double> number) : parameter(to) {
    if (number)
      value = decimal(*number);
  }

  /// An interval. Arrays of durations are numbers of milliseconds (`p_delays_ms`).
  argument(const char* to, std::chrono::milliseconds duration)
    : argument(to, static_cast<int64_t>(duration.count())) {
    unit = " * interval '1 ms'";
  }

  /// NULL for nullopt.
  template <class T>
  argument(const char* to, const std::optional<T>& x) : argument(to, x.value_or(T{})) {
    if (!x)
      value.reset();
  }

  const char* parameter;
  std::optional<std::string> value; // nullopt: NULL
  const char* unit = "";            // what the number is multiplied by
};

/// The array of `project(x)` for every x of `range`: a column of a batch.
template <class Range, class Projection = std::identity>
argument column(const char* parameter, const Range& range, Projection project = {}) {
  array_text result;
  for (const auto& x : range)
    result.add(std::invoke(project, x));
  return {parameter, result};
}

/// Arrays that grow side by side, each declared once under the name of its parameter.
class array_arguments {
public:
  /// An empty array to be filled. Stays where it is.
  array_text& add(const char* parameter) { return arrays_.emplace_back(parameter).values; }

  std::vector<argument> all() const {
    std::vector<argument> result;
    for (const auto& x : arrays_)
      result.emplace_back(x.parameter, x.values);
    return result;
  }

private:
  struct named_array {
    explicit named_array(const char* to) : parameter(to) {}

    const char* parameter;
    array_text values;
  };

  std::deque<named_array> arrays_;
};

/// The statement `text`, in which "(...)" stands for the arguments, with these.
std::string call_text(std::string_view text, std::span<const argument> arguments);

} // namespace neurocards::db
