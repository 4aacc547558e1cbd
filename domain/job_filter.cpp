#include "domain/job_filter.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <span>

namespace neurocards::job_filter {

namespace {

constexpr std::array<std::string_view, 6> all_keys{"status", "class", "signal",
                                                   "model",  "node",  "user"};

std::string quoted(std::string_view text) {
  return "\"" + std::string{text} + "\"";
}

bool is_number(std::string_view text) {
  return !text.empty() && text.size() <= 18
         && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

constexpr std::array<std::string_view, 4> all_states{"queued", "processing", "completed", "failed"};
constexpr auto open_states = std::span{all_states}.first<2>();

using word_list = std::span<const std::string_view>;

std::string joined(word_list words) {
  std::string result;
  for (const auto& word : words)
    result.append(result.empty() ? "" : ", ").append(word);
  return result;
}

std::string fault_of(std::string_view key, std::string_view value,
                     word_list allowed = open_states) {
  if (std::ranges::find(all_keys, key) == all_keys.end())
    return quoted(key) + " is no key; allowed: " + joined(all_keys);
  if (value.empty())
    return std::string{key} + ": has no value";
  if (key == "status" && std::ranges::find(allowed, value) == allowed.end())
    return "status: " + quoted(value) + " is not allowed; allowed: " + joined(allowed);
  if (key == "user" && !is_number(value))
    return "user: " + quoted(value) + " is no user; write Telegram's number";
  return {};
}

/// The ID whose digits begin with `digits` and go on with `filling`.
std::string filled_id(std::string digits, char filling) {
  digits.resize(32, filling);
  for (const auto dash : {8, 13, 18, 23})
    digits.insert(static_cast<size_t>(dash), 1, '-');
  return digits;
}

/// Digits of an ID or of its beginning, without dashes; empty: it is none.
std::string id_digits(std::string_view text) {
  constexpr size_t id_size = 36;
  std::string result;
  for (const char c : text)
    if (c != '-')
      result += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  const bool is_hex =
    std::ranges::all_of(result, [](unsigned char c) { return std::isxdigit(c) != 0; });
  return is_hex && text.size() <= id_size && result.size() <= 32 ? result : std::string{};
}

/// IDs begin with the time, hence with 0 for some centuries more; Telegram's numbers never do.
void add_search(const std::string& text, parsed& to) {
  if (is_number(text) && text[0] != '0') {
    if (to.terms.emplace("user", text).first->second != text)
      to.fault = "q: names another user than user=";
    return;
  }
  const auto digits = id_digits(text);
  if (digits.empty()) {
    to.fault = "q: " + quoted(text)
               + " is nothing to search for; write a job's ID, its beginning, "
                 "or a user's number";
    return;
  }
  to.terms["id_from"] = filled_id(digits, '0');
  to.terms["id_to"] = filled_id(digits, 'f');
}

} // namespace

parsed parse(std::string_view text) {
  parsed result;
  if (text.empty())
    result.fault = "is empty; write KEY=VALUE, as status=queued,user=7";
  while (!text.empty() && result.fault.empty()) {
    const auto term = text.substr(0, text.find(','));
    text.remove_prefix(std::min(term.size() + 1, text.size()));
    const auto key = term.substr(0, term.find('='));
    const auto value = key.size() < term.size() ? term.substr(key.size() + 1) : "";
    if (!result.terms.emplace(key, value).second)
      result.fault = std::string{key} + ": stands twice";
  }
  return result;
}

parsed for_action(const std::map<std::string, std::string>& terms) {
  parsed result{terms, terms.empty() ? "is empty; name one of " + joined(all_keys) : ""};
  for (const auto& [key, value] : terms)
    if (result.fault.empty())
      result.fault = fault_of(key, value);
  return result;
}

parsed for_list(const std::map<std::string, std::string>& terms) {
  parsed result;
  for (const auto& [key, value] : terms) {
    if (value.empty() || key == "q")
      continue;
    if (result.fault.empty())
      result.fault = fault_of(key, value, all_states);
    result.terms.emplace(key, value);
  }
  if (const auto search = terms.find("q");
      search != terms.end() && !search->second.empty() && result.fault.empty())
    add_search(search->second, result);
  return result;
}

} // namespace neurocards::job_filter
