#include "bench/whole_jobs.hpp"

#include "bench/extent.hpp"
#include "bench/measures.hpp"
#include "bench/promises.hpp"
#include "bench/report.hpp"
#include "bench/usage.hpp"

namespace neurocards::bench {

using namespace std::chrono_literals;

void order_first(installation& x) {
  x.order(7);
  x.expect(7, "✅ Видео готово!", 60s);
}

namespace {

constexpr int64_t first_customer = 1000;

} // namespace

void add_customers(installation& x) {
  x.know_users(first_customer, customers);
  x.db.sql("SELECT count(grant_credits(i, 1000)) FROM generate_series("
           + std::to_string(first_customer) + ", " + std::to_string(first_customer + customers - 1)
           + ") AS i");
}

/// In one statement: made one by one, the jobs would take longer to order than to do.
void add_jobs(installation& x, int count) {
  x.db.sql("SELECT count(*) FROM (SELECT array_agg(" + std::to_string(first_customer) + " + i % "
           + std::to_string(customers)
           + ") AS users, array_agg('ad'::text) AS templates, array_agg('bench:' || i) AS keys, "
             "array_agg(photo.name) AS photos, array_agg(jsonb_build_object('product_name', 'mug', "
             "'product_text', 'mug', 'kind', 'ad', 'template_id', 'ad')) AS inputs FROM "
             "generate_series(1, "
           + std::to_string(count)
           + ") i, (SELECT product_image_url AS name FROM jobs LIMIT 1) photo) o, LATERAL "
             "insert_jobs(o.users, o.templates, o.keys, o.photos, o.inputs)");
  x.db.sql("NOTIFY jobs");
}

namespace {

/// Until all messages have been sent, too. Asked a hundred times a second beside what is measured:
/// one row that is left will do for an answer.
void wait_for_end(installation& x) {
  test::wait_until(
    "the end of all jobs",
    [&] {
      return x.db.number(
               "SELECT (EXISTS (SELECT FROM jobs WHERE status IN ('queued', 'processing')) OR "
               "EXISTS (SELECT FROM notifications WHERE sent_at IS NULL))::int")
             == 0;
    },
    10min);
}

struct measured {
  double per_second = 0;
  cpu_shares cpu = {}; // for each job
};

measured run_jobs(int count, int kie_ms, const std::string& poll_interval) {
  installation x;
  x.lift_limits();
  x.set("worker.concurrency", "20000");
  x.set("kie.poll-interval", poll_interval);
  x.services.post("settings", {{"kie_time", 100}, {"calls_kept", 0}});
  const auto& node = x.start_node();
  order_first(x);
  add_customers(x);
  x.services.post("settings", {{"kie_time", kie_ms}});
  const shares_meter cpu{x, node.pid()};
  const stopwatch time;
  add_jobs(x, count);
  wait_for_end(x);
  const measured result{count / time.seconds(), cpu.for_each(count)};
  require_promises(x.db, "jobs");
  return result;
}

/// The median of one part of what was measured in each of some runs.
template <class Projection>
double median_of(const std::vector<measured>& runs, Projection part) {
  std::vector<double> values;
  for (const auto& x : runs)
    values.push_back(part(x));
  return median(std::move(values));
}

void report_cpu(const std::string& of, const std::vector<measured>& runs, target goal) {
  report(of + "CPU of our process", median_of(runs, [](auto& x) { return x.cpu.own; }), "ms", goal);
  report(of + "CPU of PostgreSQL, the bench's own questions included",
         median_of(runs, [](auto& x) { return x.cpu.server; }), "ms");
  report(of + "CPU of the simulated services",
         median_of(runs, [](auto& x) { return x.cpu.services; }), "ms");
}

} // namespace

void measure_jobs() {
  std::vector<measured> quick, polled;
  for (int round = 0; round < rounds(); ++round) {
    quick.push_back(run_jobs(sized(3'000, 100), 1, "200ms"));
    polled.push_back(run_jobs(sized(2'000, 50), sized(10'000, 1'000), "500ms"));
  }
  report("P2 whole jobs over HTTP, all programs on one machine",
         median_of(quick, [](auto& x) { return x.per_second; }), "per s", at_least(1'500, 600));
  report_cpu("P2 for each of them, ", quick, {});
  report_cpu("P8 for each job with 20 polls, ", polled, at_most(2, 5));
}

} // namespace neurocards::bench
