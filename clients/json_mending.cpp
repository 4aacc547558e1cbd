#include "clients/json_mending.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>

namespace neurocards::wire {

namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD"; // U+FFFD
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// As JSON writes numbers.
bool is_number(std::string_view x) {
  const auto digits = [&x] {
    const auto end = std::find_if_not(x.begin(), x.end(), is_digit);
    const auto count = static_cast<size_t>(end - x.begin());
    x.remove_prefix(count);
    return count;
  };
  if (x.starts_with('-'))
    x.remove_prefix(1);
  const bool zero = x.starts_with('0');
  if (const size_t whole = digits(); whole == 0 || (zero && whole > 1))
    return false;
  if (x.starts_with('.')) {
    x.remove_prefix(1);
    if (digits() == 0)
      return false;
  }
  if (x.starts_with('e') || x.starts_with('E')) {
    x.remove_prefix(1);
    if (x.starts_with('+') || x.starts_with('-'))
      x.remove_prefix(1);
    if (digits() == 0)
      return false;
  }
  return x.empty();
}

template <class T>
bool holds(std::string_view x) {
  T value{};
  const auto [end, fault] = std::from_chars(x.data(), x.data() + x.size(), value);
  return fault == std::errc{} && end == x.data() + x.size();
}

/// A word outside of quotes, as strict JSON.
std::string mended_word(std::string_view x) {
  if (x == "true" || x == "True")
    return "true";
  if (x == "false" || x == "False")
    return "false";
  const bool whole = x.find_first_of(".eE") == std::string_view::npos;
  if (is_number(x) && (whole ? holds<int64_t>(x) || holds<uint64_t>(x) : holds<double>(x)))
    return std::string{x};
  // Digits that no number type holds, or that are written otherwise, may be somebody's id.
  if (x.find_first_not_of("0123456789+-.eE") == std::string_view::npos
      && std::any_of(x.begin(), x.end(), is_digit))
    return '"' + std::string{x} + '"';
  return "null";
}

class mender {
public:
  explicit mender(std::string_view text) : left_(text) {}

  /// How reading a value ended.
  enum class ending : uint8_t {
    whole,
    cut,  // the text ended within it; what came of it is written
    lost, // the text ended within it, and it is of no use
    bad,  // this is no JSON
  };

  ending run() {
    if (left_.starts_with(byte_order_mark))
      left_.remove_prefix(byte_order_mark.size());
    skip_space();
    return left_.starts_with('{') || left_.starts_with('[') ? value(0) : ending::bad;
  }

  std::string take() { return std::move(out_); }

private:
  void skip_space() {
    left_.remove_prefix(std::min(left_.find_first_not_of(" \t\r\n"), left_.size()));
  }

  void skip_commas() {
    left_.remove_prefix(std::min(left_.find_first_not_of(" \t\r\n,"), left_.size()));
  }

  ending value(int depth) {
    skip_space();
    if (left_.empty())
      return ending::lost;
    switch (left_.front()) {
      case '{':
        return depth < keep_depth ? container('}', depth) : skip_container();
      case '[':
        return depth < keep_depth ? container(']', depth) : skip_container();
      case '"':
        return text();
      default:
        return word();
    }
  }

  ending container(char close, int depth) {
    out_ += left_.front();
    left_.remove_prefix(1);
    for (bool first = true;; first = false) {
      skip_commas();
      if (left_.starts_with(close)) {
        left_.remove_prefix(1);
        out_ += close;
        return ending::whole;
      }
      const size_t before = out_.size();
      out_ += first ? "" : ",";
      const auto end = close == '}' ? member(depth) : value(depth + 1);
      if (end == ending::bad)
        return end;
      if (end != ending::whole) {
        if (end == ending::lost)
          out_.resize(before);
        out_ += close;
        return ending::cut;
      }
      skip_space();
      if (!left_.empty() && left_.front() != ',' && left_.front() != close)
        return ending::bad;
    }
  }

  ending member(int depth) {
    if (left_.empty())
      return ending::lost;
    if (left_.front() != '"')
      return ending::bad;
    if (const auto key = text(); key != ending::whole)
      return key;
    skip_space();
    if (left_.empty())
      return ending::lost;
    if (left_.front() != ':')
      return ending::bad;
    left_.remove_prefix(1);
    out_ += ':';
    return value(depth + 1);
  }

  ending skip_container() {
    int open = 0;
    bool quoted = false;
    for (size_t i = 0; i < left_.size(); ++i) {
      const char c = left_[i];
      if (quoted) {
        i += c == '\\' ? 1 : 0;
        quoted = c != '"';
        continue;
      }
      quoted = c == '"';
      open += c == '{' || c == '[' ? 1 : 0;
      open -= c == '}' || c == ']' ? 1 : 0;
      if (open == 0) {
        left_.remove_prefix(i + 1);
        out_ += "null";
        return ending::whole;
      }
    }
    return ending::lost;
  }

  ending word() {
    const size_t end = left_.find_first_of(" \t\r\n,:]}[{\"");
    if (end == 0)
      return ending::bad;
    if (end == std::string_view::npos)
      return ending::lost; // "50" may be the beginning of 500
    out_ += mended_word(left_.substr(0, end));
    left_.remove_prefix(end);
    return ending::whole;
  }

  ending text() {
    out_ += '"';
    left_.remove_prefix(1);
    while (!left_.empty()) {
      const char c = left_.front();
      if (c == '"') {
        left_.remove_prefix(1);
        out_ += '"';
        return ending::whole;
      }
      if (c == '\\')
        escape();
      else
        character();
    }
    return ending::lost;
  }

  void character() {
    const auto c = static_cast<unsigned char>(left_.front());
    if (c < 0x20) {
      constexpr std::string_view hex = "0123456789abcdef";
      out_ += "\\u00";
      out_ += hex[c >> 4U];
      out_ += hex[c & 15U];
      left_.remove_prefix(1);
      return;
    }
    const size_t size = character_size(left_);
    out_ += size == 0 ? replacement : left_.substr(0, size);
    left_.remove_prefix(std::max<size_t>(size, 1));
  }

  /// The four digits behind `\u` at `offset`; -1: there are none.
  int code_unit(size_t offset) const {
    int value = -1;
    if (left_.size() < offset + 6 || left_.substr(offset, 2) != "\\u")
      return -1;
    const auto* begin = left_.data() + offset + 2;
    const auto [end, fault] = std::from_chars(begin, begin + 4, value, 16);
    return fault == std::errc{} && end == begin + 4 && *begin != '-' ? value : -1;
  }

  void escape() {
    if (left_.size() < 2) {
      left_.remove_prefix(1); // the text ends here
      return;
    }
    if (std::string_view{"\"\\/bfnrt"}.find(left_[1]) != std::string_view::npos) {
      out_ += left_.substr(0, 2);
      left_.remove_prefix(2);
    } else if (left_[1] != 'u') {
      left_.remove_prefix(1); // "\x" is an x
    } else {
      unicode_escape();
    }
  }

  void unicode_escape() {
    const int unit = code_unit(0);
    const int next = code_unit(6);
    const bool leads = unit >= 0xd800 && unit < 0xdc00;
    if (leads && next >= 0xdc00 && next < 0xe000) {
      out_ += left_.substr(0, 12);
      left_.remove_prefix(12);
      return;
    }
    const bool half = unit >= 0xd800 && unit < 0xe000;
    out_ += unit < 0 || half ? replacement : left_.substr(0, 6);
    left_.remove_prefix(unit < 0 ? 2 : 6);
  }

  std::string_view left_;
  std::string out_;
};

} // namespace

/// Checked by form: overlong forms and surrogates are caught by the first two bytes.
size_t character_size(std::string_view text) {
  const auto byte = [text](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  const size_t size = lead < 0x80   ? 1
                      : lead < 0xc2 ? 0
                      : lead < 0xe0 ? 2
                      : lead < 0xf0 ? 3
                      : lead < 0xf5 ? 4
                                    : 0;
  if (size > text.size())
    return 0;
  for (size_t i = 1; i < size; ++i)
    if ((byte(i) & 0xc0U) != 0x80)
      return 0;
  const bool bad_second = (lead == 0xe0 && byte(1) < 0xa0) || (lead == 0xed && byte(1) >= 0xa0)
                          || (lead == 0xf0 && byte(1) < 0x90) || (lead == 0xf4 && byte(1) >= 0x90);
  return size > 1 && bad_second ? 0 : size;
}

std::optional<std::string> mended(std::string_view text, cut_rule cut) {
  mender it{text};
  const auto end = it.run();
  const bool good =
    end == mender::ending::whole || (end == mender::ending::cut && cut == cut_rule::close);
  return good ? std::optional{it.take()} : std::nullopt;
}

} // namespace neurocards::wire
