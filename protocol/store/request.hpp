#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

/// The questions one may ask the database, each a struct with its traits and the type of its
/// answer, in one header per subject (docs/store_requests.md). Requests of one kind that wait
/// together run as one statement (group commit), and one bad request fails alone. None of these
/// travels between nodes: every node talks to PostgreSQL itself.
namespace neurocards::store {

using time_point = std::chrono::system_clock::time_point;

/// Which lanes run a kind. What keeps a node alive and what must not be lost has a lane of its own,
/// that nothing else can fill.
enum class way : uint8_t { common, pulse, inbox };
constexpr size_t ways = 3;

/// What is true of every request of one kind: the constant `traits` of its struct.
struct request_traits {
  std::string_view name; // in metrics and logs, hence fixed

  /// How many run as one statement. One for those that a repetition after the failure of a
  /// neighbour would hurt or that cannot be merged.
  size_t batch_limit = 500;

  way through = way::common;
};

/// How a fenced transition ended.
enum class transition : uint8_t {
  done,
  lease_lost, // the job is not ours (any more), or not in the state: nothing was changed
};

/// No answer beyond "it is committed".
struct committed {};

struct count {
  int value = 0;
};

/// Stands in the type-id block for a request that is gone: its number stays taken.
struct retired {};

} // namespace neurocards::store
