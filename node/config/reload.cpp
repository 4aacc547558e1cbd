#include "node/config/reload.hpp"

#include "clients/crypto.hpp"
#include "node/config/keys.hpp"
#include "node/config/secrets.hpp"

#include <algorithm>
#include <array>
#include <ctime>

#include <nlohmann/json.hpp>

namespace neurocards::config {

namespace {

using nlohmann::json;
using namespace std::chrono_literals;

/// Within it two readings of the same file are one reload.
constexpr auto one_reload = 10s;

constexpr auto digest_length = 16;

const node* entry(const all& x, const std::string& name) {
  const auto found = std::ranges::find(x.cluster.nodes, name, &node::name);
  return found == x.cluster.nodes.end() ? nullptr : &*found;
}

/// Where others reach a node is settled when it starts; all else of its entry can be changed.
bool moves(const all& before, const all& after, const std::string& here) {
  const auto* was = entry(before, here);
  const auto* is = entry(after, here);
  return was && is && (was->host != is->host || was->port != is->port);
}

/// Nothing is changed by a file with faults.
void refuse(reload_plan& plan, const all& in_force, std::vector<std::string> faults) {
  plan.refused = std::move(faults);
  plan.in_force = in_force;
  plan.changed.clear();
}

std::string utc(std::chrono::system_clock::time_point when) {
  const auto seconds = std::chrono::system_clock::to_time_t(when);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

} // namespace

reload_plan plan_reload(const all& in_force, const loaded& read, const std::string& here) {
  reload_plan result;
  result.in_force = in_force;
  if (!read.faults.empty()) {
    refuse(result, in_force, read.faults);
    return result;
  }
  for (const auto& key : keys()) {
    if (key.show(in_force) == key.show(read.settings))
      continue;
    const bool now = key.when == effect::live;
    (now ? result.changed : result.needs_restart).push_back(key.name);
    if (now)
      key.take(result.in_force, read.settings);
  }
  if (moves(in_force, read.settings, here))
    result.needs_restart.emplace_back("cluster.nodes");
  for (auto& name : changed_secrets(in_force.secrets, read.settings.secrets))
    result.needs_restart.push_back(std::move(name));
  // Checked was the file as a whole, not what it comes to beside the values that stay.
  auto faults = faults_of(result.in_force, need::services);
  for (auto& fault : faults)
    fault += " (until a restart brings the rest of the file)";
  if (!faults.empty())
    refuse(result, in_force, std::move(faults));
  return result;
}

std::string digest(const all& settings) {
  static const auto shipped = defaults();
  std::string text;
  for (const auto& key : keys())
    if (auto value = key.show(settings); !key.per_host && value != key.show(shipped))
      text += key.name + " = " + value + '\n';
  return crypto::hex(crypto::sha256(text)).substr(0, digest_length);
}

settings_report reported(const settings_report& before, const reload_plan& plan, std::string digest,
                         std::chrono::system_clock::time_point now) {
  settings_report result{std::move(digest), before.reloads + 1, now,
                         plan.changed,      plan.needs_restart, plan.refused};
  if (!plan.refused.empty())
    result.digest = before.digest;
  const bool repeated = plan.changed.empty() && plan.refused.empty() && before.refused.empty()
                        && before.digest == result.digest && before.last_reload
                        && now - *before.last_reload < one_reload;
  if (repeated)
    result.changed = before.changed;
  return result;
}

std::string to_json(const settings_report& x) {
  return json{{"digest", x.digest},
              {"reloads", x.reloads},
              {"reloaded_at", x.last_reload ? json(utc(*x.last_reload)) : json(nullptr)},
              {"changed", x.changed},
              {"needs_restart", x.needs_restart},
              {"refused", x.refused}}
    .dump(-1, ' ', false, json::error_handler_t::replace);
}

} // namespace neurocards::config
