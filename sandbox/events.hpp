#pragma once

#include "base/http_server.hpp"

#include <nlohmann/json_fwd.hpp>

#include <deque>

namespace neurocards::sandbox {

/// What happened, for whoever watches (the chat page): a numbered list of the last few thousand.
class event_log {
public:
  /// Adds `event` (an object) and wakes those who wait.
  void add(nlohmann::json event);

  /// Answers with everything after number `since`, or waits for the next event. Call `expire` with
  /// the returned number (0: answered already) to end the wait with an empty list.
  uint64_t wait(uint64_t since, http_server::responder r);
  void expire(uint64_t waiter);

  void clear();

private:
  struct waiter {
    uint64_t id;
    http_server::responder who;
  };

  std::string after(uint64_t since) const;

  std::deque<std::string> events_; // JSON; the last one has number last_
  uint64_t last_ = 0;
  std::deque<waiter> waiting_;
  uint64_t last_waiter_ = 0;
};

} // namespace neurocards::sandbox
