#pragma once

#include "base/http_server.hpp"
#include "base/log_spell.hpp"

#include <functional>
#include <string>

struct evconnlistener;
struct event;
struct event_base;

namespace neurocards {

/// Where clients of an http_server come in. Pauses for a moment when the machine has no file
/// descriptor left, instead of asking again and again.
class http_door {
public:
  /// `exhausted` is to give a descriptor back. Throws std::runtime_error when it cannot listen.
  http_door(event_base* base, const http_server::config& where,
            std::function<void(int fd, std::string remote)> arrived,
            std::function<void()> exhausted);
  ~http_door();

  http_door(const http_door&) = delete;
  http_door& operator=(const http_door&) = delete;

  uint16_t port() const;

private:
  void listen(event_base* base, const http_server::config& where);
  void arrive(int fd, const void* address);
  void fail(int error);

  std::function<void(int, std::string)> arrived_;
  std::function<void()> exhausted_;
  evconnlistener* listener_ = nullptr;
  event* reopening_ = nullptr;
  log::spell failures_;
};

} // namespace neurocards
