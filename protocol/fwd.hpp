#pragma once

#include "protocol/actors_view.hpp"
#include "protocol/cluster.hpp"
#include "protocol/errors.hpp"
#include "protocol/outage.hpp"
#include "protocol/store/request.hpp"
#include "protocol/work.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/type_id.hpp>

// Messages that never leave their process need no wire format.
#define NEUROCARDS_LOCAL(type)                                                                     \
  template <>                                                                                      \
  struct caf::allowed_unsafe_message_type<neurocards::type> : std::true_type {};

// A request to the database or its answer, wherever its struct is.
#define NEUROCARDS_ADD_STORE_TYPE(type)                                                            \
  namespace neurocards::store {                                                                    \
  struct type;                                                                                     \
  }                                                                                                \
  NEUROCARDS_LOCAL(store::type)                                                                    \
  CAF_ADD_TYPE_ID(neurocards, (neurocards::store::type))

NEUROCARDS_LOCAL(http::request)
NEUROCARDS_LOCAL(http::response)
NEUROCARDS_LOCAL(task_ended)
NEUROCARDS_LOCAL(task_polled)
NEUROCARDS_LOCAL(task_callback)
NEUROCARDS_LOCAL(write_prompt)
NEUROCARDS_LOCAL(written_prompt)
NEUROCARDS_LOCAL(query_slot)
NEUROCARDS_LOCAL(query_turn)
NEUROCARDS_LOCAL(find_key)
NEUROCARDS_LOCAL(choose_key)
NEUROCARDS_LOCAL(found_key)
NEUROCARDS_LOCAL(put_file)
NEUROCARDS_LOCAL(put_result)
NEUROCARDS_LOCAL(open_file)
NEUROCARDS_LOCAL(opened_file)
NEUROCARDS_LOCAL(link_file)
NEUROCARDS_LOCAL(file_link)
NEUROCARDS_LOCAL(drop_file)
NEUROCARDS_LOCAL(routed_update)
NEUROCARDS_LOCAL(conversation_idle)
NEUROCARDS_LOCAL(webhook_update)
NEUROCARDS_LOCAL(store::transition)
NEUROCARDS_LOCAL(store::committed)
NEUROCARDS_LOCAL(store::count)
NEUROCARDS_LOCAL(store::retired)
NEUROCARDS_LOCAL(cluster_file)
NEUROCARDS_LOCAL(weigh_failure)
NEUROCARDS_LOCAL(failure_origin)

namespace neurocards {

/// Compared by nodes before anything else. Bump it with every change of a type that travels.
constexpr int protocol_version = 2;

/// Registers all message types; once per process, before the first actor system.
void init_protocol();

template <class Inspector>
bool inspect(Inspector& f, outbox_hint& x) {
  return f.object(x).fields();
}

template <class Inspector>
bool inspect(Inspector& f, node_stats& x) {
  return f.object(x).fields(f.field("in_flight", x.in_flight), f.field("capacity", x.capacity),
                            f.field("claimed", x.claimed), f.field("completed", x.completed),
                            f.field("failed", x.failed));
}

template <class Inspector>
bool inspect(Inspector& f, node_card& x) {
  return f.object(x).fields(f.field("name", x.name), f.field("version", x.version),
                            f.field("protocol", x.protocol), f.field("process", x.process));
}

template <class Inspector>
bool inspect(Inspector& f, peer_address& x) {
  return f.object(x).fields(f.field("name", x.name), f.field("host", x.host),
                            f.field("port", x.port));
}

/// Travels as its word. One that this version does not know ends the reading of the message: nodes
/// of one `protocol_version` know the same.
template <class Inspector>
bool inspect(Inspector& f, node_role& x) {
  const auto get = [&x] { return std::string{to_string(x)}; };
  const auto set = [&x](const std::string& word) {
    const auto known = parse_node_role(word);
    x = known.value_or(x);
    return known.has_value();
  };
  return f.apply(get, set);
}

template <class Inspector>
bool inspect(Inspector& f, placement& x) {
  return f.object(x).fields(f.field("roles", x.roles), f.field("concurrency", x.concurrency),
                            f.field("coordinators", x.coordinators), f.field("reason", x.reason));
}

template <class Inspector>
bool inspect(Inspector& f, node_report& x) {
  return f.object(x).fields(f.field("roles", x.roles), f.field("draining", x.draining),
                            f.field("concurrency", x.concurrency), f.field("stats", x.stats));
}

} // namespace neurocards

// Every type that may be a message element. The position of a line is its number on the wire:
// append only, never reorder, never remove. Types that travel between nodes come first.
CAF_BEGIN_TYPE_ID_BLOCK(neurocards, caf::first_custom_type_id)
  CAF_ADD_TYPE_ID(neurocards, (neurocards::ec))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::outbox_hint))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::node_stats))
  // from here: within one process
  CAF_ADD_TYPE_ID(neurocards, (neurocards::http::request))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::http::response))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::task_ended))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::task_callback))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::write_prompt))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::written_prompt))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::query_slot))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::query_turn))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::find_key))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::found_key))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::put_file))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::put_result))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::open_file))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::opened_file))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::link_file))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::file_link))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::drop_file))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::routed_update))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::conversation_idle))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::webhook_update))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::store::transition))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::store::committed))
  NEUROCARDS_ADD_STORE_TYPE(put_updates)
  NEUROCARDS_ADD_STORE_TYPE(update_ids)
  NEUROCARDS_ADD_STORE_TYPE(pending_updates)
  NEUROCARDS_ADD_STORE_TYPE(inbox_page)
  NEUROCARDS_ADD_STORE_TYPE(load_conversation)
  NEUROCARDS_ADD_STORE_TYPE(conversation_view)
  NEUROCARDS_ADD_STORE_TYPE(commit_step)
  NEUROCARDS_ADD_STORE_TYPE(step_outcome)
  NEUROCARDS_ADD_STORE_TYPE(claim_jobs)
  NEUROCARDS_ADD_STORE_TYPE(claimed_jobs)
  NEUROCARDS_ADD_STORE_TYPE(record_prompt)
  NEUROCARDS_ADD_STORE_TYPE(record_intent)
  NEUROCARDS_ADD_STORE_TYPE(intent_outcome)
  NEUROCARDS_ADD_STORE_TYPE(record_task)
  NEUROCARDS_ADD_STORE_TYPE(retry_job)
  NEUROCARDS_ADD_STORE_TYPE(complete_job)
  NEUROCARDS_ADD_STORE_TYPE(fail_job)
  NEUROCARDS_ADD_STORE_TYPE(release_jobs)
  CAF_ADD_TYPE_ID(neurocards, (neurocards::store::count))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::store::retired)) // was add_job_event
  NEUROCARDS_ADD_STORE_TYPE(cool_down_key)
  NEUROCARDS_ADD_STORE_TYPE(cool_down_model)
  NEUROCARDS_ADD_STORE_TYPE(adopt_task)
  NEUROCARDS_ADD_STORE_TYPE(adoption)
  NEUROCARDS_ADD_STORE_TYPE(heartbeat)
  NEUROCARDS_ADD_STORE_TYPE(heartbeat_outcome)
  NEUROCARDS_ADD_STORE_TYPE(rescue_expired_jobs)
  NEUROCARDS_ADD_STORE_TYPE(sweep)
  NEUROCARDS_ADD_STORE_TYPE(due_notifications)
  NEUROCARDS_ADD_STORE_TYPE(notification_page)
  NEUROCARDS_ADD_STORE_TYPE(mark_sent)
  NEUROCARDS_ADD_STORE_TYPE(defer_notification)
  NEUROCARDS_ADD_STORE_TYPE(drop_notification)
  CAF_ADD_ATOM(neurocards, neurocards, wake_atom) // ask now, there may be work
  CAF_ADD_ATOM(neurocards, neurocards,
               drain_atom) // take no new work, finish or give back, then answer
  CAF_ADD_ATOM(neurocards, neurocards, gained_atom) // the leader lock is ours
  CAF_ADD_ATOM(neurocards, neurocards, lost_atom)   // the leader lock may be somebody else's
  CAF_ADD_ATOM(neurocards, neurocards, stats_atom)  // tell your numbers
  CAF_ADD_ATOM(neurocards, neurocards, lease_atom)  // from now on this node is another incarnation
  CAF_ADD_TYPE_ID(neurocards, (neurocards::incarnation))
  NEUROCARDS_ADD_STORE_TYPE(leave_cluster)
  NEUROCARDS_ADD_STORE_TYPE(held_jobs)
  NEUROCARDS_ADD_STORE_TYPE(late_tasks)
  NEUROCARDS_ADD_STORE_TYPE(late_task_page)
  NEUROCARDS_ADD_STORE_TYPE(give_video)
  NEUROCARDS_ADD_STORE_TYPE(settle_task)
  NEUROCARDS_ADD_STORE_TYPE(ping)
  NEUROCARDS_ADD_STORE_TYPE(snapshot)
  NEUROCARDS_ADD_STORE_TYPE(snapshot_json)
  NEUROCARDS_ADD_STORE_TYPE(refresh_progress)
  CAF_ADD_TYPE_ID(neurocards, (neurocards::node_card)) // these travel
  CAF_ADD_TYPE_ID(neurocards, (neurocards::peer_address))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::placement))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::node_report))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::cluster_file)) // this does not
  NEUROCARDS_ADD_STORE_TYPE(show_cluster)
  NEUROCARDS_ADD_STORE_TYPE(take_old_files)
  NEUROCARDS_ADD_STORE_TYPE(old_files)
  NEUROCARDS_ADD_STORE_TYPE(files_removed)
  CAF_ADD_TYPE_ID(neurocards, (neurocards::choose_key))
  NEUROCARDS_ADD_STORE_TYPE(read_keys)
  NEUROCARDS_ADD_STORE_TYPE(key_view)
  CAF_ADD_TYPE_ID(neurocards, (neurocards::task_polled))
  NEUROCARDS_ADD_STORE_TYPE(swept)
  CAF_ADD_TYPE_ID(neurocards, (neurocards::weigh_failure))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::failure_origin))
  NEUROCARDS_ADD_STORE_TYPE(report_failures)
  NEUROCARDS_ADD_STORE_TYPE(report_probe)
  NEUROCARDS_ADD_STORE_TYPE(watch_provider)
  NEUROCARDS_ADD_STORE_TYPE(provider_view)
  NEUROCARDS_ADD_STORE_TYPE(show_job)
  NEUROCARDS_ADD_STORE_TYPE(job_json)
  CAF_ADD_TYPE_ID(neurocards, (neurocards::actors_query)) // these travel
  CAF_ADD_TYPE_ID(neurocards, (neurocards::actors_answer))
  NEUROCARDS_ADD_STORE_TYPE(take_ended)
  NEUROCARDS_ADD_STORE_TYPE(ended_json)
  NEUROCARDS_ADD_STORE_TYPE(jobs_page)
  NEUROCARDS_ADD_STORE_TYPE(errors_page)
  NEUROCARDS_ADD_STORE_TYPE(actions_page)
  NEUROCARDS_ADD_STORE_TYPE(act_on_jobs)
  NEUROCARDS_ADD_STORE_TYPE(pull_lever)
  NEUROCARDS_ADD_STORE_TYPE(operators_json)
  NEUROCARDS_ADD_STORE_TYPE(raise_alert)
  NEUROCARDS_ADD_STORE_TYPE(tell_operators)
  NEUROCARDS_ADD_STORE_TYPE(release_news)
  NEUROCARDS_ADD_STORE_TYPE(released_news)
  NEUROCARDS_ADD_STORE_TYPE(note_bot)
  NEUROCARDS_ADD_STORE_TYPE(read_durations)
  NEUROCARDS_ADD_STORE_TYPE(durations_json)
  NEUROCARDS_ADD_STORE_TYPE(keep_outlook)
CAF_END_TYPE_ID_BLOCK(neurocards)
