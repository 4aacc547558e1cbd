#pragma once

#include "actors/trace_export.hpp"
#include "actors/watched_actor.hpp"
#include "base/log.hpp"

namespace neurocards {

/// Counts jobs that have ended and credits that have moved, wherever that was done: by a node, by
/// the database, by an operator. Every node asks, and each ending is told to one of them; what a
/// node was told that dies at once is not counted. Has the traces of these jobs sent.
class ended_watch {
public:
  static constexpr const char* name = "ended_watch";

  ended_watch(ended_watch_actor::pointer self, trace_config, ended_store_actor, http_agent_actor,
              metrics);
  ended_watch_actor::behavior_type make_behavior();

private:
  void ask();
  void ask_later(caf::timespan delay);
  void on_news(const std::string& text);

  ended_watch_actor::pointer self_;
  ended_store_actor store_;
  metrics counts_;
  trace_export traces_;
  caf::disposable next_;
  bool asking_ = false;
  int quiet_ = 0; // answers in a row that told nothing
  log::limiter failures_;
};

using ended_watch_impl = watched_impl<ended_watch_actor, ended_watch>;

} // namespace neurocards
