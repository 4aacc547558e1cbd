#pragma once

#include "protocol/config.hpp"

#include <optional>
#include <string>
#include <vector>

#include <caf/settings.hpp>

/// Where settings come from: cluster.conf, the command line above it, and for secrets the
/// environment above `.env`.
namespace neurocards::config {

using variables = std::map<std::string, std::string>;

/// What a command needs beyond well-formed settings.
enum class need : uint8_t {
  nothing,
  database, // DATABASE_URL
  services, // every secret that a running node needs
};

/// All that settings are made from, so that tests need neither files nor an environment.
struct sources {
  std::string file = "cluster.conf"; // as messages call it
  std::optional<std::string> text;   // its content; absent: there is no such file
  std::vector<std::string> options;  // "--group.key=value", "--node=NAME"
  variables environment;
  std::string dot_env; // content of `.env`
};

struct loaded {
  all settings;
  caf::settings caf;                 // the block `caf`
  std::string node;                  // chosen by --node; empty: not told
  std::vector<std::string> faults;   // one line each; any makes the settings unusable
  std::vector<std::string> warnings; // likewise, for the log
};

/// Fills in defaults, reads every source and validates. Never throws; faults never show a secret.
loaded load(const sources&, need);

/// Reads `./cluster.conf` or the file that `--config-file=` names, `./.env` and the environment.
/// An unreadable file is a fault.
loaded load_from_disk(std::vector<std::string> options, need);

/// The environment above `./.env`, with the secrets that stand in files: for the few values that
/// one verb alone needs.
variables variables_from_disk();

/// Faults of complete settings, one line each; empty: good. Pure.
std::vector<std::string> faults_of(const all&, need);

/// The entry of `cluster.nodes` this process is: the named one, or the only one. On failure nullptr
/// and a line in `fault`.
const config::node* choose_node(const all&, const std::string& name, std::string& fault);

/// `http.listen` taken apart; nullopt: not "host:port".
struct endpoint_address {
  std::string host;
  uint16_t port = 0;
};
std::optional<endpoint_address> parse_address(const std::string&);

/// True for 127.0.0.0/8, ::1 and "localhost".
bool is_loopback(const std::string& host);

} // namespace neurocards::config
