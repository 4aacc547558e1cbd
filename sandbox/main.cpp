#include "base/log.hpp"
#include "sandbox/options.hpp"

#include <pthread.h>

#include <csignal>
#include <cstdio>
#include <exception>

int main(int argc, char** argv) {
  using namespace neurocards;
  const auto o = sandbox::parse_options({argv + 1, argv + argc});
  if (o.help) {
    std::fputs(sandbox::usage().c_str(), stdout);
    return 0;
  }
  if (!o.fault.empty()) {
    std::fprintf(stderr, "%s\n\n%s", o.fault.c_str(), sandbox::usage().c_str());
    return 2;
  }
  sigset_t ends; // blocked before any thread exists, so that only sigwait sees them
  sigemptyset(&ends);
  sigaddset(&ends, SIGINT);
  sigaddset(&ends, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  try {
    const sandbox::app services{o.services};
    std::printf("%s\n", services.address().c_str()); // for scripts that asked for port 0
    std::fflush(stdout);
    log::info("sandbox.started", "address", services.address());
    int signal = 0;
    sigwait(&ends, &signal);
    log::info("sandbox.stopped", "signal", signal);
    return 0;
  } catch (const std::exception& e) {
    log::error("sandbox.failed", "error", e.what());
    return 1;
  }
}
