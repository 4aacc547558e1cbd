#pragma once

#include "bench/installation.hpp"
#include "bench/server.hpp"

#include <sys/types.h>

namespace neurocards::bench {

/// What a process has used of the processors, in seconds.
double cpu_seconds(pid_t);

/// The same with all it has started, as far as they live or it has seen their ends.
double family_cpu_seconds(pid_t);

/// The server of a database: the process that has started all others of it.
pid_t server_of(test::empty_database&);

/// CPU time in ms, of each program of an installation: such figures hold beside other load, too.
struct cpu_shares {
  double own = 0;      // our process
  double server = 0;   // PostgreSQL
  double services = 0; // Telegram, KIE and the like, simulated
};

/// What the programs of an installation use of the processors from its making on.
class shares_meter {
public:
  shares_meter(installation&, pid_t node);

  /// For each of `count` things that were done.
  cpu_shares for_each(int count) const;

private:
  cpu_shares total() const;

  pid_t node_;
  pid_t server_;
  pid_t services_;
  cpu_shares before_;
};

/// Resident memory of a process, in bytes.
double resident_bytes(pid_t);

/// What the calling thread has used of the processors, in seconds.
double thread_cpu_seconds();

} // namespace neurocards::bench
