#pragma once

#include <compare>
#include <concepts>
#include <functional>
#include <string>

namespace neurocards {

/// A value with a meaning: two ids with different tags never compare, assign or convert to each
/// other, although both may be a string or a number underneath.
template <class T, class Tag>
struct strong_id {
  T value{};

  strong_id() = default;
  explicit strong_id(T x) : value(std::move(x)) {}

  friend auto operator<=>(const strong_id&, const strong_id&) = default;
};

template <class Inspector, class T, class Tag>
bool inspect(Inspector& f, strong_id<T, Tag>& x) {
  return f.apply(x.value);
}

template <class Tag>
const std::string& to_string(const strong_id<std::string, Tag>& x) {
  return x.value;
}

template <class T, class Tag>
requires std::integral<T> std::string to_string(const strong_id<T, Tag>& x) {
  return std::to_string(x.value);
}

} // namespace neurocards

template <class T, class Tag>
struct std::hash<neurocards::strong_id<T, Tag>> {
  size_t operator()(const neurocards::strong_id<T, Tag>& x) const noexcept {
    return std::hash<T>{}(x.value);
  }
};
