#pragma once

#include "node/config/load.hpp"

#include <chrono>

/// What a cluster.conf that was read again changes. Pure.
namespace neurocards::config {

/// The keys are in the order of the file.
struct reload_plan {
  all in_force;                           // from now on
  std::vector<std::string> changed;       // keys that take effect now
  std::vector<std::string> needs_restart; // keys and secrets whose new value waits for a restart
  std::vector<std::string> refused;       // faults; not empty: everything stays as it was
};

/// `here`: the entry of `cluster.nodes` that this process is.
reload_plan plan_reload(const all& in_force, const loaded& read, const std::string& here);

/// Of what should be the same on all nodes, as far as it differs from the defaults: a program that
/// knows more keys says the same of the same file. 16 hex digits.
std::string digest(const all&);

/// What a node tells of its settings, with its heartbeat.
struct settings_report {
  std::string digest; // of the file it has read last and not refused
  int reloads = 0;    // since the node's start
  std::optional<std::chrono::system_clock::time_point> last_reload{};
  std::vector<std::string> changed{}; // by the last reload
  std::vector<std::string> needs_restart{};
  std::vector<std::string> refused{};
};

/// The report after a reload. One that found nothing new moments after another is the same reload,
/// which came on two ways (a signal, and the coordinator): its `changed` stays.
settings_report reported(const settings_report& before, const reload_plan&, std::string digest,
                         std::chrono::system_clock::time_point now);

std::string to_json(const settings_report&);

} // namespace neurocards::config
