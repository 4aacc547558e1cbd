#include "node/cli/config_text.hpp"
#include "node/cli/operator_database.hpp"
#include "node/cli/verbs.hpp"

#include <algorithm>
#include <iostream>
#include <map>
#include <thread>

#include <nlohmann/json.hpp>

/// `neurocards reload`: every node reads its cluster.conf again, and says what that changed.
namespace neurocards::verbs {

namespace {

using nlohmann::json;
using namespace std::chrono_literals;

constexpr auto way_and_back = 3s; // to a node, besides the wait for its next heartbeat

// A coordinator that is just starting, or whose connection has broken, does not hear the word.
constexpr auto until_said_again = 1s;

json told(operator_database& db, const config::all& settings) {
  return db.value(
    "SELECT config_now(($1 || ' ms')::interval)",
    {std::to_string(std::chrono::ceil<std::chrono::milliseconds>(settings.db.lease).count())});
}

/// How often each living node has read its file.
std::map<std::string, int> counts(const json& config) {
  std::map<std::string, int> result;
  for (const auto& node : config["nodes"])
    result[node["name"]] = node["reloads"];
  return result;
}

/// Nodes that have not read the file since then.
std::vector<std::string> silent(const std::map<std::string, int>& before, const json& now) {
  std::vector<std::string> result;
  const auto after = counts(now);
  for (const auto& [name, count] : before)
    if (const auto found = after.find(name); found != after.end() && found->second == count)
      result.push_back(name);
  return result;
}

/// Says the word until every node has read its file, or has had the time to; what they told last.
json read_by_all(operator_database& db, const config::all& settings,
                 const std::map<std::string, int>& before) {
  using clock = std::chrono::steady_clock;
  const auto deadline = clock::now() + 2 * settings.db.heartbeat + way_and_back;
  auto next_word = clock::now();
  for (;;) {
    if (clock::now() >= next_word) {
      db.value("SELECT to_jsonb(pg_notify('control', 'reload')::text)");
      next_word = clock::now() + settings.db.heartbeat + until_said_again;
    }
    auto now = told(db, settings);
    if (silent(before, now).empty() || clock::now() >= deadline)
      return now;
    std::this_thread::sleep_for(200ms);
  }
}

} // namespace

int reload(const invocation& in) {
  const auto& settings = in.config.settings;
  operator_database db{settings, operator_database::schema::ours};
  const auto before = counts(told(db, settings));
  const auto now = read_by_all(db, settings, before);
  const auto missing = silent(before, now);
  if (in.flags.contains("--json"))
    std::cout << now.dump(2) << '\n';
  else
    std::cout << (before.empty() ? "No node is running.\n" : config_text(now));
  for (const auto& name : missing)
    std::cerr << "Node " << name
              << " has not read its file: no leading coordinator reaches it. Send it SIGHUP.\n";
  return missing.empty() && now["refused"].empty() ? 0 : 1;
}

} // namespace neurocards::verbs
