#pragma once

#include "db/session.hpp"
#include "protocol/outage.hpp"

#include <span>
#include <type_traits>
#include <vector>

/// What each request of protocol/store.hpp is in SQL. `execute` answers a whole batch, in its
/// order, with one statement (rarely two); it throws what libpqxx throws, and then nothing was
/// changed.
namespace neurocards::db {

template <class Request>
using answers = std::vector<typename Request::answer>;

/// How many requests of a kind run as one statement. One for those that a repetition after the
/// failure of a neighbour would hurt or that cannot be merged.
template <class Request>
constexpr size_t batch_limit = 500;
template <>
inline constexpr size_t batch_limit<store::claim_jobs> = 1;
template <>
inline constexpr size_t batch_limit<store::held_jobs> = 1;
template <>
inline constexpr size_t batch_limit<store::pending_updates> = 1;
template <>
inline constexpr size_t batch_limit<store::release_jobs> = 1;
template <>
inline constexpr size_t batch_limit<store::adopt_task> = 1;
template <>
inline constexpr size_t batch_limit<store::give_video> = 1;
template <>
inline constexpr size_t batch_limit<store::settle_task> = 1;
template <>
inline constexpr size_t batch_limit<store::late_tasks> = 1;
template <>
inline constexpr size_t batch_limit<store::look_at_keys> = 1;
template <>
inline constexpr size_t batch_limit<store::heartbeat> = 1;
template <>
inline constexpr size_t batch_limit<store::leave_cluster> = 1;
template <>
inline constexpr size_t batch_limit<store::show_cluster> = 1;
template <>
inline constexpr size_t batch_limit<store::rescue_expired_jobs> = 1;
template <>
inline constexpr size_t batch_limit<store::sweep> = 1;
template <>
inline constexpr size_t batch_limit<store::take_old_files> = 1;
template <>
inline constexpr size_t batch_limit<store::paint_cards> = 1;
template <>
inline constexpr size_t batch_limit<store::due_notices> = 1;
template <>
inline constexpr size_t batch_limit<store::report_failures> = 1;
template <>
inline constexpr size_t batch_limit<store::report_probe> = 1;
template <>
inline constexpr size_t batch_limit<store::watch_provider> = 1;

/// Which lanes run a kind. What keeps a node alive and what must not be lost has a lane of its own,
/// that nothing else can fill.
enum class way : uint8_t { common, pulse, inbox };
constexpr size_t ways = 3;

template <class Request>
constexpr way way_of = way::common;
template <>
inline constexpr way way_of<store::heartbeat> = way::pulse;
template <>
inline constexpr way way_of<store::leave_cluster> = way::pulse;
template <>
inline constexpr way way_of<store::ping> = way::pulse;
template <>
inline constexpr way way_of<store::put_updates> = way::inbox;

// inbox and conversations (conversation_store.cpp)
answers<store::put_updates> execute(session&, std::span<const store::put_updates>);
answers<store::pending_updates> execute(session&, std::span<const store::pending_updates>);
answers<store::load_conversation> execute(session&, std::span<const store::load_conversation>);
answers<store::commit_step> execute(session&, std::span<const store::commit_step>);

// the queue (job_store.cpp, kie_store.cpp)
answers<store::claim_jobs> execute(session&, std::span<const store::claim_jobs>);
answers<store::held_jobs> execute(session&, std::span<const store::held_jobs>);
answers<store::record_prompt> execute(session&, std::span<const store::record_prompt>);
answers<store::record_intent> execute(session&, std::span<const store::record_intent>);
answers<store::record_task> execute(session&, std::span<const store::record_task>);
answers<store::retry_job> execute(session&, std::span<const store::retry_job>);
answers<store::complete_job> execute(session&, std::span<const store::complete_job>);
answers<store::fail_job> execute(session&, std::span<const store::fail_job>);
answers<store::release_jobs> execute(session&, std::span<const store::release_jobs>);
answers<store::add_job_event> execute(session&, std::span<const store::add_job_event>);
answers<store::rest_key> execute(session&, std::span<const store::rest_key>);
answers<store::rest_model> execute(session&, std::span<const store::rest_model>);
answers<store::look_at_keys> execute(session&, std::span<const store::look_at_keys>);
answers<store::adopt_task> execute(session&, std::span<const store::adopt_task>);
answers<store::give_video> execute(session&, std::span<const store::give_video>);
answers<store::settle_task> execute(session&, std::span<const store::settle_task>);
answers<store::late_tasks> execute(session&, std::span<const store::late_tasks>);

// outages of the provider (provider_store.cpp)
answers<store::report_failures> execute(session&, std::span<const store::report_failures>);
answers<store::report_probe> execute(session&, std::span<const store::report_probe>);
answers<store::watch_provider> execute(session&, std::span<const store::watch_provider>);

// nodes and the outbox (node_store.cpp, outbox_store.cpp)
answers<store::heartbeat> execute(session&, std::span<const store::heartbeat>);
answers<store::leave_cluster> execute(session&, std::span<const store::leave_cluster>);
answers<store::show_cluster> execute(session&, std::span<const store::show_cluster>);
answers<store::rescue_expired_jobs> execute(session&, std::span<const store::rescue_expired_jobs>);
answers<store::sweep> execute(session&, std::span<const store::sweep>);
answers<store::take_old_files> execute(session&, std::span<const store::take_old_files>);
answers<store::files_removed> execute(session&, std::span<const store::files_removed>);
answers<store::paint_cards> execute(session&, std::span<const store::paint_cards>);
answers<store::ping> execute(session&, std::span<const store::ping>);
answers<store::snapshot> execute(session&, std::span<const store::snapshot>);
answers<store::due_notices> execute(session&, std::span<const store::due_notices>);
answers<store::mark_sent> execute(session&, std::span<const store::mark_sent>);
answers<store::defer_notice> execute(session&, std::span<const store::defer_notice>);
answers<store::drop_notice> execute(session&, std::span<const store::drop_notice>);

} // namespace neurocards::db
