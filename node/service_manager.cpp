#include "node/service_manager.hpp"

#include "actors/timer_wheel.hpp"
#include "base/log.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <optional>
#include <string>

#include <caf/stateful_actor.hpp>

namespace neurocards {

namespace {

/// sd_notify(3) asks for half of the limit at most; a third survives one late turn.
constexpr int pings_per_limit = 3;

std::optional<std::string> variable(const char* name) {
  const char* value = std::getenv(name); // NOLINT: nobody changes the environment
  return value && *value ? std::optional<std::string>{value} : std::nullopt;
}

/// One datagram, as sd_notify(3) describes it. Whoever does not listen misses it.
void notify(std::string_view state) {
  const auto path = variable("NOTIFY_SOCKET");
  sockaddr_un to{};
  if (!path || path->size() >= sizeof to.sun_path)
    return;
  to.sun_family = AF_UNIX;
  std::memcpy(to.sun_path, path->data(), path->size());
  if (to.sun_path[0] == '@')
    to.sun_path[0] = '\0'; // an abstract address
  const auto size = offsetof(sockaddr_un, sun_path) + path->size();
  // Kept open: the last file descriptor must not decide whether the node seems to live.
  static const int fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (::sendto(fd, state.data(), state.size(), MSG_NOSIGNAL | MSG_DONTWAIT,
               reinterpret_cast<const sockaddr*>(&to), static_cast<socklen_t>(size))
      < 0)
    log::warn("service_manager.not_told", "state", state, "error", std::strerror(errno));
}

/// How often systemd wants to hear that we live; nullopt: not at all.
std::optional<caf::timespan> watchdog_limit() {
  const auto limit = variable("WATCHDOG_USEC");
  const auto whom = variable("WATCHDOG_PID");
  if (!limit || !variable("NOTIFY_SOCKET") || (whom && *whom != std::to_string(::getpid())))
    return std::nullopt;
  const auto microseconds = std::strtoll(limit->c_str(), nullptr, 10);
  if (microseconds <= 0)
    return std::nullopt;
  return std::chrono::microseconds{microseconds};
}

struct watchdog {
  static constexpr const char* name = "watchdog";

  watchdog(caf::event_based_actor* me, caf::timespan pause) : self(me), interval(pause) {}

  caf::behavior make_behavior() {
    feed();
    return {[](caf::tick_atom) {}}; // work comes from the wheel
  }

  void feed() {
    notify("WATCHDOG=1");
    run_after(self, interval, [this] { feed(); });
  }

  caf::event_based_actor* self;
  caf::timespan interval;
};

} // namespace

service_manager::service_manager(caf::actor_system& sys) {
  ready();
  if (const auto limit = watchdog_limit())
    watchdog_ = sys.spawn<caf::stateful_actor<watchdog>>(*limit / pings_per_limit);
}

void service_manager::reloading() const {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  const auto microseconds = now.tv_sec * 1'000'000 + now.tv_nsec / 1000;
  notify("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(microseconds));
}

void service_manager::ready() const {
  notify("READY=1");
}

void service_manager::stopping() const {
  notify("STOPPING=1");
}

} // namespace neurocards
