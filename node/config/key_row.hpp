#pragma once

#include "node/config/addresses.hpp"
#include "node/config/entries.hpp"
#include "node/config/keys.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

/// What a row of the table of keys is written with: which values are allowed, when a new one takes
/// effect, and the row itself.
namespace neurocards::config::key_row {

/// Which values of a type are allowed, in words and as a test.
template <class T>
struct limit {
  std::string words;
  std::function<bool(const T&)> holds;
};

template <class T>
limit<T> anything() {
  return {"", [](const T&) { return true; }};
}

template <class T>
limit<T> at_least(T min) {
  return {show(min) + " or more", [min](const T& x) { return x >= min; }};
}

template <class T>
limit<T> between(T min, T max) {
  return {show(min) + " to " + show(max), [min, max](const T& x) { return x >= min && x <= max; }};
}

inline limit<std::optional<duration>> at_least_or_auto(duration min) {
  return {"auto, or " + show(min) + " or more",
          [min](const std::optional<duration>& x) { return !x || *x >= min; }};
}

inline limit<std::string> one_of(std::vector<std::string> words) {
  std::string list;
  for (const auto& w : words)
    list += (list.empty() ? "" : ", ") + w;
  return {list, [words = std::move(words)](const std::string& x) {
            return std::find(words.begin(), words.end(), x) != words.end();
          }};
}

inline limit<std::string> url() {
  return {"an address that begins with https:// or http://", is_url};
}

inline limit<std::string> url_or_empty() {
  return {"empty, or an address that begins with https:// or http://",
          [](const std::string& x) { return x.empty() || is_url(x); }};
}

inline limit<std::string> not_empty() {
  return {"a text that is not empty", [](const std::string& x) { return !x.empty(); }};
}

template <class E>
limit<E> words(std::string list) {
  return {std::move(list), [](const E&) { return true; }}; // the reader knows no others
}

inline limit<std::string> proxy_or_empty() {
  return {"empty, or [scheme://][user:password@]host:port with scheme http, https, socks4, "
          "socks4a, socks5 or socks5h; in user and password %2F for / and %40 for @",
          [](const std::string& x) { return x.empty() || is_proxy(x); }};
}

/// What the documentation calls the type.
template <class T>
std::string type_name() {
  if constexpr (std::is_same_v<T, duration>)
    return "duration";
  else if constexpr (std::is_same_v<T, std::optional<duration>>)
    return "duration or \"auto\"";
  else if constexpr (std::is_same_v<T, int>)
    return "whole number";
  else if constexpr (std::is_same_v<T, double>)
    return "number";
  else if constexpr (std::is_same_v<T, bool>)
    return "true or false";
  else if constexpr (std::is_same_v<T, std::string>)
    return "text";
  else
    return std::is_enum_v<T> ? "word" : "list";
}

/// When a new value of the key takes effect, and whether nodes may differ in it. Everybody says one
/// of the four words; without one the test "every key says when it takes effect" fails.
struct word {
  effect when = effect::unsaid;
  bool per_host = false;
};

inline constexpr word live{effect::live}; // for what reads it where it is used: services::in_force
inline constexpr word restart{effect::restart};
inline constexpr word live_here{effect::live, true};
inline constexpr word restart_here{effect::restart, true};

template <class At, class T>
key make(std::string name, At member, limit<T> allowed, std::string doc, word said = {}) {
  key result{std::move(name), type_name<T>(), allowed.words, std::move(doc)};
  result.when = said.when;
  result.per_host = said.per_host;
  result.is_text = std::is_same_v<T, std::string> || std::is_enum_v<T>;
  result.read = [member](all& x, const caf::config_value& value) {
    return config::read(value, member(x));
  };
  result.show = [member](const all& x) { return config::show(member(x)); };
  result.take = [member](all& to, const all& from) { member(to) = member(from); };
  result.check = [member, allowed](const all& x) -> fault_text {
    if (allowed.holds(member(x)))
      return {};
    return without_password(config::show(member(x))) + " is not allowed; allowed: " + allowed.words;
  };
  return result;
}

} // namespace neurocards::config::key_row
