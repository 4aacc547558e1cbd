#include "node/cluster_figures.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace neurocards {

namespace {

using nlohmann::json;

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

void show_cluster_figures(const std::string& snapshot, const metrics& to) {
  const auto state = json::parse(snapshot, nullptr, false);
  if (!state.is_object())
    return;
  to.jobs("queued").value(number(state, "queue", "queued"));
  to.jobs("processing").value(number(state, "queue", "processing"));
  to.queue_age().value(number(state, "queue", "oldest_due_seconds"));
  to.processing_without_lease().value(number(state, "queue", "oldest_without_lease_seconds"));
  to.kie_outage().value(is_down(state, "kie") ? 1 : 0);
  to.outbox_depth().value(number(state, "outbox", "unsent"));
  to.inbox_depth().value(number(state, "inbox", "pending"));
}

} // namespace neurocards
