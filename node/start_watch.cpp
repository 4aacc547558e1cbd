#include "node/start_watch.hpp"

#include "base/log.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <stdexcept>

namespace neurocards {

namespace {

constexpr int time_to_come_round_ms = 2000;

int signals_that_end() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

[[noreturn]] void end_now(int signal) {
  log::info("run.stops", "signal", signal, "during", "start");
  log::flush();
  _exit(0);
}

} // namespace

start_watch::start_watch() : signals_(signals_that_end()), wake_(eventfd(0, EFD_CLOEXEC)) {
  if (signals_ < 0 || wake_ < 0)
    throw std::runtime_error{"no file descriptor is left to hear signals by; raise LimitNOFILE"};
  thread_ = std::thread{[this] { run(); }};
}

start_watch::~start_watch() {
  stop();
  ::close(signals_);
  ::close(wake_);
}

int start_watch::stop() {
  if (thread_.joinable()) {
    eventfd_write(wake_, 1);
    thread_.join();
  }
  return heard_;
}

void start_watch::run() {
  std::array<pollfd, 2> both{pollfd{signals_, POLLIN, 0}, pollfd{wake_, POLLIN, 0}};
  while (::poll(both.data(), both.size(), -1) < 0 && errno == EINTR) {
  }
  if (both[1].revents != 0)
    return;
  signalfd_siginfo received{};
  if (::read(signals_, &received, sizeof received) != sizeof received)
    return;
  heard_ = static_cast<int>(received.ssi_signo);
  if (!made_)
    end_now(heard_);
  if (::poll(&both[1], 1, time_to_come_round_ms) <= 0)
    end_now(heard_);
}

} // namespace neurocards
