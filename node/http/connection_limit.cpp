#include "node/http/connection_limit.hpp"

#include <sys/resource.h>

#include <algorithm>

namespace neurocards {

namespace {

constexpr size_t most_connections = 1000;

} // namespace

size_t connection_limit() {
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0)
    return most_connections;
  return std::clamp<size_t>(files.rlim_cur / 4, 16, most_connections);
}

} // namespace neurocards
