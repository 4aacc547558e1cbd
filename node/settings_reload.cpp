#include "node/settings_reload.hpp"

#include "base/log.hpp"

#include <algorithm>

namespace neurocards {

namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string result;
  for (const auto& word : words)
    result += (result.empty() ? "" : "; ") + word;
  return result;
}

} // namespace

cluster_file read_cluster_file(const std::vector<std::string>& options) {
  auto read = config::load_from_disk(options, config::need::services);
  return {std::move(read.settings.cluster.nodes), std::move(read.faults)};
}

void log_warnings(const std::vector<std::string>& texts) {
  for (const auto& text : texts)
    log::warn("config.warned", "text", text);
}

settings_reload::settings_reload(const services& x, std::vector<std::string> options)
  : in_force_(x.in_force), told_(x.settings_report), node_(x.node.name),
    options_(std::move(options)), report_{config::digest(x.settings)} {}

cluster_file settings_reload::run() {
  auto read = config::load_from_disk(options_, config::need::services);
  const auto plan = config::plan_reload(*in_force_.now(), read, node_);
  const auto level = in_force_.now()->log.level;
  if (plan.refused.empty())
    bring_into_force(plan.in_force);
  log::set_threshold(std::min(level, plan.in_force.log.level)); // the change itself is told
  tell(plan, read);
  log::set_threshold(plan.in_force.log.level);
  return {std::move(read.settings.cluster.nodes), plan.refused};
}

void settings_reload::bring_into_force(const config::all& settings) {
  in_force_.replace(settings);
  handling_times::set(settings.metrics.handling);
}

void settings_reload::tell(const config::reload_plan& plan, const config::loaded& read) {
  report_ = config::reported(report_, plan, config::digest(read.settings),
                             std::chrono::system_clock::now());
  told_.replace(config::to_json(report_));
  if (plan.refused.empty())
    log::info("config.reloaded", "digest", report_.digest, "changed", joined(plan.changed),
              "needs_restart", joined(plan.needs_restart));
  else
    log::error("config.reloaded", "refused", joined(plan.refused), "advice",
               "nothing was changed; correct the file and reload again");
  log_warnings(read.warnings);
}

} // namespace neurocards
