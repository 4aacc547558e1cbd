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

/// Until all messages have been sent, too.
void wait_for_end(installation& x) {
  test::wait_until(
    "the end of all jobs",
    [&] {
      return x.db.number("SELECT count(*) FROM jobs WHERE status IN ('queued', 'processing')") == 0
             && x.db.number("SELECT count(*) FROM notifications WHERE sent_at IS NULL") == 0;
    },
    10min);
}

struct measured {
  double per_second = 0;
  double cpu_ms = 0;    // of the node's process, per job
  double server_ms = 0; // of PostgreSQL's, likewise
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
  const auto server = server_of(x.db);
  const auto server_cpu = family_cpu_seconds(server);
  const auto cpu = cpu_seconds(node.pid());
  const stopwatch time;
  add_jobs(x, count);
  wait_for_end(x);
  const measured result{count / time.seconds(), 1000 * (cpu_seconds(node.pid()) - cpu) / count,
                        1000 * (family_cpu_seconds(server) - server_cpu) / count};
  require_promises(x.db, "jobs");
  return result;
}

} // namespace

void measure_jobs() {
  std::vector<double> speed, cpu, server;
  for (int round = 0; round < rounds(); ++round) {
    speed.push_back(run_jobs(sized(3'000, 100), 1, "200ms").per_second);
    const auto polled = run_jobs(sized(2'000, 50), sized(10'000, 1'000), "500ms");
    cpu.push_back(polled.cpu_ms);
    server.push_back(polled.server_ms);
  }
  report("P2 whole jobs over HTTP, all programs on one machine", median(speed), "per s",
         at_least(1'500, 600));
  report("P8 CPU of our process per job with 20 polls", median(cpu), "ms", at_most(2, 5));
  report("P8 CPU of PostgreSQL per job, the bench's own questions included", median(server), "ms");
}

} // namespace neurocards::bench
