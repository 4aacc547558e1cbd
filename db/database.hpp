#pragma once

#include "db/connection.hpp"
#include "protocol/store/request_list.hpp"

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include <caf/expected.hpp>

namespace neurocards::db {

struct database_config {
  connection_config connection;
  int lanes = 4; // connections, each with a thread; heartbeats and stored updates have two more
  size_t batch_size = 500;                    // requests that run as one statement at most
  size_t waiting_per_kind = 100'000;          // beyond: `ec::overloaded`
  std::chrono::milliseconds patience{10'000}; // waiting for a lane; beyond: `ec::unavailable`

  /// Waiting for a lock; beyond: what is locked is set aside, the others go on. Shorter than
  /// PostgreSQL's deadlock_timeout: a deadlock, too, ends by it, without a victim.
  std::chrono::milliseconds lock_wait{250};
  std::chrono::milliseconds batch_time{2'000}; // no statement of a batch begins later
};

/// Called exactly once, on the thread of a lane (or of the caller, if the queue is full): hand the
/// answer on and return.
template <class Answer>
using completion = std::function<void(caf::expected<Answer>)>;

/// What became of the requests of one kind since the start.
struct kind_stats {
  std::string_view kind;
  uint64_t requests = 0; // answered
  uint64_t failed = 0;   // of these, with an error
  uint64_t batches = 0;
  size_t largest_batch = 0;
  size_t waiting = 0;     // now
  uint64_t set_aside = 0; // because of a lock; each counts as often as it was
  double seconds = 0;     // spent in batches
};

struct database_stats {
  std::vector<kind_stats> kinds;
  int lanes_connected = 0;
  uint64_t connections_lost = 0;
};

/// Group commit: requests queue up by kind, and a lane that is free runs all that wait of one kind
/// as one statement. The kind whose oldest request has waited longest goes first. A request that
/// needs what somebody has locked keeps neither its neighbours nor its lane waiting: it is tried
/// again later, and answered `ec::timed_out` after about five seconds. Thread-safe.
///
/// `ec::unavailable` for a request that was sent leaves open whether it was committed. Every
/// request may be repeated: it is fenced (a transition answers `lease_lost` the second time), keyed
/// (updates, steps, payments, intents) or harmless twice (prompts, tasks, cooldowns, heartbeats,
/// mark_sent). Only a lost answer to `claim_jobs` must be followed by `held_jobs`, or the jobs
/// would be forgotten.
class database {
public:
  explicit database(database_config);
  database(const database&) = delete;
  database& operator=(const database&) = delete;

  /// Runs what is being run to its end; what still waits is answered with `ec::shutting_down`.
  ~database();

  template <store::listed Request>
  void submit(Request request, completion<typename Request::answer> done) {
    submit(store::all_requests::position<Request>, &request, &done);
  }

  database_stats stats() const;

private:
  /// Takes `request` and `done` out of what is pointed at, whose types `position` says. So whoever
  /// submits a request needs to know that one alone.
  void submit(size_t position, void* request, void* done);

  class impl;
  std::unique_ptr<impl> impl_;
};

} // namespace neurocards::db
