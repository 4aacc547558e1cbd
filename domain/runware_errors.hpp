#pragma once

#include "domain/provider.hpp"

/// What Runware's answers mean (one table: runware_errors.cpp). A signal has the `code` of the
/// entry of `errors` as its `fail_code`, and the entry's `message`.
namespace neurocards::runware {

/// The code of a creation whose UUID is known already: it was accepted before.
inline constexpr const char* known_task = "conflictTaskUUID";

/// What is said of a task decides about that task alone, as with every provider.
provider::verdict classify(const provider::signal&);

/// Whether a code says that the call was refused, and nothing of the task that it asked about.
bool is_of_the_call(const std::string& code);

} // namespace neurocards::runware
