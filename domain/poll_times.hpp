#pragma once

#include <chrono>

/// When a provider is asked how its tasks stand. Pure: the worker's actors follow it, and so does
/// the simulation of an installation (bench/simulation).
namespace neurocards::poll_times {

using time_point = std::chrono::steady_clock::time_point;
using std::chrono::nanoseconds;

/// From now to the first poll of a task, of whose first interval so much is left: soon, but not all
/// that were taken over at once, and not before its first interval is over. `random` in [0, 1).
nanoseconds first(nanoseconds interval, nanoseconds left_of_interval, double random);

/// From the first poll of a task that was taken over to its second: any part of an interval, or
/// those that were taken over at once would be polled at once from then on.
nanoseconds second(nanoseconds interval, double random);

/// How a task was polled last.
struct latest_poll {
  time_point began;
  time_point answered;
  time_point given_up_from;   // the task has had its time
  nanoseconds asked_pause{0}; // the least that the provider wants
};

/// The next poll, `pause` after the last one began, so that slow answers do not stretch the
/// interval; unless the provider answers more slowly than it is asked, or asks to wait. And one
/// poll exactly when time is up, not later.
time_point next(const latest_poll&, nanoseconds pause, nanoseconds interval);

/// Between two queries of one node with one key. The provider counts what arrives within a second,
/// and what left evenly spaced arrives a bit early or late: a node's share of the budget (queries a
/// second, of all workers) gets a tenth more than that second, and is a whole number, because no
/// other node knows when its queries fall.
nanoseconds query_spacing(int budget, int workers);

} // namespace neurocards::poll_times
