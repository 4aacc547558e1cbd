#include "node/verbs.hpp"

#include "node/operator_database.hpp"
#include "node/table_text.hpp"

#include <iostream>

#include <nlohmann/json.hpp>

namespace neurocards::verbs {

namespace {

using nlohmann::json;

/// A field as text; empty when it is missing or null.
std::string text(const json& from, const char* name) {
  const auto found = from.find(name);
  if (found == from.end() || found->is_null())
    return {};
  return found->is_string() ? found->get<std::string>() : found->dump();
}

/// "3 min 20 s", or nothing for null.
std::string age(const json& from, const char* name) {
  const auto found = from.find(name);
  return found == from.end() || !found->is_number() ? "" : spoken(found->get<int64_t>());
}

std::string nodes(const json& state) {
  std::vector<std::vector<std::string>> rows{{"NODE", "STATE", "IN FLIGHT", "VERSION", "ROLES"}};
  for (const auto& x : state["nodes"])
    if (text(x, "state") != "left")
      rows.push_back({text(x, "name"), text(x, "state"), text(x, "in_flight"), text(x, "version"),
                      text(x, "roles")});
  return table_text(rows, "No node is running.");
}

std::string counts(const json& state) {
  const auto& queue = state["queue"];
  const auto& hour = state["last_hour"];
  std::vector<std::vector<std::string>> rows{{"WHAT", "COUNT", "OLDEST"}};
  rows.push_back({"queued", text(queue, "queued"), age(queue, "oldest_queued_seconds")});
  rows.push_back({"  of these due", text(queue, "due"), ""});
  rows.push_back(
    {"processing", text(queue, "processing"), age(queue, "oldest_processing_seconds")});
  rows.push_back({"  without a living node", text(queue, "processing_without_lease"), ""});
  rows.push_back({"completed in the last hour", text(hour, "completed"), ""});
  rows.push_back({"failed in the last hour", text(hour, "failed"), ""});
  rows.push_back({"messages to be sent", text(state["outbox"], "unsent"),
                  age(state["outbox"], "oldest_seconds")});
  rows.push_back({"updates to be handled", text(state["inbox"], "pending"),
                  age(state["inbox"], "oldest_seconds")});
  return table_text(rows, "");
}

/// Keys or models: what rests, for how long and why.
std::string rests(const json& list, const char* heading, const char* name, const char* if_empty) {
  std::vector<std::vector<std::string>> rows{{heading, "STATE", "RESTS FOR", "REASON"}};
  for (const auto& x : list) {
    const bool resting = text(x, "resting") == "true";
    rows.push_back({text(x, name), resting ? "resting" : "ready", age(x, "rest_seconds"),
                    resting ? text(x, "reason") : ""});
  }
  return table_text(rows, if_empty);
}

} // namespace

int status(const invocation& in) {
  operator_database db{in.config.settings, operator_database::schema::ours};
  const auto lease =
    std::chrono::duration_cast<std::chrono::milliseconds>(in.config.settings.db.lease);
  const auto state =
    db.value("SELECT status_snapshot(($1 || ' ms')::interval)", {std::to_string(lease.count())});
  if (in.flags.contains("--json")) {
    std::cout << state.dump(2) << '\n';
    return 0;
  }
  std::cout << nodes(state) << '\n'
            << counts(state) << '\n'
            << rests(state["keys"], "KIE KEY", "fingerprint", "No KIE key was used yet.") << '\n'
            << rests(state["models"], "MODEL", "model", "No model has rested yet.");
  return 0;
}

} // namespace neurocards::verbs
