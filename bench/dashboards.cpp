#include "bench/extent.hpp"
#include "bench/installation.hpp"
#include "bench/measures.hpp"
#include "bench/open_pages.hpp"
#include "bench/promises.hpp"
#include "bench/rates.hpp"
#include "bench/report.hpp"
#include "bench/statements.hpp"

#include <thread>

namespace neurocards::bench {

namespace {

constexpr int64_t first_user = 1000;

/// What an otherwise idle node asks the database, in a second.
double statements_per_second(installation& x) {
  const std::chrono::seconds length{sized(20, 2)};
  statement_counter asked{x.db};
  const stopwatch time;
  std::this_thread::sleep_for(length);
  return static_cast<double>(asked.count()) / time.seconds();
}

} // namespace

/// Each round is one node, whose users ask while nobody watches and while all do.
void measure_dashboards() {
  const int users = sized(2'000, 100);
  std::vector<double> alone, watched, few, many;
  for (int round = 0; round < rounds(); ++round) {
    installation x;
    x.lift_limits();
    x.agree(first_user, users);
    x.start_node();
    alone.push_back(quantile(answer_times(x, first_user, users), 0.99));
    std::this_thread::sleep_for(std::chrono::seconds{sized(10, 1)}); // what an answer leaves to do
    few.push_back(statements_per_second(x));
    const open_pages pages{x.node_url(), sized(50, 5)};
    many.push_back(statements_per_second(x));
    watched.push_back(quantile(answer_times(x, first_user, users), 0.99));
    require_promises(x.db, "dashboards");
  }
  report("P14 from update to answer at 100 per s, p99", median(alone), "ms");
  report("P14 the same beside 50 open dashboards", median(watched), "ms");
  compare("P14 p99 moved by them", median(watched), median(alone), at_most(1.1, 1.25));
  report("P14 statements of all 50 to PostgreSQL", median(many) - median(few), "per s", at_most(1));
}

} // namespace neurocards::bench
