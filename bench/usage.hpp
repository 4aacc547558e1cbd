#pragma once

#include <sys/types.h>

namespace neurocards::bench {

/// What a process has used of the processors, in seconds.
double cpu_seconds(pid_t);

/// Its resident memory, in bytes.
double resident_bytes(pid_t);

/// What the calling thread has used of the processors, in seconds.
double thread_cpu_seconds();

} // namespace neurocards::bench
