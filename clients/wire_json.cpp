#include "clients/wire_json.hpp"

#include "clients/json_mending.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace neurocards::wire {

namespace {

constexpr size_t max_depth = 64;
constexpr size_t max_bytes = 64 << 20;

template <class T>
std::optional<T> get(std::optional<element> x) {
  T result{};
  if (!x || x->get<T>().get(result) != simdjson::SUCCESS)
    return std::nullopt;
  return result;
}

/// libsimdjson takes the second half of a surrogate pair without the first, and makes of it what is
/// not UTF-8.
bool may_have_half_pairs(std::string_view text) {
  for (size_t i = text.find("\\u"); i != std::string_view::npos; i = text.find("\\u", i + 2))
    if (i + 3 < text.size() && (text[i + 2] == 'd' || text[i + 2] == 'D') && text[i + 3] > '7')
      return true;
  return false;
}

} // namespace

document::document(std::string_view text, cut_rule cut) : parser_(max_bytes) {
  if (text.empty() || text.size() > max_bytes)
    return;
  if (!may_have_half_pairs(text) && parse(text))
    return;
  if (const auto strict = mended(text, cut); strict && strict->size() <= max_bytes)
    parse(*strict);
}

bool document::parse(std::string_view text) {
  element found;
  if (parser_.allocate(text.size(), max_depth) != simdjson::SUCCESS
      || parser_.parse(text.data(), text.size()).get(found) != simdjson::SUCCESS)
    return false;
  root_ = found;
  return true;
}

/// Of several of the same name the last one that says anything, as most readers of JSON have it.
std::optional<element> member(std::optional<element> x, std::string_view key) {
  std::optional<element> result;
  const auto fields = get<simdjson::dom::object>(x);
  if (!fields)
    return result;
  for (const auto field : *fields)
    if (field.key == key && !field.value.is_null())
      result = field.value;
  return result;
}

std::string text(std::optional<element> x) {
  std::string result{get<std::string_view>(x).value_or("")};
  std::erase(result, '\0');
  return result;
}

std::string loose_text(std::optional<element> x) {
  if (!x || x->is_object() || x->is_array() || x->is_null())
    return {};
  return x->is_string() ? text(x) : simdjson::minify(*x);
}

std::optional<int64_t> integer(std::optional<element> x) {
  if (const auto exact = get<int64_t>(x))
    return exact;
  if (const auto real = get<double>(x)) {
    constexpr double limit = 9e15; // beyond it a double is not exact anyway
    if (std::trunc(*real) == *real && std::abs(*real) < limit)
      return static_cast<int64_t>(*real);
    return std::nullopt;
  }
  const auto digits = get<std::string_view>(x).value_or("");
  int64_t result = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), result);
  if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size())
    return std::nullopt;
  return result;
}

std::optional<double> number(std::optional<element> x) {
  if (const auto exact = get<double>(x))
    return exact;
  const auto digits = get<std::string_view>(x).value_or("");
  double result = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), result);
  const bool whole = !digits.empty() && end == digits.data() + digits.size();
  return error == std::errc{} && whole && std::isfinite(result) ? std::optional{result}
                                                                : std::nullopt;
}

std::optional<bool> boolean(std::optional<element> x) {
  return get<bool>(x);
}

std::optional<std::vector<element>> array(std::optional<element> x) {
  const auto list = get<simdjson::dom::array>(x);
  if (!list)
    return std::nullopt;
  std::vector<element> result;
  for (const element item : *list)
    result.push_back(item);
  return result;
}

bool is_object(std::optional<element> x) {
  return x && x->is_object();
}

std::string compact(element x) {
  std::string result = simdjson::minify(x);
  for (size_t i = 0; (i = result.find('\\', i)) != std::string::npos; i += 2)
    if (std::string_view{result}.substr(i).starts_with("\\u0000"))
      std::copy_n("fffd", 4, &result[i + 2]);
  return result;
}

std::string excerpt(std::string_view text, size_t limit) {
  std::string result;
  while (!text.empty()) {
    const size_t size = character_size(text);
    if (result.size() + std::max<size_t>(size, 1) > limit)
      break;
    if (size == 0)
      result += '?';
    else if (text.front() != '\0')
      result += text.substr(0, size);
    text.remove_prefix(std::max<size_t>(size, 1));
  }
  return result;
}

} // namespace neurocards::wire
