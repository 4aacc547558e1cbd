#pragma once

#include "protocol/store/conversations.hpp"
#include "protocol/telegram.hpp"

namespace neurocards::flow {

/// What is committed instead of a step that fails again and again, so that one update cannot stand
/// in a chat's way for ever: the update counts as handled, the session stays, the user is asked to
/// try again.
store::commit_step apology(const telegram::incoming&);

/// The least that marks an update as handled.
store::commit_step nothing_but_handled(const telegram::incoming&);

/// Somebody has paid, or got his money back: marked as handled without its credits, the money would
/// be lost. What cannot be applied stays in the inbox, for a person.
bool moves_money(const telegram::incoming& update);

} // namespace neurocards::flow
