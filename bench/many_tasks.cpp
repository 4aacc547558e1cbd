#include "base/http_server.hpp"
#include "bench/extent.hpp"
#include "bench/measures.hpp"
#include "bench/orders.hpp"
#include "bench/promises.hpp"
#include "bench/report.hpp"
#include "bench/task_probes.hpp"
#include "bench/usage.hpp"
#include "bench/worker_node.hpp"
#include "clients/provider.hpp"

#include "node/config/system_config.hpp"
#include "tests/support/process.hpp"

#include <map>
#include <mutex>
#include <thread>

#include <unistd.h>

namespace neurocards::bench {

using namespace std::chrono_literals;

namespace {

std::chrono::seconds interval() {
  return std::chrono::seconds{sized(15, 2)};
}
constexpr int users = 2'000;

/// KIE, for which every task is under way. Its thread is ours: what it costs is told apart.
class task_service {
public:
  using clock = std::chrono::steady_clock;

  struct figures {
    std::vector<double> polls;    // when they came, in seconds of the steady clock
    std::vector<double> lateness; // of probes, in ms
    double cpu = 0;               // of the service's thread so far
  };

  task_service()
    : server_({.max_connections = 2'000},
              [this](const http_server::request& request, http_server::responder to) {
                answer(request, std::move(to));
              }) {}

  std::string url() const { return "http://127.0.0.1:" + std::to_string(server_.port()); }

  /// What came since the last call.
  figures take() {
    const std::lock_guard hold{mutex_};
    return std::exchange(now_, {.polls = {}, .lateness = {}, .cpu = now_.cpu});
  }

private:
  void answer(const http_server::request& request, http_server::responder to) {
    const auto now = clock::now();
    {
      const std::lock_guard hold{mutex_};
      if (const auto due = request.param("due"); !due.empty())
        now_.lateness.push_back(task_probes::lateness_ms(due, now));
      else
        now_.polls.push_back(std::chrono::duration<double>{now.time_since_epoch()}.count());
      now_.cpu = thread_cpu_seconds();
    }
    to.send(200, R"({"code":200,"msg":"success","data":{"taskId":"t","model":"m","state":)"
                 R"("generating","param":"{}","resultJson":"","failCode":null,"failMsg":null}})");
  }

  std::mutex mutex_;
  figures now_;
  http_server server_; // last: its thread ends before what it writes to
};

/// `count` jobs whose tasks exist, spread over an interval as a provider's budget spreads them.
void add_running_tasks(test::empty_database& db, int count) {
  prepare_customers(db, users, 0);
  const auto n = std::to_string(count);
  db.sql(
    "WITH made AS (INSERT INTO jobs (tg_user_id, template_type, product_name, product_text, "
    "product_image_url, idempotency_key, prompt, prompt_source, model, kie_task_id, kie_api_key, "
    "attempts, attempt_open, resumes, started_told, task_created_at) SELECT 1 + i % "
    + std::to_string(users)
    + ", 'ad', 'mug', 'a blue mug', 'photos/a.jpg', 'bench:' || i, repeat('A mug turns. ', 40), "
      "'template', 'bench-model', 'task-' || i, '"
    + provider::fingerprint(secret{"bench-key-one"}).value
    + "', 1, true, true, true, now() + i * interval '" + std::to_string(interval().count())
    + " s' / " + n + " FROM generate_series(1, " + n
    + ") i RETURNING id, tg_user_id), charged AS (INSERT INTO credit_ledger (tg_user_id, job_id, "
      "kind, amount) SELECT tg_user_id, id, 'charge', -1 FROM made) UPDATE users u SET credits = "
      "credits - c.n FROM (SELECT tg_user_id, count(*) AS n FROM made GROUP BY 1) c "
      "WHERE u.tg_user_id = c.tg_user_id");
}

/// The most within a tenth of a second, as a multiple of the mean.
double densest_tenth(const std::vector<double>& times) {
  std::map<int64_t, int> tenths;
  for (const auto x : times)
    ++tenths[static_cast<int64_t>(x * 10)];
  int most = 0;
  for (const auto& [_, count] : tenths)
    most = std::max(most, count);
  return most * static_cast<double>(tenths.size()) / static_cast<double>(times.size());
}

struct measured {
  double cpu = 0;      // share of a processor, without the service's thread
  double polls = 0;    // per second
  double lateness = 0; // p99, in ms
  double burst = 0;
  double bytes = 0; // per task
  double memory = 0;
};

measured poll_many(int count) {
  task_service kie;
  test::migrated_database db;
  add_running_tasks(db, count);
  system_config config{config::loaded{}};
  caf::actor_system sys{config};
  const auto before = resident_bytes(::getpid());
  measured result;
  {
    const worker_node node{sys, db, {kie.url(), interval()}};
    test::wait_until(
      "all tasks being watched",
      [&] { return db.number("SELECT count(*) FROM jobs WHERE status = 'processing'") >= count; },
      10min);
    const task_probes probes{sys, node.context().providers.front().http, kie.url(), sized(500, 20),
                             interval()};
    std::this_thread::sleep_for(std::chrono::seconds{sized(20, 1)}); // each has been polled
    const auto first = kie.take();
    const auto cpu = cpu_seconds(::getpid());
    const stopwatch time;
    std::this_thread::sleep_for(std::chrono::seconds{sized(30, 3)});
    const auto seconds = time.seconds();
    const auto got = kie.take();
    result.cpu = (cpu_seconds(::getpid()) - cpu - (got.cpu - first.cpu)) / seconds;
    result.polls = static_cast<double>(got.polls.size()) / seconds;
    result.lateness = quantile(got.lateness, 0.99);
    result.burst = densest_tenth(got.polls);
    result.memory = resident_bytes(::getpid());
    result.bytes = (result.memory - before) / count;
  }
  require_promises(db, "tasks");
  return result;
}

} // namespace

void measure_many_tasks() {
  const int count = sized(50'000, 1'000);
  std::vector<double> cpu, polls, lateness, burst, bytes, memory;
  for (int round = 0; round < rounds(); ++round) {
    const auto got = poll_many(count);
    cpu.push_back(100 * got.cpu);
    polls.push_back(got.polls);
    lateness.push_back(got.lateness);
    burst.push_back(got.burst);
    bytes.push_back(got.bytes);
    memory.push_back(got.memory / 1e6);
  }
  report("P5 50,000 tasks in one process, of one processor", median(cpu), "%", at_most(40, 80));
  report("P5 their polls at an interval of 15 s", median(polls), "per s");
  report("P5 from due to the provider's hearing of it, p99", median(lateness), "ms",
         at_most(50, 500));
  report("P5 most polls in a tenth of a second, of the mean", median(burst), "x", at_most(2));
  // Of the first round: the next ones use what it has left in the heap.
  report("P5 memory per task", bytes.front() / 1e3, "KB", at_most(4, 8));
  report("P5 memory of the process", memory.front(), "MB", at_most(250));
}

} // namespace neurocards::bench
