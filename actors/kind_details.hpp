#pragma once

#include "actors/duration_histogram.hpp"
#include "actors/message_key.hpp"

#include <chrono>
#include <map>
#include <mutex>
#include <string_view>
#include <utility>

namespace neurocards {

/// A message that an actor has handled.
struct handled_message {
  message_key key = 0;
  std::string_view from; // kind of its sender; lives as long as the process
  int64_t took = 0;      // nanoseconds
  int64_t waited = -1;   // likewise, in the mailbox; negative: unknown
  bool failed = false;   // the handler threw, or it is an answer that says so
};

/// What the actors of one kind did in a stretch of time.
struct details_window {
  struct message_figures {
    duration_histogram took;
    int64_t errors = 0;
  };

  std::chrono::steady_clock::time_point since;
  int64_t busy_ns = 0; // of the kind, when the window began
  duration_histogram took;
  duration_histogram waited;
  std::map<message_key, message_figures> messages;
  std::map<std::pair<std::string_view, message_key>, int64_t> flows; // by kind of the sender
  std::map<message_key, int64_t> lost;      // that nobody handled: the actor had ended
  std::map<message_key, int64_t> unhandled; // that its receiver has no handler for
};

/// Details of one kind while somebody watches, of the last 30 to 60 s. Safe to use from any thread.
class kind_details {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// Forgets everything. `busy_ns`: what the kind was busy until now.
  void begin(time_point now, int64_t busy_ns);

  void add(const handled_message&);
  void add_lost(message_key);
  void add_unhandled(message_key);

  details_window read(time_point now, int64_t busy_ns);

private:
  std::mutex mutex_;
  details_window current_;
  details_window former_;
};

} // namespace neurocards
