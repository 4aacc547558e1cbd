#include "bench/extent.hpp"
#include "bench/measures.hpp"
#include "bench/promises.hpp"
#include "bench/report.hpp"
#include "bench/whole_jobs.hpp"

namespace neurocards::bench {

using namespace std::chrono_literals;

namespace {

constexpr int beats_per_lease = 5;

int64_t polled(installation& x, int64_t before) {
  const auto calls = x.services.get("calls?service=kie&operation=recordInfo&last=0").at("counters");
  return calls.at("kie.recordInfo").at("total").get<int64_t>() - before;
}

} // namespace

void measure_takeover() {
  const int jobs = sized(10'000, 50);
  const int lease = sized(10, 3); // seconds
  std::vector<double> waits;
  for (int round = 0; round < rounds(); ++round) {
    installation x;
    x.lift_limits();
    x.set("worker.concurrency", "20000");
    x.set("kie.poll-interval", "15s");
    x.set("db.lease", std::to_string(lease) + "s");
    x.set("db.heartbeat", std::to_string(1000 * lease / beats_per_lease) + "ms");
    x.services.post("settings", {{"kie_time", 100}, {"calls_kept", 0}});
    auto& first = x.start_node();
    order_first(x);
    add_customers(x);
    x.services.post("settings", {{"kie_time", 3'600'000}});
    add_jobs(x, jobs);
    test::wait_until(
      "all tasks",
      [&] {
        return x.db.number("SELECT count(*) FROM jobs WHERE kie_task_id IS NOT NULL") == jobs + 1;
      },
      10min);
    x.start_node(); // finds nothing to do until the first one is dead
    first.kill();
    const auto before = polled(x, 0);
    const stopwatch time;
    test::wait_until(
      "a poll of each task", [&] { return polled(x, before) >= jobs; }, 5min);
    waits.push_back(time.seconds());
    require_promises(x.db, "takeover");
  }
  report("P10 10,000 tasks polled again after kill -9, lease of 10 s", median(waits), "s",
         at_most(15));
}

} // namespace neurocards::bench
