#include "node/cli/verbs.hpp"

#include "node/cli/config_text.hpp"
#include "node/cli/earnings_text.hpp"
#include "node/cli/lever.hpp"
#include "node/cli/operator_database.hpp"
#include "node/cli/table_text.hpp"

#include <iostream>
#include <set>

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

/// What the leading coordinator sees of a node; null: nothing.
json seen(const json& state, const std::string& name) {
  const auto& cluster = state["cluster"];
  if (cluster.is_object())
    for (const auto& x : cluster["nodes"])
      if (x["name"] == name)
        return x;
  return nullptr;
}

/// The stats of a node's last heartbeat: "3 of 100".
std::string load(const json& node) {
  const auto capacity = text(node["stats"], "capacity");
  return text(node, "in_flight") + (capacity.empty() || capacity == "0" ? "" : " of " + capacity);
}

std::string nodes(const json& state) {
  std::vector<std::vector<std::string>> rows{{"NODE", "STATE", "CONNECTION", "IN FLIGHT",
                                              "CLAIMS/S", "HEARTBEAT", "UP", "VERSION", "ROLES"}};
  std::set<std::string> listed;
  for (const auto& x : state["nodes"]) {
    const auto name = text(x, "name");
    if (text(x, "state") == "left")
      continue;
    listed.insert(name);
    const auto view = seen(state, name);
    rows.push_back({name, text(x, "state"), view.is_null() ? "" : text(view, "connection"), load(x),
                    text(x["stats"], "claims_per_second"), age(x, "heartbeat_seconds"),
                    age(x, "up_seconds"), text(x, "version"), text(x, "roles")});
  }
  if (state["cluster"].is_object())
    for (const auto& x : state["cluster"]["nodes"])
      if (!listed.contains(text(x, "name")))
        rows.push_back({text(x, "name"), "absent", text(x, "connection"), "", "", "", "", "", ""});
  return table_text(rows, "No node is running.");
}

/// Who coordinates, and what is wrong with the file or with nodes that want to join.
std::string coordination(const json& state) {
  const auto& cluster = state["cluster"];
  if (!cluster.is_object())
    return "No coordinator has led yet.\n";
  std::string result = "Coordinator: " + text(cluster, "leader") + ", cluster.conf read "
                       + text(cluster, "revision") + " times, seen " + age(cluster, "age_seconds")
                       + " ago.\n";
  for (const auto& fault : cluster["file_faults"])
    result += "cluster.conf REFUSED: " + fault.get<std::string>() + '\n';
  for (const auto& reason : cluster["refused"])
    result += "Node refused: " + reason.get<std::string>() + '\n';
  return result;
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

/// Keys or models: what cools down, for how long and why.
std::string cooldowns(const json& list, const char* heading, const char* name,
                      const char* if_empty) {
  std::vector<std::vector<std::string>> rows{{heading, "STATE", "COOLDOWN", "REASON"}};
  for (const auto& x : list) {
    const bool cooling = text(x, "resting") == "true";
    rows.push_back({text(x, name), cooling ? "cooling down" : "ready",
                    cooling && x["rest_seconds"].is_null() ? "no end" : age(x, "rest_seconds"),
                    cooling ? text(x, "reason") : ""});
  }
  return table_text(rows, if_empty);
}

/// What operators have paused; nothing while nothing is.
std::string pauses(const json& state) {
  std::string result;
  const auto& paused = state["paused"];
  if (paused["queue"].is_object())
    result += "The queue is PAUSED " + verbs::pause_text(paused["queue"]) + '\n';
  const auto add = [&](const char* list, const char* name, const std::string& title) {
    for (const auto& x : paused[list])
      result += title + text(x, name) + " is PAUSED " + verbs::pause_text(x) + '\n';
  };
  add("keys", "fingerprint", "Key ");
  add("models", "model", "Model ");
  add("nodes", "name", "Node ");
  return result;
}

/// Standbys that a fail-over should not go to; nothing while there are none.
std::string standbys(const json& state) {
  std::string result;
  for (const auto& name : state["asynchronous_standbys"])
    result += asynchronous_standby_text(name.get<std::string>()) + '\n';
  return result;
}

/// Providers that are down for the whole cluster; nothing while all are up.
std::string outages(const json& state) {
  std::string result;
  for (const auto& x : state["providers"])
    if (x["down"] == true)
      result += "OUTAGE of " + text(x, "name") + " for " + age(x, "down_seconds") + ": "
                + text(x, "reason") + ". Jobs wait and go on by themselves.\n";
  return result;
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
  std::cout << nodes(state) << coordination(state) << config_text(state["config"]) << outages(state)
            << pauses(state) << standbys(state) << '\n'
            << counts(state) << '\n'
            << cooldowns(state["keys"], "KIE KEY", "fingerprint", "No KIE key was used yet.")
            << '\n'
            << cooldowns(state["models"], "MODEL", "model", "No model has cooled down yet.") << '\n'
            << earnings_text(state, in.config.settings)
            << left_to_operators_text(state["left_to_operators"]);
  return 0;
}

} // namespace neurocards::verbs
