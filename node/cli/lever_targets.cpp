#include "node/cli/lever.hpp"

#include "node/cli/operator_database.hpp"
#include "node/cli/table_text.hpp"
#include "node/config/value.hpp"
#include "node/operators.hpp"

#include <iostream>

#include <nlohmann/json.hpp>

namespace neurocards::verbs {

using nlohmann::json;

namespace {

std::string name_field(lever_subject subject) {
  return std::string{subject == lever_subject::key ? "fingerprint" : to_string(subject)};
}

std::string state_text(const json& target) {
  if (target["state"] != "cooling_down")
    return target["state"];
  return "cooling down"
         + (target["cooldown_s"].is_null() ? std::string{" without end"}
                                           : " for " + spoken(target["cooldown_s"]));
}

} // namespace

json targets(const invocation& in, lever_subject subject) {
  operator_database db{in.config.settings, operator_database::schema::ours};
  return db.value("SELECT lever_targets($1, ARRAY(SELECT jsonb_array_elements_text($2::jsonb)))",
                  {std::string{to_string(subject)},
                   json(operators::configured(in.config.settings, subject)).dump()});
}

lever target_word(const invocation& in, lever_subject subject, const std::string& title) {
  std::vector<std::string> known;
  for (const auto& target : targets(in, subject))
    known.push_back(target[name_field(subject)]);
  if (const auto fault = levers::fault_of(subject, in.words[0], known); !fault.empty())
    throw wrong_usage{fault};
  return {subject, in.words[0], title + " " + in.words[0]};
}

int list_targets(const invocation& in, lever_subject subject, const std::string& heading,
                 const std::string& if_empty) {
  const auto found = targets(in, subject);
  if (in.flags.contains("--json")) {
    std::cout << json{{std::string{to_string(subject)} + "s", found}}.dump(2) << '\n';
    return 0;
  }
  std::vector<std::vector<std::string>> rows{{heading, "STATE", "CONFIGURED", "REASON"}};
  for (const auto& target : found) {
    const auto& cooldown = target["cooldown_reason"];
    rows.push_back({target[name_field(subject)], state_text(target),
                    target["configured"] == true ? "yes" : "no",
                    target["paused"].is_object() ? pause_text(target["paused"])
                    : cooldown.is_string()       ? cooldown.get<std::string>()
                                                 : ""});
  }
  std::cout << table_text(rows, if_empty);
  return 0;
}

} // namespace neurocards::verbs
