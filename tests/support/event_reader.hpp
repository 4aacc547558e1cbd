#pragma once

#include "tests/support/raw_http.hpp"

#include <chrono>
#include <string>

namespace neurocards::test {

/// One who listens to a node's server-sent events; reads no further than asked.
class event_reader {
public:
  event_reader(uint16_t port, const std::string& token) : client_(port) {
    REQUIRE(client_.send("GET /api/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + token
                         + "\r\n\r\n"));
    head = until("\r\n\r\n");
  }

  /// The next event of this name as it came, without the empty line at its end. Others before it
  /// are dropped. Fails the test when none comes within 60 s.
  std::string next(const std::string& name) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{60};
    for (;;) {
      auto event = until("\n\n");
      REQUIRE_MESSAGE(std::chrono::steady_clock::now() < deadline, "no event " << name);
      if (event.find("event: " + name + "\n") != std::string::npos)
        return event;
    }
  }

  std::string head; // of the answer

private:
  std::string until(const std::string& end) {
    size_t at = 0;
    while ((at = unread_.find(end)) == std::string::npos) {
      const auto part = client_.receive();
      REQUIRE_MESSAGE(!part.empty(), "the stream has ended: " << unread_);
      unread_ += part;
    }
    auto result = unread_.substr(0, at);
    unread_.erase(0, at + end.size());
    return result;
  }

  raw_client client_;
  std::string unread_;
};

} // namespace neurocards::test
