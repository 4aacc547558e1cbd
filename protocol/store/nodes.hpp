#pragma once

#include "protocol/ids.hpp"
#include "protocol/store/request.hpp"

#include <chrono>
#include <string>
#include <vector>

/// Nodes and their leases, the state of the whole, and what retention deletes.
namespace neurocards::store {

struct heartbeat {
  incarnation node;
  std::string name;
  std::string roles; // comma-separated
  std::string version;
  std::string stats; // JSON object: in_flight and the like, shown by `status`
  using answer = struct heartbeat_outcome;
  static constexpr request_traits traits{
    .name = "heartbeat", .batch_limit = 1, .through = way::pulse};
};
struct heartbeat_outcome {
  bool fenced = false; // others took this incarnation's jobs over: it must start anew
  bool drains = false; // an operator wants the node to drain (`nodes drain`)
};

/// A node says good-bye: it holds nothing any more and will not come back.
struct leave_cluster {
  incarnation node;
  using answer = committed;
  static constexpr request_traits traits{
    .name = "leave_cluster", .batch_limit = 1, .through = way::pulse};
};

/// Shows everybody what the leading coordinator sees: JSON, kept as the setting `cluster`.
struct show_cluster {
  std::string json;
  using answer = committed;
  static constexpr request_traits traits{.name = "show_cluster", .batch_limit = 1};
};

/// Takes jobs back from nodes whose heartbeat is older than `lease`. One on which three workers
/// died while nothing else was suspect fails with refund.
struct rescue_expired_jobs {
  std::chrono::milliseconds lease{0};
  using answer = count;
  static constexpr request_traits traits{.name = "rescue_expired_jobs", .batch_limit = 1};
};

/// Whether the database answers.
struct ping {
  using answer = committed;
  static constexpr request_traits traits{.name = "ping", .through = way::pulse};
};

/// The state of the whole system as JSON, for `status` and the dashboard.
struct snapshot {
  std::chrono::milliseconds lease{30'000};
  using answer = struct snapshot_json;
  static constexpr request_traits traits{.name = "snapshot"};
};
struct snapshot_json {
  std::string text;
};

/// What retention deletes: handled updates, settled notifications, events of jobs, cards of orders
/// that have ended, nodes that are gone, drafts that nobody has touched for `sweep::keep`; and
/// `earnings`, which are added to the sums of their day instead.
enum class sweep_kind : uint8_t { updates, notifications, cards, nodes, drafts, earnings };

/// In SQL, too.
std::string to_string(sweep_kind);

/// Deletes at most `limit` rows of a kind. Reading counts as deleting for drafts.
struct sweep {
  sweep_kind kind = sweep_kind::updates;
  std::chrono::seconds keep{std::chrono::hours{24 * 90}};
  int limit = 1000;
  using answer = struct swept;
  static constexpr request_traits traits{.name = "sweep", .batch_limit = 1};
};
struct swept {
  int rows = 0;
  bool more = false; // there may be: ask again
};

/// Files of the storage that nobody needs any more and nobody may begin to use from now on; they
/// are the caller's to remove. Those he does not report are given out again, after ten minutes at
/// first and later after a day. Checks `limit` files that are due.
struct take_old_files {
  std::chrono::seconds keep{std::chrono::hours{24 * 90}};
  int limit = 200;
  using answer = struct old_files;
  static constexpr request_traits traits{.name = "take_old_files", .batch_limit = 1};
};
struct old_files {
  std::vector<storage_key> keys;
  bool more = false; // there may be: ask again
};

/// The storage has let go of these.
struct files_removed {
  std::vector<storage_key> keys;
  using answer = committed;
  static constexpr request_traits traits{.name = "files_removed"};
};

} // namespace neurocards::store
