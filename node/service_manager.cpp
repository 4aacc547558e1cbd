#include "node/service_manager.hpp"

#include "actors/backoff.hpp"
#include "actors/run_after.hpp"
#include "base/log.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <optional>
#include <string>

#include <caf/event_based_actor.hpp>
#include <caf/stateful_actor.hpp>

namespace neurocards {

namespace {

/// sd_notify(3) asks for half of the limit at most; a third survives one late turn.
constexpr int pings_per_limit = 3;

std::optional<std::string> variable(const char* name) {
  const char* value = std::getenv(name); // NOLINT: nobody changes the environment
  return value && *value ? std::optional<std::string>{value} : std::nullopt;
}

/// Kept open once it is there: the last file descriptor must not decide whether the node seems to
/// live. Where none could be had, the next call tries again.
int notify_descriptor() {
  static std::atomic<int> kept{-1};
  if (const int known = kept; known >= 0)
    return known;
  const int fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  int nobodys = -1;
  if (fd < 0 || kept.compare_exchange_strong(nobodys, fd))
    return fd;
  ::close(fd); // another thread was first
  return nobodys;
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
  const int fd = notify_descriptor();
  if (fd < 0
      || ::sendto(fd, state.data(), state.size(), MSG_NOSIGNAL | MSG_DONTWAIT,
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

  watchdog(caf::event_based_actor* me, caf::timespan pause, std::function<bool()> whole)
    : self(me), interval(pause), alive(std::move(whole)) {}

  caf::behavior make_behavior() {
    feed();
    return {[](caf::tick_atom) {}}; // work comes from the wheel
  }

  void feed() {
    if (!alive || alive())
      notify("WATCHDOG=1");
    else if (worth_a_line(++missed))
      log::error("service_manager.part_stuck", "advice",
                 "a thread of this node does not come round; systemd starts the node again");
    run_after(self, interval, [this] { feed(); });
  }

  caf::event_based_actor* self;
  caf::timespan interval;
  std::function<bool()> alive;
  int missed = 0;
};

} // namespace

service_manager::service_manager(caf::actor_system& sys, std::function<bool()> alive) {
  ready();
  if (const auto limit = watchdog_limit())
    watchdog_ =
      sys.spawn<caf::stateful_actor<watchdog>>(*limit / pings_per_limit, std::move(alive));
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
