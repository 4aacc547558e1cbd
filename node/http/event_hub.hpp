#pragma once

#include "base/http_server.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace neurocards {

/// One server-sent event as it goes over the wire. `data` may have several lines.
std::string event_frame(std::string_view name, std::string_view data);

/// The streams of all who listen to this node's events. Belongs to one actor or thread.
class event_hub {
public:
  using time_point = std::chrono::steady_clock::time_point;

  static constexpr size_t most_streams = 100;
  static constexpr std::chrono::seconds silence{15}; // after which a comment shows that we live

  /// Answers the request with a stream, 503 when there are too many already. `first`: what it is
  /// sent at once, whole events. True: there is a new stream.
  bool add(http_server::responder to, const std::string& first, time_point now);

  void publish(std::string_view name, std::string_view data, time_point now);

  /// Forgets streams that have ended; breaks a silence.
  void tick(time_point now);

  bool empty() const { return streams_.empty(); }

private:
  void write(const std::string& frame, time_point now);

  std::vector<http_server::stream> streams_;
  time_point last_written_;
};

} // namespace neurocards
