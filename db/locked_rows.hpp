#pragma once

#include "db/operations.hpp"

#include <concepts>

/// Which requests of a batch would wait, because somebody (an operator's open transaction, another
/// node) has locked a row they need: asked with SKIP LOCKED, which never waits. By position.
namespace neurocards::db {

std::vector<bool> locked_rows(session&, std::span<const store::commit_step>);
std::vector<bool> locked_rows(session&, std::span<const store::record_prompt>);
std::vector<bool> locked_rows(session&, std::span<const store::record_intent>);
std::vector<bool> locked_rows(session&, std::span<const store::record_task>);
std::vector<bool> locked_rows(session&, std::span<const store::retry_job>);
std::vector<bool> locked_rows(session&, std::span<const store::complete_job>);
std::vector<bool> locked_rows(session&, std::span<const store::fail_job>);
std::vector<bool> locked_rows(session&, std::span<const store::mark_sent>);
std::vector<bool> locked_rows(session&, std::span<const store::defer_notification>);
std::vector<bool> locked_rows(session&, std::span<const store::drop_notification>);

/// The other kinds change rows of their own, or pass over locked ones themselves.
template <class Request>
concept has_rows_to_check = requires(session& on, std::span<const Request> batch) {
  { locked_rows(on, batch) } -> std::same_as<std::vector<bool>>;
};

} // namespace neurocards::db
