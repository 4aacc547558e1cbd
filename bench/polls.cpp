#include "base/http_server.hpp"
#include "bench/extent.hpp"
#include "bench/measures.hpp"
#include "bench/report.hpp"
#include "bench/usage.hpp"
#include "clients/http_engine.hpp"
#include "clients/kie.hpp"

#include <atomic>
#include <future>

namespace neurocards::bench {

using namespace std::chrono_literals;

namespace {

constexpr int at_once = 512;

/// Polls tasks, one request after the other's answer, `at_once` side by side.
struct poller {
  const int polls = sized(60'000, 2'000);
  http::engine engine{};
  kie::api api;
  secret key{"bench-key"};
  std::atomic<int> started{0};
  std::atomic<int> ended{0};
  std::atomic<int> failed{0};
  std::promise<void> done{};
  double busy = 0; // of the engine's thread

  void next() {
    if (++started > polls)
      return;
    engine.submit(api.record_info(key, task_id{"bench-task"}), [this](const http::response& got) {
      const auto state = kie::parse_record_info(got);
      (void)state;
      if (got.status != 200)
        ++failed;
      busy = thread_cpu_seconds();
      if (++ended == polls)
        done.set_value();
      next();
    });
  }
};

} // namespace

void measure_polls() {
  const std::string answer =
    R"({"code":200,"msg":"success","data":{"taskId":"bench-task","model":"m","state":"generating","param":"{}",)"
    R"("resultJson":"","failCode":null,"failMsg":null,"costTime":0,"completeTime":0,"createTime":1757584164490}})";
  std::vector<double> rates, per_thread;
  for (int round = 0; round < rounds(); ++round) {
    http_server server{
      {}, [&](http_server::request, http_server::responder to) { to.send(200, answer); }};
    const auto url = "http://127.0.0.1:" + std::to_string(server.port());
    poller all{.api = kie::api{url, url, 30s}};
    const stopwatch time;
    for (int i = 0; i < at_once; ++i)
      all.next();
    all.done.get_future().wait();
    rates.push_back(all.polls / time.seconds());
    per_thread.push_back(all.polls / all.busy);
    if (all.failed > 0)
      std::abort(); // figures of failed requests are worth nothing
    server.stop();
  }
  report("P6 polls, server on the same machine", median(rates), "per s");
  report("P6 polls per CPU second of the HTTP thread", median(per_thread), "per s",
         at_least(15'000, 8'000));
}

} // namespace neurocards::bench
