#include "node/config/system_config.hpp"

#include "node/config/spelling.hpp"
#include "node/config/value.hpp"

#include <caf/io/middleman.hpp>
#include <caf/openssl/manager.hpp>

namespace neurocards {

namespace {

using leaves = std::vector<std::pair<std::string, caf::config_value>>;

void flatten(const caf::settings& block, const std::string& prefix, leaves& out) {
  for (const auto& [name, value] : block) {
    if (const auto* inner = caf::get_if<caf::config_value::dictionary>(&value))
      flatten(*inner, prefix + name + ".", out);
    else
      out.emplace_back(prefix + name, value);
  }
}

/// Read by CAF from the settings, yet not among its registered options.
bool is_metrics_filter(const std::string& name) {
  return name == "caf.metrics-filters.actors.includes"
         || name == "caf.metrics-filters.actors.excludes";
}

/// Nodes that speak another protocol refuse each other by this name.
constexpr auto app_identifier = "neurocards/1";

} // namespace

system_config::system_config(const config::loaded& from) {
  load<caf::io::middleman>();
  const auto& tls = from.settings.cluster.tls;
  if (!tls.certificate.empty()) {
    load<caf::openssl::manager>();
    set("caf.openssl.certificate", tls.certificate);
    set("caf.openssl.key", tls.key);
    set("caf.openssl.cafile", tls.ca);
  }
  // Work stealing burns a third of a core on sparse wake-ups.
  set("caf.scheduler.policy", "sharing");
  set("caf.middleman.app-identifiers", std::vector<std::string>{app_identifier});
  set("caf.middleman.heartbeat-interval", caf::timespan{std::chrono::seconds{5}});
  set("caf.middleman.connection-timeout", caf::timespan{std::chrono::seconds{15}});
  // Mailboxes and handling times of all kinds of actors but CAF's own.
  caf::put(content, "caf.metrics-filters.actors.includes", std::vector<std::string>{"*"});
  caf::put(content, "caf.metrics-filters.actors.excludes", std::vector<std::string>{"caf.*"});
  leaves given;
  flatten(from.caf, "", given);
  for (auto& [name, value] : given) {
    if (is_metrics_filter(name))
      caf::put(content, name, value);
    else
      set(name, value);
  }
}

namespace config {

std::vector<std::string> faults_of_caf(const caf::settings& block) {
  leaves given;
  flatten(block, "", given);
  if (given.empty())
    return {};
  struct all_options : caf::actor_system_config {
    all_options() {
      load<caf::io::middleman>();
      load<caf::openssl::manager>();
    }
  } known;
  std::vector<std::string> names{"caf.metrics-filters.actors.includes",
                                 "caf.metrics-filters.actors.excludes"};
  for (const auto& option : known.custom_options())
    names.push_back(caf::to_string(option.full_name()));
  std::vector<std::string> result;
  for (auto& [name, value] : given) {
    if (is_metrics_filter(name))
      continue;
    const auto* option = known.custom_options().qualified_name_lookup(name);
    if (option == nullptr)
      result.push_back(name + ": CAF knows no such key" + suggestion(name, names));
    else if (auto copy = value; option->sync(copy))
      result.push_back(name + ": " + quote(caf::to_string(value)) + " is not allowed; allowed: a "
                       + caf::to_string(option->type_name()));
  }
  return result;
}

} // namespace config

} // namespace neurocards
