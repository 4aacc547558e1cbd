#include "node/http/cluster_figures.hpp"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

namespace neurocards {

namespace {

using nlohmann::json;

constexpr auto longest_age = std::chrono::seconds{30};
constexpr std::array<std::string_view, 6> families{
  "neurocards_jobs",
  "neurocards_queue_age_seconds",
  "neurocards_oldest_processing_without_lease_seconds",
  "neurocards_outbox_depth",
  "neurocards_inbox_depth",
  "neurocards_kie_outage"};

/// A whole number below `group`; 0 where it is null or missing (nothing waits, nothing is late).
int64_t number(const json& from, const char* group, const char* name) {
  const auto outer = from.find(group);
  if (outer == from.end() || !outer->is_object())
    return 0;
  const auto found = outer->find(name);
  return found == outer->end() || !found->is_number_integer() ? 0 : found->get<int64_t>();
}

/// Whether a provider is down for the whole cluster.
bool is_down(const json& state, const char* provider) {
  const auto all = state.find("providers");
  if (all == state.end() || !all->is_array())
    return false;
  return std::ranges::any_of(*all, [&](const json& x) {
    return x.is_object() && x.contains("name") && x["name"] == provider && x.contains("down")
           && x["down"] == true;
  });
}

} // namespace

void cluster_figures::on_snapshot(const std::string& text, time_point now) {
  const auto state = json::parse(text, nullptr, false);
  if (!state.is_object())
    return on_failure("the snapshot of the database is no JSON object", now);
  to_.jobs("queued").value(number(state, "queue", "queued"));
  to_.jobs("processing").value(number(state, "queue", "processing"));
  to_.queue_age().value(number(state, "queue", "oldest_due_seconds"));
  to_.processing_without_lease().value(number(state, "queue", "oldest_without_lease_seconds"));
  to_.provider_outage().value(is_down(state, "kie") ? 1 : 0);
  to_.outbox_depth().value(number(state, "outbox", "unsent"));
  to_.inbox_depth().value(number(state, "inbox", "pending"));
  to_.cluster_figures_age().value(0);
  series_ = cluster_series(state, *names_.now());
  shown_from_ = now;
  failures_.reset();
}

void cluster_figures::on_failure(const std::string& reason, time_point now) {
  const auto age =
    std::chrono::duration_cast<std::chrono::seconds>(now - shown_from_.value_or(since_));
  to_.cluster_figures_age().value(age.count());
  if (failures_.should_log())
    log::error("cluster_figures.not_read", "error", reason, "age", age, "times", failures_.count(),
               "advice", "the figures of the cluster in /metrics stand still, then disappear");
}

bool cluster_figures::is_fresh(time_point now) const {
  return shown_from_ && now - *shown_from_ <= longest_age;
}

std::vector<std::string_view> cluster_figures::hidden(time_point now) const {
  if (is_fresh(now))
    return {};
  return {families.begin(), families.end()};
}

} // namespace neurocards
