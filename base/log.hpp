#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

/// One line per event: a name that never changes (`who.what_happened`), then keys and values:
///
///     log::info("job.completed", "job", id, "seconds", 201);
///
/// Values are escaped, so a line is always one line. Secrets have no overload but "***"
/// (base/secret.hpp); texts of users are not logged at all.
namespace neurocards::log {

enum class level : uint8_t { trace, debug, info, warn, error };

struct options {
  level threshold = level::info;
  bool json = false; // one JSON object a line instead of text
  std::string file;  // empty: standard error
};

/// Sets up logging for the process. Before the first call lines go to standard error as text.
/// Throws `std::runtime_error` when `file` cannot be opened.
void start(const options&);

/// From now on.
void set_threshold(level);

/// Opens the log file anew after it was moved away (rotation). No-op for standard error.
void reopen();

/// Writes out what is buffered.
void flush();

bool enabled(level);

/// Lines of that level since the process began.
uint64_t lines_written(level);

std::optional<level> parse_level(std::string_view);

namespace detail {

/// Collects one line's keys and values in the chosen format.
class line {
public:
  explicit line(std::string_view name);

  void add(std::string_view key, std::string_view value);
  void add_number(std::string_view key, std::string_view digits);

  void write(level) const;

private:
  std::string text_;
};

/// Durations are written in seconds.
template <class Rep, class Period>
void add(line& out, std::string_view key, std::chrono::duration<Rep, Period> value) {
  out.add_number(key, std::to_string(std::chrono::duration<double>{value}.count()));
}

template <class T>
void add(line& out, std::string_view key, const T& value) {
  if constexpr (std::same_as<T, bool>)
    out.add_number(key, value ? "true" : "false");
  else if constexpr (std::integral<T> || std::floating_point<T>)
    out.add_number(key, std::to_string(value));
  else if constexpr (std::convertible_to<const T&, std::string_view>)
    out.add(key, value);
  else
    out.add(key, to_string(value));
}

inline void add_all(line&) {
  // no more pairs
}

template <class T, class... More>
void add_all(line& out, std::string_view key, const T& value, const More&... more) {
  add(out, key, value);
  add_all(out, more...);
}

template <class... Pairs>
void write(level severity, std::string_view name, const Pairs&... pairs) {
  static_assert(sizeof...(pairs) % 2 == 0, "keys and values come in pairs");
  if (!enabled(severity))
    return;
  line out{name};
  add_all(out, pairs...);
  out.write(severity);
}

} // namespace detail

/// For following one program step by step.
template <class... Pairs>
void debug(std::string_view name, const Pairs&... pairs) {
  detail::write(level::debug, name, pairs...);
}

/// The life of jobs and nodes, in words an operator knows.
template <class... Pairs>
void info(std::string_view name, const Pairs&... pairs) {
  detail::write(level::info, name, pairs...);
}

/// What heals by itself.
template <class... Pairs>
void warn(std::string_view name, const Pairs&... pairs) {
  detail::write(level::warn, name, pairs...);
}

/// What needs a person; says what to do.
template <class... Pairs>
void error(std::string_view name, const Pairs&... pairs) {
  detail::write(level::error, name, pairs...);
}

/// Lets what repeats through only the first time and at every power of two, and counts the rest.
/// Not thread-safe: one per actor and kind of event.
class limiter {
public:
  /// True when this occurrence is to be logged; `count` tells how many there were.
  bool should_log() {
    ++count_;
    return (count_ & (count_ - 1)) == 0;
  }
  uint64_t count() const { return count_; }

  /// On recovery: forgets, and returns how many occurrences there were.
  uint64_t reset() { return std::exchange(count_, 0); }

private:
  uint64_t count_ = 0;
};

} // namespace neurocards::log
