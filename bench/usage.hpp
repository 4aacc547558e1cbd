#pragma once

#include "bench/server.hpp"

#include <sys/types.h>

namespace neurocards::bench {

/// What a process has used of the processors, in seconds.
double cpu_seconds(pid_t);

/// The same with all it has started, as far as they live or it has seen their ends.
double family_cpu_seconds(pid_t);

/// The server of a database: the process that has started all others of it.
pid_t server_of(test::empty_database&);

/// Resident memory of a process, in bytes.
double resident_bytes(pid_t);

/// What the calling thread has used of the processors, in seconds.
double thread_cpu_seconds();

} // namespace neurocards::bench
