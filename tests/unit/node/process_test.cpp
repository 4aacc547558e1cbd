#include "node/process.hpp"

#include "base/sanitizer.hpp"

#include <doctest/doctest.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

using namespace neurocards;

namespace {

/// The exit code of a child that runs `f`.
template <class F>
int in_child(F f) {
  const auto child = ::fork();
  if (child == 0)
    ::_exit(f());
  int status = -1;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/// 1: memory may be read, 2: a core may be written.
int openness() {
  rlimit core{};
  ::getrlimit(RLIMIT_CORE, &core);
  return (::prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0 ? 1 : 0) + (core.rlim_max != 0 ? 2 : 0);
}

} // namespace

TEST_SUITE_BEGIN("unit/node/process");

TEST_CASE("process: a process keeps its memory to itself unless it is asked for cores") {
  if (has_address_sanitizer)
    return; // its leak checker reads the process as a debugger does
  const auto before = openness();
  CHECK(in_child([] {
          guard_memory();
          return openness();
        })
        == 0);
  CHECK(in_child([] {
          ::setenv("NEUROCARDS_CORES", "1", 1);
          guard_memory();
          return openness();
        })
        == before);
}

TEST_CASE("process: a process may open as many files as the system allows it") {
  CHECK(in_child([] {
          rlimit files{};
          ::getrlimit(RLIMIT_NOFILE, &files);
          files.rlim_cur = 100;
          ::setrlimit(RLIMIT_NOFILE, &files);
          raise_file_limit();
          ::getrlimit(RLIMIT_NOFILE, &files);
          return files.rlim_cur == std::min<rlim_t>(files.rlim_max, 65'536) ? 0 : 1;
        })
        == 0);
}

TEST_CASE("process: SIGHUP waits until a node asks for it") {
  CHECK(in_child([] {
          hold_back_reloads();
          ::raise(SIGHUP);
          return 7; // not ended
        })
        == 7);
}

TEST_SUITE_END();
