#include "node/cli/lever.hpp"

#include "node/cli/operator_action.hpp"
#include "node/cli/operator_database.hpp"
#include "node/cli/rows_text.hpp"
#include "node/operators.hpp"

#include <iostream>

namespace neurocards::verbs {

using nlohmann::json;

namespace {

/// `--for` in milliseconds; empty: not given.
std::string limit_of(const invocation& in) {
  const auto given = in.values.find("--for");
  if (given == in.values.end())
    return {};
  std::chrono::milliseconds limit{};
  if (const auto fault = operators::read_length(given->second, limit); !fault.empty())
    throw wrong_usage{"--for: " + fault};
  return std::to_string(limit.count());
}

} // namespace

int pause(const invocation& in, const lever& x, const std::string& effect) {
  const auto limit = limit_of(in);
  const auto reason = reason_of(in);
  operator_database db{in.config.settings, operator_database::schema::ours};
  const auto made =
    db.value("SELECT pause($1, $2, $3, $4, nullif($5, '')::bigint * interval '1 ms')",
             {std::string{to_string(x.subject)}, x.name, operator_name(), reason, limit});
  if (in.flags.contains("--json"))
    std::cout << made.dump(2) << '\n';
  else
    std::cout << x.title << ": " << effect << ".\n";
  return 0;
}

int resume(const invocation& in, const lever& x, const std::string& effect) {
  const auto reason = reason_of(in);
  operator_database db{in.config.settings, operator_database::schema::ours};
  const auto done = db.value("SELECT to_jsonb(resume($1, $2, $3, $4))",
                             {std::string{to_string(x.subject)}, x.name, operator_name(), reason});
  if (done != json(true)) // braces would make a list
    throw std::runtime_error{x.title + " is not paused"};
  if (in.flags.contains("--json"))
    std::cout << json{{"resumed", true}}.dump(2) << '\n';
  else
    std::cout << x.title << ": " << effect << ".\n";
  return 0;
}

std::string pause_text(const json& pause) {
  if (!pause.is_object())
    return {};
  const auto row = row_of(pause, {"since", "until", "operator", "reason"});
  return "since " + row[0] + (row[1].empty() ? "" : " until " + row[1]) + " by " + row[2] + ": "
         + row[3];
}

} // namespace neurocards::verbs
