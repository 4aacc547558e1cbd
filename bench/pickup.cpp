#include "bench/extent.hpp"
#include "bench/measures.hpp"
#include "bench/orders.hpp"
#include "bench/promises.hpp"
#include "bench/report.hpp"
#include "bench/worker_node.hpp"

#include "node/config/system_config.hpp"
#include "tests/support/process.hpp"

#include <caf/scoped_actor.hpp>

#include <condition_variable>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>

namespace neurocards::bench {

using namespace std::chrono_literals;

namespace {

using clock = std::chrono::steady_clock;

/// When the generation of the order under way began its work.
class beginning {
public:
  void forget() {
    const std::lock_guard hold{mutex_};
    when_.reset();
  }

  void note() {
    const std::lock_guard hold{mutex_};
    when_ = when_.value_or(clock::now()); // files are asked for again later
    changed_.notify_all();
  }

  clock::time_point wait() {
    std::unique_lock hold{mutex_};
    if (!changed_.wait_for(hold, 10s, [this] { return when_.has_value(); }))
      throw std::runtime_error("an order was not taken up");
    return *when_;
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<clock::time_point> when_;
};

/// Nothing of an order is left to be done, nor asks for files.
void wait_for_rest(test::empty_database& db) {
  test::wait_until(
    "the end of an order",
    [&] {
      return db.number("SELECT (EXISTS (SELECT FROM jobs WHERE status <> 'completed') OR EXISTS "
                       "(SELECT FROM notifications WHERE sent_at IS NULL))::int")
             == 0;
    },
    10s);
  std::this_thread::sleep_for(10ms);
}

} // namespace

void measure_pickup() {
  test::migrated_database db;
  const int count = sized(400, 40);
  prepare_customers(db, count, count);
  system_config config{config::loaded{}};
  caf::actor_system sys{config};
  beginning work;
  const worker_node node{sys, db, {.script_begun = [&work] { work.note(); }}};
  caf::scoped_actor self{sys};
  std::vector<double> waits;
  for (int i = 1; i <= count; ++i) {
    work.forget();
    clock::time_point committed;
    self->request(node.context().database, caf::infinite, order(i, count))
      .receive([&](const store::step_outcome&) { committed = clock::now(); },
               [](const caf::error& err) { throw std::runtime_error(to_string(err)); });
    waits.push_back(std::chrono::duration<double, std::milli>{work.wait() - committed}.count());
    wait_for_rest(db);
  }
  report("P4 from the commit of an order to its generation's first request, idle, p50",
         quantile(waits, 0.5), "ms", at_most(1.5, 3));
  report("P4 the same, p99", quantile(waits, 0.99), "ms", at_most(5, 15));
  std::vector<double> claims;
  for (const auto& row :
       db.sql("SELECT extract(epoch FROM started_at - created_at) * 1000 FROM jobs"))
    claims.push_back(row[0].as<double>());
  report("P4 from the order's statement to the claim's, p50", quantile(claims, 0.5), "ms");
  require_promises(db, "pickup");
}

} // namespace neurocards::bench
