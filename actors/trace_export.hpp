#pragma once

#include "actors/metrics.hpp"
#include "protocol/actors.hpp"
#include "protocol/store/history.hpp"
#include "protocol/store/request_list.hpp"

#include <deque>
#include <string>

#include <caf/typed_actor.hpp>

namespace neurocards {

/// Its life is in its clock; it can be told to ask at once.
using ended_watch_actor = caf::typed_actor<caf::result<void>(wake_atom)>;

/// What the parts of `ended_watch` ask the database.
using ended_store_actor = store_actor<store::take_ended, store::show_job>;

struct trace_config {
  std::string endpoint; // base address of the collector; empty: no traces are made
  std::string node;
  std::string version;
};

/// Sends the spans of jobs that have ended to a collector. One that is away costs a counter and
/// nothing else: what it does not take is gone, and what comes too fast is dropped. Part of the
/// actor `ended_watch`; not an actor itself.
class trace_export {
public:
  trace_export(ended_watch_actor::pointer self, trace_config, ended_store_actor, http_agent_actor,
               metrics);

  void add(const job_id&);

private:
  struct entry {
    job_id job;
    int tries = 0; // how often it was not delivered yet
  };

  void next();
  void read(entry);
  void on_history(entry, const std::string& history);
  void send(const std::string& history);
  void done(std::string_view outcome);

  ended_watch_actor::pointer self_;
  trace_config config_;
  ended_store_actor store_;
  http_agent_actor http_;
  metrics counts_;
  std::deque<entry> waiting_;
  int under_way_ = 0;
};

} // namespace neurocards
