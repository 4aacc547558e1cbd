#include "domain/prompt_fit.hpp"

#include "domain/markup.hpp"

#include <algorithm>
#include <cctype>
#include <initializer_list>

namespace neurocards::prompts {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_blank(char c) {
  return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/// Reads a text from its front. What is not there is not taken.
class reader {
public:
  explicit reader(std::string_view text) : left_(text) {}

  std::string_view left() const { return left_; }

  bool take(std::string_view token) {
    if (!left_.starts_with(token))
      return false;
    left_.remove_prefix(token.size());
    return true;
  }

  /// The first of these that is there: the longer before the shorter.
  bool take_one(std::initializer_list<std::string_view> tokens) {
    return std::ranges::any_of(tokens, [this](std::string_view x) { return take(x); });
  }

  /// At most `most` digits.
  bool take_number(size_t most) {
    size_t digits = 0;
    while (digits < left_.size() && is_digit(left_[digits]))
      ++digits;
    if (digits == 0 || digits > most)
      return false;
    left_.remove_prefix(digits);
    return true;
  }

private:
  std::string_view left_;
};

bool take_dash(reader& in) {
  in.take(" ");
  const bool found = in.take_one({"-", "–", "—", "to ", "до "});
  in.take(" ");
  return found;
}

/// "seconds", and not the beginning of another word.
bool take_unit(reader& in) {
  reader ahead = in;
  ahead.take(" ");
  if (!ahead.take_one({"seconds", "second", "secs", "sec", "s", "секунды", "секунд", "сек", "с"}))
    return false;
  ahead.take(".");
  const auto after = ahead.left();
  const bool goes_on = !after.empty()
                       && (std::isalnum(static_cast<unsigned char>(after.front())) != 0
                           || static_cast<unsigned char>(after.front()) >= 0xD0);
  if (goes_on && !after.starts_with("–") && !after.starts_with("—"))
    return false;
  in = ahead;
  return true;
}

/// "3", "3.5" or "0:03". False: no time. `clear` becomes true where it is minutes.
bool take_time(reader& in, bool& clear) {
  if (!in.take_number(2))
    return false;
  reader minutes = in;
  if (minutes.take(":") && minutes.take_number(2)) {
    clear = true;
    in = minutes;
    return true;
  }
  reader tenths = in;
  if (tenths.take(".") && tenths.take_number(1))
    in = tenths;
  return true;
}

/// The bytes of a time mark at the front; 0: there is none. "2-3 friends" is none, nor is a range
/// that heads nothing.
size_t mark_size(std::string_view text) {
  reader in{text};
  in.take("**");
  const bool bracket = in.take_one({"[", "("});
  bool clear = in.take_one({"Seconds ", "seconds ", "Second ", "second "});
  in.take_one({"From ", "from ", "At ", "at ", "С ", "с "});
  if (!take_time(in, clear))
    return 0;
  clear = take_unit(in) || clear;
  if (!take_dash(in) || !take_time(in, clear))
    return 0;
  clear = take_unit(in) || clear;
  bool heads = bracket && in.take_one({"]", ")"});
  if (bracket && !heads)
    return 0;
  in.take("**");
  heads = in.take_one({":", " - ", " – ", " — ", "—", ","}) || heads;
  in.take("**");
  return clear && heads ? text.size() - in.left().size() : 0;
}

/// Whether a part of the prompt may begin after these words.
bool ends_part(std::string_view before) {
  const auto end = before.find_last_not_of(" \t");
  if (end == std::string_view::npos)
    return true;
  constexpr std::string_view ends = "\n\r.!?;:\"]-*";
  return ends.find(before[end]) != std::string_view::npos;
}

/// Where the word after the first `count` words begins; the size: there are no more.
size_t end_of_words(std::string_view text, size_t count) {
  bool within = false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (!within && !is_blank(text[i]) && count-- == 0)
      return i;
    within = !is_blank(text[i]);
  }
  return text.size();
}

} // namespace

std::string without_time_marks(const std::string& text) {
  std::string result;
  size_t shots = 0;
  for (size_t i = 0; i < text.size();) {
    const std::string_view all{text};
    const bool word = !is_blank(text[i]) && (i == 0 || is_blank(text[i - 1]));
    const size_t mark = word && ends_part(all.substr(0, i)) ? mark_size(all.substr(i)) : 0;
    if (mark == 0) {
      result += text[i++];
      continue;
    }
    result += "Shot " + std::to_string(++shots) + ":";
    i += mark;
    if (i < text.size() && !is_blank(text[i]))
      result += ' ';
  }
  return shots < 2 ? text : result;
}

std::string bounded(std::string_view text, size_t units, size_t words) {
  text = markup::trimmed(text);
  if (const size_t end = words == 0 ? text.size() : end_of_words(text, words); end < text.size())
    units = std::min(units, markup::length(text.substr(0, end)));
  return markup::cut_at_sentence(text, units);
}

} // namespace neurocards::prompts
