#pragma once

#include <cstdint>
#include <string>
#include <thread>

namespace neurocards::test {

/// A way to a server that lets the first connection through and refuses all later ones, as a server
/// does that goes away while somebody is still connected.
class single_door {
public:
  /// `url`: of the server behind it, "scheme://…host:port/…".
  explicit single_door(const std::string& url);
  ~single_door();
  single_door(const single_door&) = delete;
  single_door& operator=(const single_door&) = delete;

  /// The same, through the door.
  const std::string& url() const { return url_; }

private:
  void run() const;

  int listener_ = -1;
  uint16_t behind_ = 0;
  std::string url_;
  std::thread thread_;
};

} // namespace neurocards::test
