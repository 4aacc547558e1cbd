#include "node/http/actors_page.hpp"

#include "actors/actor_report.hpp"
#include "node/http/number.hpp"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

namespace neurocards::actors_page {

namespace {

using nlohmann::json;

constexpr std::array<std::string_view, 4> orders{"waiting", "oldest", "busy", "age"};
constexpr int default_limit = 100;
constexpr int greatest_limit = 1000;

std::string dump(const json& x) {
  return x.dump(-1, ' ', false, json::error_handler_t::replace);
}

/// Instances of all nodes in one list, and a row for each node.
std::variant<std::string, refusal> instances(const actors_query& query,
                                             const std::vector<json>& told) {
  auto all = json::array();
  auto nodes = json::array();
  bool known = told.empty();
  for (const auto& x : told) {
    json row{{"node", x["node"]}};
    for (const auto* name : {"error", "total"})
      if (x.contains(name))
        row[name] = x[name];
    nodes.push_back(std::move(row));
    known = known || !x.value("missing", false);
    for (auto instance : x.value("instances", json::array())) {
      instance["node"] = x["node"];
      all.push_back(std::move(instance));
    }
  }
  if (!known)
    return refusal{404, "no such kind of actor; GET /api/actors names them"};
  actor_report::sort_instances(all, query.sort, query.limit);
  return dump({{"kind", query.kind}, {"instances", std::move(all)}, {"nodes", std::move(nodes)}});
}

/// What became of a probe.
std::variant<std::string, refusal> instance(const std::vector<json>& told) {
  if (told.empty())
    return refusal{503, "no node told anything"};
  const auto& x = told.front();
  if (x.contains("error"))
    return refusal{503,
                   "node " + x["node"].get<std::string>() + " " + x["error"].get<std::string>()};
  if (x.value("missing", false))
    return refusal{404, "no such actor lives on this node"};
  return dump(x);
}

} // namespace

std::variant<actors_query, refusal> parse(const http_server::request& r) {
  actors_query result;
  result.node = r.param("node");
  result.sort = orders.front();
  result.limit = default_limit;
  result.detail = r.param("detail") == "1";
  if (const auto sort = r.param("sort"); !sort.empty()) {
    if (std::ranges::find(orders, sort) == orders.end())
      return refusal{400, "sort: write waiting, oldest, busy or age"};
    result.sort = sort;
  }
  if (const auto limit = r.param("limit");
      !limit.empty()
      && (!read_number(limit, result.limit) || result.limit < 1 || result.limit > greatest_limit))
    return refusal{400, "limit: write a number from 1 to 1000"};
  if (r.path.size() <= below.size())
    return result;
  const auto words = r.path.substr(below.size());
  const auto slash = words.find('/');
  result.kind = words.substr(0, slash);
  if (slash == std::string::npos)
    return result;
  if (!read_number(words.substr(slash + 1), result.id) || result.id == 0)
    return refusal{404, "no such actor; an actor's ID is a number"};
  if (result.node == "*")
    return refusal{400, "node: write the name of one node; IDs are a node's own"};
  return result;
}

std::variant<std::string, refusal> compose(const actors_query& query, const actors_answer& got) {
  if (query.kind.empty()) {
    std::string result = "{\"nodes\":[";
    for (const auto& text : got.nodes)
      result.append(result.back() == '[' ? "" : ",").append(text);
    return result + "]}";
  }
  std::vector<json> told;
  for (const auto& text : got.nodes)
    if (auto x = json::parse(text, nullptr, false); x.is_object())
      told.push_back(std::move(x));
  return query.id == 0 ? instances(query, told) : instance(told);
}

} // namespace neurocards::actors_page
