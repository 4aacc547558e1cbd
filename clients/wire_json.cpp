#include "clients/wire_json.hpp"

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

} // namespace

document::document(std::string_view text) : parser_(max_bytes) {
  if (text.empty() || text.size() > max_bytes
      || parser_.allocate(text.size(), max_depth) != simdjson::SUCCESS)
    return;
  element found;
  if (parser_.parse(text.data(), text.size()).get(found) == simdjson::SUCCESS)
    root_ = found;
}

std::optional<element> member(std::optional<element> x, std::string_view key) {
  element found;
  if (!is_object(x) || x->at_key(key).get(found) != simdjson::SUCCESS || found.is_null())
    return std::nullopt;
  return found;
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
  return get<double>(x);
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

namespace {

/// Bytes of the character that `text` begins with; 0 if it is none. Judged by form only: overlong
/// forms and surrogates are caught by the first two bytes.
size_t character_size(std::string_view text) {
  const auto at = [text](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = at(0);
  const size_t size = lead < 0x80   ? 1
                      : lead < 0xc2 ? 0
                      : lead < 0xe0 ? 2
                      : lead < 0xf0 ? 3
                      : lead < 0xf5 ? 4
                                    : 0;
  if (size > text.size())
    return 0;
  for (size_t i = 1; i < size; ++i)
    if ((at(i) & 0xc0U) != 0x80)
      return 0;
  const bool bad_second = (lead == 0xe0 && at(1) < 0xa0) || (lead == 0xed && at(1) >= 0xa0)
                          || (lead == 0xf0 && at(1) < 0x90) || (lead == 0xf4 && at(1) >= 0x90);
  return size > 1 && bad_second ? 0 : size;
}

} // namespace

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
