#pragma once

#include "protocol/fwd.hpp"

#include <caf/typed_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

/// Every actor interface of the program but those of the database: these name each user's own
/// requests and stand where he does (`store_actor`, protocol/store/request_list.hpp). Who
/// implements one is said in actors/; who uses one names only the narrowest that serves. All
/// requests to local actors may wait without limit: each of these answers always.
namespace neurocards {

/// One exchange with a web server. Never fails as a request: failures are in `response::how`.
using http_agent_actor = caf::typed_actor<caf::result<http::response>(http::request)>;

// ── files ────────────────────────────────────────────────────────────────────────────────────────

/// Errors: `ec::storage_full`, `ec::file_missing`, `ec::unavailable`, `ec::misconfigured`.
using object_store_actor =
  caf::typed_actor<caf::result<put_result>(put_file), caf::result<opened_file>(open_file),
                   caf::result<file_link>(link_file),
                   // Removing what is not there succeeds.
                   caf::result<void>(drop_file)>;

// ── a job's way ──────────────────────────────────────────────────────────────────────────────────

/// Always answers with a usable prompt: OpenAI's, or the built-in template's.
using prompt_writer_actor = caf::typed_actor<caf::result<written_prompt>(write_prompt)>;

/// Knows the secrets of the keys and which of them cool down, and paces the queries made with
/// each.
using key_ring_actor =
  caf::typed_actor<caf::result<found_key>(find_key), caf::result<found_key>(choose_key),
                   caf::result<query_turn>(query_slot),
                   // After the database has it: other nodes hear of it there.
                   caf::result<void>(store::cool_down_key)>;

/// Knows whether the provider of videos is down, and finds out whose fault a failure is.
using outage_watch_actor = caf::typed_actor<
  // From a generation. The answer may take as long as a probe does.
  caf::result<failure_origin>(weigh_failure),
  // What the database says of the provider may have changed: NOTIFY.
  caf::result<void>(wake_atom)>;

/// Hears of the end of one task, exactly once, and before that, once and if he wishes, that it
/// was polled.
using task_owner_actor =
  caf::typed_actor<caf::result<void>(task_ended), caf::result<void>(task_polled)>;

/// Watches one task until it ends, and then ends itself.
using kie_poller_actor = caf::typed_actor<
  // The provider called back: poll now instead of at the next interval.
  caf::result<void>(wake_atom)>;

/// The life of one job on this node.
using generation_actor =
  caf::typed_actor<caf::result<void>(task_ended), caf::result<void>(task_polled),
                   // The provider called back about a task of this job.
                   caf::result<void>(task_callback),
                   // End soon: at once, or when the task that is being created at the provider is
                   // saved.
                   caf::result<void>(drain_atom)>;

/// Claims jobs up to the node's capacity and owns their `generation`s.
using queue_claimer_actor = caf::typed_actor<
  // There may be work: NOTIFY, or the clock.
  caf::result<void>(wake_atom),
  // From the http endpoint, after the task was saved for its job.
  caf::result<void>(task_callback),
  // Claim under this incarnation from now on. Generations that run under another one end without a
  // word to the database: their lease may be lost. The zero incarnation claims nothing.
  caf::result<void>(lease_atom, incarnation), caf::result<node_stats>(stats_atom),
  // Answers when every job was given back.
  caf::result<void>(drain_atom)>;

// ── Telegram ─────────────────────────────────────────────────────────────────────────────────────

using conversation_actor =
  caf::typed_actor<caf::result<void>(routed_update),
                   // Answers when nothing is under way any more, then ends.
                   caf::result<void>(drain_atom)>;

using telegram_gateway_actor =
  caf::typed_actor<caf::result<void>(gained_atom), caf::result<void>(lost_atom),
                   // Answers when the update is stored.
                   caf::result<void>(webhook_update),
                   // From a conversation that has nothing to do.
                   caf::result<void>(conversation_idle), caf::result<void>(drain_atom)>;

using notifier_actor =
  caf::typed_actor<caf::result<void>(gained_atom), caf::result<void>(lost_atom),
                   caf::result<void>(wake_atom), caf::result<void>(outbox_hint),
                   caf::result<void>(drain_atom)>;

/// Works once in the cluster, while it holds the leader lock of its role, and is told nothing else.
using singleton_actor =
  caf::typed_actor<caf::result<void>(gained_atom), caf::result<void>(lost_atom),
                   // Ends.
                   caf::result<void>(drain_atom)>;

/// The node's heartbeat, on which all its leases hang.
using health_actor = caf::typed_actor<
  // A queue_claimer (untyped, because an interface cannot travel in its own type-id block): hears
  // from now on under which incarnation it may claim.
  caf::result<void>(lease_atom, caf::actor),
  // What the node runs has changed.
  caf::result<void>(node_report),
  // Answers when the node has signed off.
  caf::result<void>(drain_atom)>;

/// The actors of one role on this node: started together, drained together, started again with
/// backoff when one of them dies.
using role_group_actor = caf::typed_actor<caf::result<void>(drain_atom)>;

// ── the cluster: these interfaces are spoken over the network ────────────────────────────────────

/// Reaches a coordinator on another node. Errors: `ec::unavailable` with what went wrong.
using peer_dialer_actor = caf::typed_actor<caf::result<caf::strong_actor_ptr>(peer_address)>;

/// Runs on its node what the leading coordinator wants, and goes on with it while there is none.
using node_agent_actor = caf::typed_actor<
  // From the leading coordinator. Told again whenever the node's reports say otherwise.
  caf::result<void>(placement),
  // A coordinator of another node, which introduced itself to the one here.
  caf::result<void>(node_card, caf::strong_actor_ptr),
  // From the workers of this node, for the notifier wherever it is; from a coordinator, for the
  // notifier of this node.
  caf::result<void>(outbox_hint),
  // This node's own file was read again: where coordinators are may have changed.
  caf::result<void>(cluster_file),
  // From the leading coordinator: read this node's cluster.conf again.
  caf::result<void>(wake_atom),
  // About the actors of this node, from a coordinator; about those of others, from this node's
  // HTTP service. Answers within four seconds.
  caf::result<actors_answer>(actors_query),
  // Answers when everything has drained, in the order that loses nothing.
  caf::result<void>(drain_atom)>;

/// Knows which nodes are there and, while it leads, tells them what to run.
using coordinator_actor =
  caf::typed_actor<caf::result<void>(gained_atom), caf::result<void>(lost_atom),
                   // A node says who it is: its agent (a `node_agent_actor`) and, if it runs one,
                   // its own coordinator. Answers with the facts of this node; the error
                   // `ec::rejected` says why the two do not fit.
                   caf::result<node_card>(node_card, caf::strong_actor_ptr, caf::strong_actor_ptr),
                   caf::result<void>(node_report), caf::result<void>(outbox_hint),
                   // This node's file was read again.
                   caf::result<void>(cluster_file),
                   // And so shall be those of all other nodes.
                   caf::result<void>(wake_atom),
                   // From an agent, about the actors of other nodes: each is asked, for two seconds
                   // at most.
                   caf::result<actors_answer>(actors_query), caf::result<void>(drain_atom)>;

} // namespace neurocards
