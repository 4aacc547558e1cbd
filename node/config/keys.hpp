#pragma once

#include "node/config/value.hpp"

#include <functional>

/// The one table of keys. cluster.conf, its reader, the command line and docs/configuration.md are
/// made from it.
namespace neurocards::config {

/// When a new value in cluster.conf takes effect.
enum class effect : uint8_t {
  unsaid,
  live,    // when the file is read again
  restart, // when the node starts
};

struct key {
  std::string name;     // "kie.poll-interval"
  std::string type;     // "duration"
  std::string allowed;  // "1ms or more"; empty: anything of the type
  std::string doc;      // one line
  bool is_text = false; // given without quotes on the command line
  effect when = effect::unsaid;
  bool per_host = false; // nodes may differ in it

  std::function<fault_text(all&, const caf::config_value&)> read{};
  std::function<std::string(const all&)> show{}; // as cluster.conf has it
  std::function<fault_text(const all&)> check{}; // is the value allowed?
  std::function<void(all& to, const all& from)> take{};
};

/// In the order of the file; the keys of a group stand together.
const std::vector<key>& keys();

std::vector<std::string> key_names();

/// Null: no such key.
const key* find_key(const std::string& name);

/// What holds where nobody says anything.
all defaults();

/// A variable of the environment that stands for a key.
struct key_variable {
  std::string variable; // "KIE_API_URL"
  std::string key;      // "kie.api-url"
};
const std::vector<key_variable>& key_variables();

} // namespace neurocards::config
