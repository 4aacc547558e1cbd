#include "sandbox/script.hpp"

#include "sandbox/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <stdexcept>

namespace neurocards::sandbox {

namespace {

using nlohmann::json;
using kind = outcome::kind;

const std::map<std::string, kind> kinds{
  {"pass", kind::pass},       {"answer", kind::answer},     {"hang", kind::hang},
  {"cut", kind::cut},         {"cut_body", kind::cut_body}, {"malformed", kind::malformed},
  {"endless", kind::endless}, {"empty", kind::empty},       {"html", kind::html},
  {"unusual", kind::unusual},
};

kind kind_of(const json& rule) {
  if (rule.contains("how")) {
    const auto found = kinds.find(rule["how"].get<std::string>());
    if (found == kinds.end())
      throw std::invalid_argument{"how: no such ending"};
    return found->second;
  }
  const bool answers = rule.contains("status") || rule.contains("code") || rule.contains("body")
                       || rule.contains("message");
  return answers ? kind::answer : kind::pass;
}

std::string as_text(const json& x) {
  return x.is_string() ? x.get<std::string>() : x.dump();
}

} // namespace

uint64_t script::add(const json& rule) {
  if (!rule.is_object())
    throw std::invalid_argument{"a rule is a JSON object"};
  entry e;
  try {
    e.service = rule.at("service").get<std::string>();
    e.operation = lower(rule.value("operation", "*"));
    const auto match = rule.value("match", json::object());
    for (const auto& [name, value] : match.items())
      e.match.emplace_back(name, as_text(value));
    e.skip = rule.value("skip", int64_t{0});
    const auto count = rule.value("count", int64_t{1});
    e.left = count == 0 ? -1 : count;
    e.result.effect = kind_of(rule);
    e.result.takes_effect =
      rule.value("takes_effect", e.result.effect == kind::pass || e.result.effect == kind::unusual);
    e.result.delay = milliseconds{rule.value("delay", int64_t{0})};
  } catch (const json::exception& x) {
    throw std::invalid_argument{x.what()};
  }
  e.result.rule = rule.dump();
  e.id = ++last_id_;
  rules_.push_back(std::move(e));
  return last_id_;
}

bool script::fits(const entry& e, const call& request) {
  if (e.left == 0 || e.service != request.service
      || (e.operation != "*" && e.operation != lower(request.operation)))
    return false;
  return std::all_of(e.match.begin(), e.match.end(), [&](const auto& wanted) {
    return std::find(request.about.begin(), request.about.end(), wanted) != request.about.end();
  });
}

std::optional<outcome> script::next(const call& request) {
  for (auto& e : rules_) {
    if (!fits(e, request))
      continue;
    if (e.skip > 0) {
      --e.skip;
      return std::nullopt;
    }
    ++e.used;
    if (e.left > 0)
      --e.left;
    return e.result;
  }
  return std::nullopt;
}

void script::clear(std::string_view service, std::string_view operation) {
  rules_.remove_if([&](const entry& e) {
    return (service.empty() || e.service == service)
           && (operation.empty() || e.operation == lower(operation));
  });
}

json script::list() const {
  auto result = json::array();
  for (const auto& e : rules_)
    result.push_back(
      {{"id", e.id}, {"used", e.used}, {"left", e.left}, {"rule", json::parse(e.result.rule)}});
  return result;
}

} // namespace neurocards::sandbox
