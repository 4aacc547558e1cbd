#include "node/process.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <string_view>

namespace neurocards {

namespace {

// The leak checker of AddressSanitizer looks into its own process as a debugger does.
#if defined(__SANITIZE_ADDRESS__)
constexpr bool is_examined = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
constexpr bool is_examined = true;
#else
constexpr bool is_examined = false;
#endif
#else
constexpr bool is_examined = false;
#endif

constexpr rlim_t enough_files = 65'536;

} // namespace

void guard_memory() {
  const char* asked = std::getenv("NEUROCARDS_CORES"); // NOLINT: nobody changes the environment
  if (is_examined || (asked && std::string_view{asked} == "1"))
    return;
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

void raise_file_limit() {
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0)
    return;
  const auto wanted = std::min(files.rlim_max, enough_files);
  if (files.rlim_cur >= wanted)
    return;
  files.rlim_cur = wanted;
  setrlimit(RLIMIT_NOFILE, &files);
}

void hold_back_reloads() {
  sigset_t reload;
  sigemptyset(&reload);
  sigaddset(&reload, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &reload, nullptr);
}

} // namespace neurocards
