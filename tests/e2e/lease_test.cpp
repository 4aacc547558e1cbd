#include "tests/support/bulk_jobs.hpp"
#include "tests/support/world.hpp"

#include <algorithm>
#include <atomic>
#include <thread>

#include <doctest/doctest.h>

using namespace neurocards::test;
using namespace std::chrono_literals;

namespace {

/// Looks again and again, while the test goes on, at how long the holders of the jobs in processing
/// have been silent.
class lease_watch {
public:
  explicit lease_watch(const migrated_database& db) : connection_(db.connect()) {}

  ~lease_watch() { stop(); }

  void stop() {
    stopping_ = true;
    if (thread_.joinable())
      thread_.join();
  }

  int samples = 0;        // that saw jobs in processing
  int strangers = 0;      // jobs of nodes that never were
  double worst = 0;       // seconds since the last sign of life of a job's holder
  std::string worst_case; // whose

private:
  void run() {
    while (!stopping_) {
      pqxx::nontransaction tx{*connection_};
      for (const auto& row :
           tx.exec("SELECT j.id, n.name, extract(epoch FROM clock_timestamp() - n.heartbeat_at) "
                   "FROM jobs j LEFT JOIN nodes n ON n.incarnation = j.claimed_by "
                   "WHERE j.status = 'processing' ORDER BY 3 DESC NULLS FIRST LIMIT 1"))
        note(row);
      std::this_thread::sleep_for(20ms); // between two samples: nothing is waited for
    }
  }

  void note(const pqxx::row& row) {
    ++samples;
    if (row[2].is_null())
      ++strangers;
    else if (row[2].as<double>() > worst) {
      worst = row[2].as<double>();
      worst_case = row[0].as<std::string>();
    }
  }

  std::unique_ptr<pqxx::connection> connection_;
  std::atomic<bool> stopping_ = false;
  std::thread thread_{[this] { run(); }};
};

} // namespace

TEST_SUITE_BEGIN("e2e/lease");

TEST_CASE(
  "e2e: at no moment is a job in processing without a live lease for longer than promised") {
  world w; // a lease of 3 s
  w.services.post("settings", {{"kie_time", 5'000}});
  w.options.emplace_back("--worker.concurrency=15");
  std::vector<process*> nodes;
  for (int i = 0; i < 3; ++i)
    nodes.push_back(&w.start_node());
  w.order(7);
  w.db.add_user(1, 29);
  add_bulk_jobs(w.db, 1, 29, "bulk");
  lease_watch watch{w.db};
  const auto holders = [&] {
    return w.db.number("SELECT count(DISTINCT claimed_by) FROM jobs WHERE status = 'processing'");
  };
  wait_until("all to have work", [&] { return holders() >= 2; });
  for (int i = 0; i < 2; ++i) {
    nodes[static_cast<size_t>(i)]->kill();
    wait_until("its jobs to be taken over", [&] {
      return w.db.number("SELECT count(*) FROM nodes WHERE fenced_at IS NOT NULL") == i + 1;
    });
    if (i == 0)
      w.start_node();
  }
  wait_until(
    "all videos",
    [&] { return w.db.number("SELECT count(*) FROM jobs WHERE status = 'completed'") == 30; },
    150s); // a killed node may have been in the middle of a creation, which is weighed for a while
  watch.stop();
  CAPTURE(watch.worst_case);
  CHECK(watch.samples > 100);
  CHECK(watch.strangers == 0);
  CHECK(watch.worst > 3);         // it has seen leases end
  CHECK(watch.worst < 3 + 1 + 1); // the lease and a second, and one for a machine that is busy
  w.db.check_promises();
}

TEST_SUITE_END();
