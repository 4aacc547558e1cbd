#pragma once

#include "actors/actor_instance.hpp"
#include "protocol/actors_view.hpp"

#include <chrono>
#include <string>

#include <nlohmann/json_fwd.hpp>

/// What this process says of its actors, as JSON (docs/operations.md). Safe to use from any thread.
namespace neurocards::actor_report {

/// All kinds in figures, with messages, flows, threads and stalls. Adds to `to`.
void add_kinds(nlohmann::json& to);

/// Instances of `query.kind`, sorted and limited; `missing` when there is no such kind. Adds to
/// `to`.
void add_instances(nlohmann::json& to, const actors_query& query);

/// Adds `last_message`, the types of the last message that the actor has handled, and `last_at`,
/// when it was done with that; null: it has handled none. What stood in the message is not kept.
void add_last_message(nlohmann::json& to, const actor_instance&,
                      std::chrono::steady_clock::time_point now);

/// The stalls that run now, then those that ended last, newest first.
nlohmann::json stalls();

/// Sorts instances as `add_instances` wrote them, and keeps `limit` of them.
void sort_instances(nlohmann::json& instances, const std::string& by, int limit);

} // namespace neurocards::actor_report
