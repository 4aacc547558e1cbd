#include "node/http/changes.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace neurocards {

namespace {

using nlohmann::json;

constexpr std::array<const char*, 7> shown{"id",    "tg_user_id",    "status", "attempts",
                                           "model", "template_type", "error"};

/// Begins are reckoned back from how long a handler runs: they differ a little from time to time.
constexpr double same_moment = 0.02;

bool is_same(const json& a, const json& b) {
  return a["kind"] == b["kind"] && a["id"] == b["id"]
         && std::abs(a["at"].get<double>() - b["at"].get<double>()) < same_moment;
}

} // namespace

std::vector<json> job_changes::on_snapshot(const json& state) {
  std::vector<json> result;
  std::map<std::string, condition> now;
  const auto jobs = state.value("jobs", json::array());
  for (const auto& job : jobs) {
    const auto id = job["id"].get<std::string>();
    const condition is{job["status"].get<std::string>(), job["attempts"].get<int>()};
    now[id] = is;
    if (!known_)
      continue;
    const auto before = known_->find(id);
    if (before != known_->end() && before->second == is)
      continue;
    json event;
    for (const auto* name : shown)
      event[name] = job.value(name, json());
    event["was"] = before == known_->end() ? json() : json(before->second.first);
    result.push_back(std::move(event));
  }
  known_ = std::move(now);
  return result;
}

std::vector<json> stall_changes::on_report(const json& stalls) {
  std::vector<json> result;
  for (const auto& x : stalls) {
    const auto is_known = [&] {
      return std::ranges::any_of(
        *known_, [&](const json& y) { return is_same(x, y) && x["running"] == y["running"]; });
    };
    if (known_ ? !is_known() : x["running"] == true)
      result.push_back(x);
  }
  known_.emplace(stalls.begin(), stalls.end());
  return result;
}

} // namespace neurocards
