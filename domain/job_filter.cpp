#include "domain/job_filter.hpp"

#include <algorithm>
#include <array>

namespace neurocards::job_filter {

namespace {

constexpr std::array<std::string_view, 5> keys{"status", "class", "model", "node", "user"};

std::string quoted(std::string_view text) {
  return "\"" + std::string{text} + "\"";
}

bool is_number(std::string_view text) {
  return !text.empty() && text.size() <= 18
         && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::string fault_of(std::string_view key, std::string_view value) {
  if (std::ranges::find(keys, key) == keys.end())
    return quoted(key) + " is no key; allowed: status, class, model, node, user";
  if (value.empty())
    return std::string{key} + ": has no value";
  if (key == "status" && value != "queued" && value != "processing")
    return "status: " + quoted(value) + " is not allowed; allowed: queued, processing";
  if (key == "user" && !is_number(value))
    return "user: " + quoted(value) + " is no user; write Telegram's number";
  return {};
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
    result.fault = fault_of(key, value);
    if (result.fault.empty() && !result.terms.emplace(key, value).second)
      result.fault = std::string{key} + ": stands twice";
  }
  return result;
}

} // namespace neurocards::job_filter
