#include "domain/word_match.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <unordered_set>
#include <utility>
#include <vector>

namespace neurocards::words {

namespace {

bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}

bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}

bool is_word(char c) {
  return is_lower(c) || is_upper(c) || (c >= '0' && c <= '9');
}

/// Part of a character beyond ASCII.
bool is_foreign(char c) {
  return (static_cast<unsigned char>(c) & 0x80U) != 0;
}

std::string lower(std::string_view text) {
  std::string result{text};
  for (char& c : result)
    if (is_upper(c))
      c = static_cast<char>(c - 'A' + 'a');
  return result;
}

// ── quotes ───────────────────────────────────────────────────────────────────────────────────────

constexpr std::array<std::pair<std::string_view, std::string_view>, 6> quotes = {
  {{"\"", "\""}, {"'", "'"}, {"`", "`"}, {"“", "”"}, {"«", "»"}, {"‘", "’"}}};

/// Members of packed answers whose values are the provider's words.
constexpr std::array<std::string_view, 22> telling_members = {
  "code",        "message",    "msg",        "error",       "type",     "reason",
  "detail",      "details",    "status_msg", "error_msg",   "errormsg", "error_message",
  "failmsg",     "fail_msg",   "failcode",   "failurecode", "failure",  "failurereason",
  "description", "error_code", "innererror", "status"};

struct quotation {
  std::string_view inside;
  std::string_view after;
};

/// The quotation that `text` begins with.
std::optional<quotation> quotation_after(std::string_view text, char before) {
  for (const auto& [open, close] : quotes) {
    if (!text.starts_with(open) || (open == "'" && is_word(before)))
      continue; // isn't
    for (size_t i = open.size(); i < text.size(); ++i) {
      if (text[i] == '\\') {
        ++i;
        continue;
      }
      if (!text.substr(i).starts_with(close))
        continue;
      const auto after = text.substr(i + close.size());
      if (open == "'" && !after.empty() && is_word(after.front()))
        continue;
      return quotation{text.substr(open.size(), i - open.size()), after};
    }
  }
  return std::nullopt;
}

std::string unescaped(std::string_view text) {
  std::string result;
  for (size_t i = 0; i < text.size(); ++i)
    if (text[i] != '\\' || i + 1 == text.size())
      result += text[i];
  return result;
}

bool is_key(std::string_view after) {
  const auto position = after.find_first_not_of(" \t\n");
  return position != std::string_view::npos && after[position] == ':';
}

/// `depth`: answers packed in answers.
std::string own_words(std::string_view text, int depth) {
  std::string result;
  std::string key;
  char before = ' ';
  while (!text.empty()) {
    const auto quoted = quotation_after(text, before);
    if (!quoted) {
      before = text.front();
      if (before == ',' || before == '}' || before == '{')
        key.clear();
      result += before;
      text.remove_prefix(1);
      continue;
    }
    text = quoted->after;
    before = ' ';
    result += ' ';
    if (is_key(text)) {
      key = lower(quoted->inside);
      continue;
    }
    if (depth > 0 && std::ranges::find(telling_members, key) != telling_members.end())
      result += own_words(unescaped(quoted->inside), depth - 1);
    result += ' ';
    key.clear();
  }
  return result;
}

size_t count_words(std::string_view text) {
  size_t count = 0;
  for (size_t i = 0; i < text.size(); ++i)
    count += is_word(text[i]) && (i == 0 || !is_word(text[i - 1])) ? 1 : 0;
  return count;
}

/// "Error: '…'" says nothing but what it quotes.
std::string own_words(std::string_view text) {
  constexpr size_t fewest = 3;
  constexpr int packed = 3;
  auto result = own_words(text, packed);
  const bool foreign = std::any_of(result.begin(), result.end(), is_foreign);
  return count_words(result) < fewest && !foreign ? std::string{text} : result;
}

// ── codes ────────────────────────────────────────────────────────────────────────────────────────

/// "InputImageSensitive_content" as "Input Image Sensitive content".
std::string taken_apart(std::string_view text) {
  std::string result;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool begins =
      i > 0 && is_upper(text[i])
      && (is_lower(text[i - 1])
          || (is_upper(text[i - 1]) && i + 1 < text.size() && is_lower(text[i + 1])));
    if (begins)
      result += ' ';
    result += text[i] == '_' || text[i] == '.' ? ' ' : text[i];
  }
  return result;
}

/// Words of judgement that concern nobody.
constexpr std::array<std::string_view, 8> harmless = {
  "case-sensitive",  "case sensitive",  "time-sensitive",  "time sensitive",
  "price-sensitive", "touch-sensitive", "light-sensitive", "sensitive to "};

void erase_harmless(std::string& text) {
  for (const auto phrase : harmless)
    for (auto position = text.find(phrase); position != std::string::npos;
         position = text.find(phrase, position))
      text.replace(position, phrase.size(), " ");
}

bool found(std::string_view text, std::string_view word, bool open_end) {
  for (size_t i = text.find(word); i != std::string_view::npos; i = text.find(word, i + 1)) {
    const size_t end = i + word.size();
    const bool begins = i == 0 || !is_word(text[i - 1]) || !is_word(word.front());
    const bool ends =
      open_end || end == text.size() || !is_word(text[end]) || !is_word(word.back());
    if (begins && ends)
      return true;
  }
  return false;
}

// ── echoes ───────────────────────────────────────────────────────────────────────────────────────

struct token {
  size_t from;
  size_t to;
  std::string text;
};

std::vector<token> words_of(std::string_view text) {
  std::vector<token> result;
  for (size_t i = 0; i < text.size();) {
    size_t end = i;
    while (end < text.size() && (is_word(text[end]) || is_foreign(text[end])))
      ++end;
    if (end > i)
      result.push_back({i, end, lower(text.substr(i, end - i))});
    i = std::max(end, i + 1);
  }
  return result;
}

std::string joined(const std::vector<token>& words, size_t from, size_t count) {
  std::string result;
  for (size_t i = from; i < from + count; ++i)
    result += words[i].text + ' ';
  return result;
}

} // namespace

prepared::prepared(std::string_view text) {
  const auto own = own_words(text);
  text_ = lower(own) + "\n" + lower(taken_apart(own));
  erase_harmless(text_);
}

bool prepared::mentions(std::string_view word) const {
  const bool open_end = word.ends_with('*');
  word.remove_suffix(open_end ? 1 : 0);
  return !word.empty() && found(text_, word, open_end);
}

std::string without_echo(std::string_view text, std::string_view sent) {
  constexpr size_t longest_run = 4;
  const auto theirs = words_of(sent);
  const size_t run = std::min(theirs.size(), longest_run);
  const auto said = words_of(text);
  if (run < 2 || said.size() < run)
    return std::string{text};
  std::unordered_set<std::string> runs;
  for (size_t i = 0; i + run <= theirs.size(); ++i)
    runs.insert(joined(theirs, i, run));
  std::string result;
  size_t copied = 0;
  for (size_t i = 0; i + run <= said.size();) {
    size_t last = i;
    while (last + run <= said.size() && runs.contains(joined(said, last, run)))
      ++last;
    if (last == i) {
      ++i;
      continue;
    }
    const size_t end = last - 1 + run; // behind the last word that is repeated
    result += std::string{text.substr(copied, said[i].from - copied)} + "…";
    copied = said[end - 1].to;
    i = end;
  }
  return result + std::string{text.substr(copied)};
}

} // namespace neurocards::words
