#include "bench/extent.hpp"
#include "bench/history.hpp"
#include "bench/installation.hpp"
#include "bench/measures.hpp"
#include "bench/promises.hpp"
#include "bench/rates.hpp"
#include "bench/report.hpp"
#include "bench/usage.hpp"

#include <csignal>

namespace neurocards::bench {

namespace {

/// Users of whom each round takes others, all beyond those who place orders.
class fresh_users {
public:
  int64_t take(int count) { return std::exchange(next_, next_ + count); }

private:
  int64_t next_ = 1'000'000;
};

/// A node on a database, for as long as it takes to answer its users.
double updates_of(installation& x, fresh_users& users) {
  const int count = sized(5'000, 200);
  const auto first = users.take(count);
  x.agree(first, count);
  auto& node = x.start_node();
  const auto result = updates_per_second(x, first, count);
  node.signal(SIGTERM);
  node.wait(std::chrono::seconds{30});
  return result;
}

/// Memory that a node needs for each of its many conversations.
double bytes_per_conversation(installation& x, fresh_users& users) {
  const int count = chosen_extent().live_conversations;
  const auto first = users.take(count);
  x.agree(first, count);
  auto& node = x.start_node({"--session.idle-timeout=1h"});
  // What waits for its answer at once is not what is measured: the first portion makes that room.
  const int portion = sized(2'000, 100);
  const auto strangers = users.take(portion);
  x.agree(strangers, portion);
  updates_per_second(x, strangers, portion);
  const auto before = resident_bytes(node.pid());
  for (int done = 0; done < count; done += portion)
    updates_per_second(x, first + done, std::min(portion, count - done));
  const auto result = (resident_bytes(node.pid()) - before) / count;
  node.signal(SIGTERM);
  node.wait(std::chrono::seconds{30});
  return result;
}

void prepare(installation& x) {
  x.lift_limits();
  x.services.post("settings", {{"calls_kept", 0}});
}

} // namespace

void measure_history() {
  const auto& much = chosen_extent();
  fresh_users users;
  installation empty;
  installation full;
  prepare(empty);
  prepare(full);
  const stopwatch filling;
  add_history(full.db, much.finished_jobs, much.known_users);
  report("P9 finished jobs in the big database", static_cast<double>(much.finished_jobs), "");
  report("P9 users it knows", static_cast<double>(much.known_users), "");
  report("P9 time to fill it", filling.seconds(), "s");
  const auto size = full.db.number("SELECT pg_database_size(current_database())");
  report("P9 size on disk for each of its jobs",
         static_cast<double>(size) / 1e3 / static_cast<double>(much.finished_jobs), "KB");
  std::vector<double> lives_alone, lives_after, updates_alone, updates_after;
  for (int round = 0; round < rounds(); ++round) {
    lives_alone.push_back(live(empty.db).per_second);
    lives_after.push_back(live(full.db).per_second);
    updates_alone.push_back(updates_of(empty, users));
    updates_after.push_back(updates_of(full, users));
  }
  compare("P9 lives with it against an empty database", median(lives_after), median(lives_alone),
          at_least(0.9, 0.75));
  compare("P9 updates with it against an empty database", median(updates_after),
          median(updates_alone), at_least(0.9, 0.75));
  report("P9 conversations in memory", much.live_conversations, "");
  report("P9 memory of each", bytes_per_conversation(full, users) / 1e3, "KB", at_most(4));
  require_promises(empty.db, "history");
  require_promises(full.db, "history");
}

} // namespace neurocards::bench
