#pragma once

#include <chrono>
#include <cstdint>

namespace neurocards::db {

/// An event that interrupts a wait on a socket from another thread.
class stop_event {
public:
  stop_event();
  stop_event(const stop_event&) = delete;
  stop_event& operator=(const stop_event&) = delete;
  ~stop_event();

  void raise();

  /// For an event that is used again: whoever waits from now on waits for the next `raise`.
  void lower();
  bool raised() const;
  int descriptor() const { return descriptor_; }

private:
  int descriptor_;
};

enum class wait_result : uint8_t { readable, timed_out, stopped };

/// Waits until `socket` (-1: none) has something to read, the time is over, or the event is raised.
wait_result wait_socket(int socket, std::chrono::milliseconds limit, const stop_event&);

} // namespace neurocards::db
