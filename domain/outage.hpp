#pragma once

#include "domain/provider.hpp"

#include <chrono>

/// What is decided about outages of a provider without the database
/// (sql/functions/report_failures).
namespace neurocards::outage {

using std::chrono::milliseconds;

/// How long after the beginning of an outage the next probe is due, for one that has lasted for
/// `down_for`: after `first`, then after twice as long each time, at most ten times `first`.
milliseconds next_probe_after(milliseconds down_for, milliseconds first);

/// Whether an answer to a probe says that the provider does not work. A refusal of the key, a limit
/// or an empty account is an answer all the same.
bool is_out_of_order(const provider::verdict&);

} // namespace neurocards::outage
