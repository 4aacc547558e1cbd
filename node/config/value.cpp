#include "node/config/value.hpp"

#include "node/config/spelling.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <sstream>

namespace neurocards::config {

namespace {

template <class E>
struct word {
  E value;
  std::string_view text;
};

constexpr std::array modes{word<telegram_mode>{telegram_mode::polling, "polling"},
                           word<telegram_mode>{telegram_mode::webhook, "webhook"}};
constexpr std::array storages{word<storage_kind>{storage_kind::local, "local"},
                              word<storage_kind>{storage_kind::s3, "s3"}};
constexpr std::array voice_words{word<voices>{voices::listed, "listed"},
                                 word<voices>{voices::always, "always"},
                                 word<voices>{voices::never, "never"}};
constexpr std::array levels{
  word<log::level>{log::level::trace, "trace"}, word<log::level>{log::level::debug, "debug"},
  word<log::level>{log::level::info, "info"}, word<log::level>{log::level::warn, "warn"},
  word<log::level>{log::level::error, "error"}};

std::string shown(const caf::config_value& x) {
  return quote(caf::to_string(x));
}

template <class Words, class E>
fault_text read_word(const caf::config_value& x, const Words& words, E& out) {
  std::vector<std::string> allowed;
  for (const auto& w : words) {
    if (caf::to_string(x) == w.text) {
      out = w.value;
      return {};
    }
    allowed.emplace_back(w.text);
  }
  std::string list;
  for (const auto& w : allowed)
    list += (list.empty() ? "" : ", ") + w;
  return shown(x) + " is unknown; allowed: " + list + suggestion(caf::to_string(x), allowed);
}

template <class Words, class E>
std::string show_word(const Words& words, E x) {
  for (const auto& w : words)
    if (w.value == x)
      return show(std::string{w.text});
  return {};
}

} // namespace

fault_text read(const caf::config_value& x, duration& out) {
  constexpr auto examples = "write 15s, 2min or 500ms";
  caf::config_value value = x;
  if (const auto* text = caf::get_if<std::string>(&x))
    value = from_text(*text);
  if (const auto* span = caf::get_if<caf::timespan>(&value)) {
    out = *span;
    return {};
  }
  if (caf::holds_alternative<int64_t>(value) || caf::holds_alternative<double>(value))
    return shown(x) + " has no unit; " + examples;
  return shown(x) + " is no duration; " + examples;
}

fault_text read(const caf::config_value& x, std::optional<duration>& out) {
  if (caf::to_string(x) == "auto") {
    out.reset();
    return {};
  }
  duration length{0};
  auto reason = read(x, length);
  if (reason.empty())
    out = length;
  return reason;
}

fault_text read(const caf::config_value& x, int& out) {
  const auto* number = caf::get_if<int64_t>(&x);
  if (number == nullptr)
    return shown(x) + " is no whole number; write digits only";
  if (*number < std::numeric_limits<int>::min() || *number > std::numeric_limits<int>::max())
    return shown(x) + " is out of range";
  out = static_cast<int>(*number);
  return {};
}

fault_text read(const caf::config_value& x, double& out) {
  if (const auto* whole = caf::get_if<int64_t>(&x))
    out = static_cast<double>(*whole);
  else if (const auto* real = caf::get_if<double>(&x))
    out = *real;
  else
    return shown(x) + " is no number; write 30 or 0.5";
  return {};
}

fault_text read(const caf::config_value& x, bool& out) {
  const auto* value = caf::get_if<bool>(&x);
  if (value == nullptr)
    return shown(x) + " is neither; allowed: true, false";
  out = *value;
  return {};
}

fault_text read(const caf::config_value& x, std::string& out) {
  const auto* text = caf::get_if<std::string>(&x);
  if (text == nullptr)
    return shown(x) + " is no text; write it in double quotes";
  out = *text;
  return {};
}

fault_text read(const caf::config_value& x, telegram_mode& out) {
  return read_word(x, modes, out);
}

fault_text read(const caf::config_value& x, storage_kind& out) {
  return read_word(x, storages, out);
}

fault_text read(const caf::config_value& x, voices& out) {
  return read_word(x, voice_words, out);
}

fault_text read(const caf::config_value& x, log::level& out) {
  return read_word(x, levels, out);
}

std::string show(duration x) {
  struct unit {
    duration length;
    duration from; // shorter ones read better in the next unit: 180s, not 3min
    const char* name;
  };
  constexpr std::array<unit, 5> units{
    {{1h, 1h, "h"}, {1min, 10min, "min"}, {1s, 1s, "s"}, {1ms, 1ms, "ms"}, {1us, 1us, "us"}}};
  if (x == duration::zero())
    return "0s";
  for (const auto& u : units)
    if (x >= u.from && x % u.length == duration::zero())
      return std::to_string(x / u.length) + u.name;
  return std::to_string(x.count()) + "ns";
}

std::string show(const std::optional<duration>& x) {
  return x ? show(*x) : show(std::string{"auto"});
}

std::string show(int x) {
  return std::to_string(x);
}

std::string show(double x) {
  std::ostringstream out;
  out << x;
  return out.str();
}

std::string show(bool x) {
  return x ? "true" : "false";
}

std::string show(const std::string& x) {
  std::string result = "\"";
  for (const char c : x) {
    if (c == '"' || c == '\\')
      result += '\\';
    if (c == '\n')
      result += "\\n";
    else
      result += c;
  }
  return result + '"';
}

std::string show(telegram_mode x) {
  return show_word(modes, x);
}

std::string show(storage_kind x) {
  return show_word(storages, x);
}

std::string show(voices x) {
  return show_word(voice_words, x);
}

std::string show(log::level x) {
  return show_word(levels, x);
}

std::string quote(std::string_view text) {
  constexpr size_t limit = 60;
  std::string result = "\"";
  for (const char c : text.substr(0, limit))
    result += static_cast<unsigned char>(c) < ' ' ? ' ' : c;
  return result + (text.size() > limit ? "…\"" : "\"");
}

caf::config_value from_text(const std::string& text) {
  if (auto value = caf::config_value::parse(text); value && *value)
    return std::move(*value);
  return caf::config_value{text};
}

} // namespace neurocards::config
