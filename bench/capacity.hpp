#pragma once

namespace neurocards::bench {

/// What one job costs, as `lives`, `jobs`, `tasks` and `history` measure it on one machine.
struct job_costs {
  double node_ms = 3.5;   // CPU of our processes, HTTP included
  double server_ms = 3.0; // CPU of PostgreSQL while jobs come one by one; a quarter in batches
  double wal_kb = 11;     // written ahead
  double kept_kb = 2.4;   // on disk with its tasks, ledger and messages
  double task_kb = 5;     // of a worker's memory while its task is under way
};

/// The world that an installation lives in.
struct surroundings {
  double creations_per_account = 2; // a second: KIE's budget
  double polls_per_key = 10;        // a second: KIE's budget
  double poll_interval = 15;        // seconds
  double task_seconds = 300;        // how long a provider takes for a video
  double messages_per_job = 5.9; // seven for an order of 1.8 videos on average, two for each video
  double messages_per_bot = 25;  // a second: Telegram's 30, less refreshes of progress messages
};

/// What an installation with so many accounts of a provider needs when all of them are used up.
struct demand {
  double jobs_per_hour = 0;
  double in_flight = 0;
  double keys_per_account = 0; // for the polls
  double bots = 0;             // for the messages
  double node_cores = 0;
  double server_cores = 0;
  double wal_mb = 0;       // a second
  double disk_gb_year = 0; // growth
  double memory_mb = 0;    // of all workers, for tasks alone
};

demand demand_of(double accounts, const job_costs&, const surroundings&);

/// The same for jobs that come at `per_second`, however many accounts make their videos.
demand demand_at(double per_second, double accounts, const job_costs&, const surroundings&);

} // namespace neurocards::bench
