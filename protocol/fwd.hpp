#pragma once

#include "protocol/cluster.hpp"
#include "protocol/errors.hpp"
#include "protocol/outage.hpp"
#include "protocol/work.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/type_id.hpp>

// Messages that never leave their process need no wire format.
#define NEUROCARDS_LOCAL(type)                                                                     \
  template <>                                                                                      \
  struct caf::allowed_unsafe_message_type<neurocards::type> : std::true_type {};

NEUROCARDS_LOCAL(http::request)
NEUROCARDS_LOCAL(http::response)
NEUROCARDS_LOCAL(task_ended)
NEUROCARDS_LOCAL(task_polled)
NEUROCARDS_LOCAL(kie_callback)
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
NEUROCARDS_LOCAL(store::put_updates)
NEUROCARDS_LOCAL(store::update_ids)
NEUROCARDS_LOCAL(store::pending_updates)
NEUROCARDS_LOCAL(store::inbox_page)
NEUROCARDS_LOCAL(store::load_conversation)
NEUROCARDS_LOCAL(store::conversation_view)
NEUROCARDS_LOCAL(store::commit_step)
NEUROCARDS_LOCAL(store::step_outcome)
NEUROCARDS_LOCAL(store::claim_jobs)
NEUROCARDS_LOCAL(store::claimed_jobs)
NEUROCARDS_LOCAL(store::held_jobs)
NEUROCARDS_LOCAL(store::record_prompt)
NEUROCARDS_LOCAL(store::record_intent)
NEUROCARDS_LOCAL(store::intent_outcome)
NEUROCARDS_LOCAL(store::record_task)
NEUROCARDS_LOCAL(store::retry_job)
NEUROCARDS_LOCAL(store::complete_job)
NEUROCARDS_LOCAL(store::fail_job)
NEUROCARDS_LOCAL(store::release_jobs)
NEUROCARDS_LOCAL(store::count)
NEUROCARDS_LOCAL(store::add_job_event)
NEUROCARDS_LOCAL(store::rest_key)
NEUROCARDS_LOCAL(store::rest_model)
NEUROCARDS_LOCAL(store::look_at_keys)
NEUROCARDS_LOCAL(store::key_view)
NEUROCARDS_LOCAL(store::adopt_task)
NEUROCARDS_LOCAL(store::adoption)
NEUROCARDS_LOCAL(store::heartbeat)
NEUROCARDS_LOCAL(store::heartbeat_outcome)
NEUROCARDS_LOCAL(store::rescue_expired_jobs)
NEUROCARDS_LOCAL(store::sweep)
NEUROCARDS_LOCAL(store::swept)
NEUROCARDS_LOCAL(store::take_old_files)
NEUROCARDS_LOCAL(store::old_files)
NEUROCARDS_LOCAL(store::files_removed)
NEUROCARDS_LOCAL(store::leave_cluster)
NEUROCARDS_LOCAL(store::late_tasks)
NEUROCARDS_LOCAL(store::late_task_page)
NEUROCARDS_LOCAL(store::give_video)
NEUROCARDS_LOCAL(store::settle_task)
NEUROCARDS_LOCAL(store::ping)
NEUROCARDS_LOCAL(store::paint_cards)
NEUROCARDS_LOCAL(store::snapshot)
NEUROCARDS_LOCAL(store::snapshot_json)
NEUROCARDS_LOCAL(store::due_notices)
NEUROCARDS_LOCAL(store::notice_page)
NEUROCARDS_LOCAL(store::mark_sent)
NEUROCARDS_LOCAL(store::defer_notice)
NEUROCARDS_LOCAL(store::drop_notice)
NEUROCARDS_LOCAL(store::show_cluster)
NEUROCARDS_LOCAL(cluster_file)
NEUROCARDS_LOCAL(weigh_failure)
NEUROCARDS_LOCAL(failure_origin)
NEUROCARDS_LOCAL(store::report_failures)
NEUROCARDS_LOCAL(store::report_probe)
NEUROCARDS_LOCAL(store::watch_provider)
NEUROCARDS_LOCAL(store::provider_view)

namespace neurocards {

/// Compared by nodes before anything else. Bump it with every change of a type that travels.
constexpr int protocol_version = 1;

/// Registers all message types; once per process, before the first actor system.
void init_protocol();

template <class Inspector>
bool inspect(Inspector& f, outbox_hint& x) {
  return f.object(x).fields(f.field("rows", x.rows));
}

template <class Inspector>
bool inspect(Inspector& f, node_stats& x) {
  return f.object(x).fields(f.field("in_flight", x.in_flight), f.field("capacity", x.capacity),
                            f.field("polling", x.polling), f.field("claimed", x.claimed),
                            f.field("completed", x.completed), f.field("failed", x.failed));
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
  CAF_ADD_TYPE_ID(neurocards, (neurocards::kie_callback))
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
  CAF_ADD_TYPE_ID(neurocards, (neurocards::store::put_updates))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::store::update_ids))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::store::pending_updates))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::store::inbox_page))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::store::load_conversation))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::store::conversation_view))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::store::commit_step))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::store::step_outcome))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::store::claim_jobs))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::store::claimed_jobs))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::store::record_prompt))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::store::record_intent))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::store::intent_outcome))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::store::record_task))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::store::retry_job))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::store::complete_job))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::store::fail_job))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::store::release_jobs))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::store::count))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::store::add_job_event))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::store::rest_key))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::store::rest_model))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::store::adopt_task))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::store::adoption))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::store::heartbeat))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::store::heartbeat_outcome))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::store::rescue_expired_jobs))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::store::sweep))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::store::due_notices))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::store::notice_page))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::store::mark_sent))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::store::defer_notice))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::store::drop_notice))
  CAF_ADD_ATOM(neurocards, neurocards, wake_atom) // look now, there may be work
  CAF_ADD_ATOM(neurocards, neurocards,
               drain_atom) // take no new work, finish or give back, then answer
  CAF_ADD_ATOM(neurocards, neurocards, gained_atom) // the leader lock is ours
  CAF_ADD_ATOM(neurocards, neurocards, lost_atom)   // the leader lock may be somebody else's
  CAF_ADD_ATOM(neurocards, neurocards, stats_atom)  // tell your numbers
  CAF_ADD_ATOM(neurocards, neurocards, lease_atom)  // from now on this node is another incarnation
  CAF_ADD_TYPE_ID(neurocards, (neurocards::incarnation))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::store::leave_cluster))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::store::held_jobs))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::store::late_tasks))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::store::late_task_page))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::store::give_video))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::store::settle_task))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::store::ping))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::store::snapshot))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::store::snapshot_json))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::store::paint_cards))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::node_card)) // these travel
  CAF_ADD_TYPE_ID(neurocards, (neurocards::peer_address))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::placement))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::node_report))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::cluster_file)) // this does not
  CAF_ADD_TYPE_ID(neurocards, (neurocards::store::show_cluster))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::store::take_old_files))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::store::old_files))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::store::files_removed))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::choose_key))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::store::look_at_keys))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::store::key_view))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::task_polled))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::store::swept))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::weigh_failure))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::failure_origin))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::store::report_failures))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::store::report_probe))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::store::watch_provider))
  CAF_ADD_TYPE_ID(neurocards, (neurocards::store::provider_view))
CAF_END_TYPE_ID_BLOCK(neurocards)
