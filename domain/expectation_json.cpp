#include "domain/expectation.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace neurocards::expectation {

namespace {

using nlohmann::json;

double number(const json& from, const char* name, double otherwise = 0) {
  const auto found = from.find(name);
  return found != from.end() && found->is_number() ? found->get<double>() : otherwise;
}

std::optional<range> read_range(const json& from, const char* low, const char* high) {
  const range result{number(from, low, -1), number(from, high, -1)};
  return result.low >= 0 && result.high >= result.low ? std::optional{result} : std::nullopt;
}

json array_of(const json& from, const char* name) {
  const auto found = from.find(name);
  return found != from.end() && found->is_array() ? *found : json::array();
}

} // namespace

past parse_past(std::string_view text) {
  past result;
  const auto all = json::parse(text, nullptr, false);
  if (!all.is_object())
    return result;
  result.rate = std::max(0.0, number(all, "rate"));
  for (const auto& x : array_of(all, "made"))
    if (x.is_number() && x >= 0)
      result.made.push_back(x.get<double>());
  for (const auto& x : array_of(all, "guesses"))
    if (x.is_object())
      if (const auto guess = read_range(x, "low", "high"))
        result.guesses.push_back(
          {*guess, std::max(0.0, number(x, "took")), x.value("ended", json()) == true});
  return result;
}

std::string to_json(const outlook& x) {
  return json{{"low", x.made.low},
              {"high", x.made.high},
              {"rate", x.rate},
              {"stretch", x.stretch},
              {"holds", x.holds}}
    .dump();
}

std::optional<outlook> parse_outlook(std::string_view text) {
  const auto all = json::parse(text, nullptr, false);
  if (!all.is_object())
    return std::nullopt;
  const auto made = read_range(all, "low", "high");
  if (!made)
    return std::nullopt;
  return outlook{*made, std::max(0.0, number(all, "rate")),
                 std::clamp(number(all, "stretch", 1), least_stretch, most_stretch),
                 all.value("holds", json()) == true};
}

} // namespace neurocards::expectation
