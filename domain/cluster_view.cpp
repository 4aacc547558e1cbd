#include "domain/cluster_view.hpp"

#include "domain/placement.hpp"

#include <nlohmann/json.hpp>

namespace neurocards::cluster_view {

namespace {

using nlohmann::json;

/// Reports come every second or two: a node that misses several is in trouble, though its
/// connection may stand for some seconds yet.
constexpr std::chrono::seconds silent_after{6};

json words_of(const std::vector<node_role>& roles) {
  auto result = json::array();
  for (const auto role : roles)
    result.push_back(to_string(role));
  return result;
}

json shown(const node& x) {
  json result{{"name", x.name},
              {"listed", x.listed},
              {"connection", connection_of(x)},
              {"version", x.version},
              {"wanted", words_of(x.wanted.roles)},
              {"wanted_concurrency", x.wanted.concurrency}};
  if (x.report) {
    result["runs"] = words_of(x.report->roles);
    result["draining"] = words_of(x.report->draining);
    result["in_flight"] = x.report->stats.in_flight;
    result["capacity"] = x.report->stats.capacity;
    result["follows"] = placements::follows(*x.report, x.wanted);
  }
  return result;
}

} // namespace

std::string connection_of(const node& x) {
  if (!x.connected)
    return "away";
  return x.silent_for >= silent_after ? "silent" : "connected";
}

std::string to_json(const view& x) {
  json nodes = json::array();
  for (const auto& n : x.nodes)
    nodes.push_back(shown(n));
  return json{{"leader", x.leader}, {"revision", x.revision}, {"standbys", x.standbys},
              {"nodes", nodes},     {"refused", x.refused},   {"file_faults", x.file_faults}}
    .dump();
}

} // namespace neurocards::cluster_view
