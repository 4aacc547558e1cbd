#include "bench/installation.hpp"
#include "bench/measures.hpp"
#include "bench/rates.hpp"
#include "bench/repeated.hpp"
#include "bench/report.hpp"

#include <map>
#include <thread>

namespace neurocards::bench {

using namespace std::chrono_literals;

namespace {

constexpr int64_t first_user = 1000;

int64_t answers(installation& x) {
  const auto calls =
    x.services.get("calls?service=telegram&operation=sendMessage&last=0").at("counters");
  return calls.contains("telegram.sendMessage")
           ? calls.at("telegram.sendMessage").at("total").get<int64_t>()
           : 0;
}

} // namespace

/// Each user asks once for his balance; all at once.
double updates_per_second(const std::vector<std::string>& options,
                          const std::function<void(const std::string& url)>& watch) {
  constexpr int users = 5'000;
  installation x;
  x.lift_limits();
  x.services.post("settings", {{"calls_kept", 0}});
  x.agree(first_user, users);
  x.start_node(options);
  auto questions = nlohmann::json::array();
  for (int i = 0; i < users; ++i)
    questions.push_back({{"user", first_user + i}, {"text", "/balance"}});
  std::function<void()> looking;
  if (watch)
    looking = [watch, url = x.node_url()] { watch(url); };
  const repeated watching{std::move(looking)};
  const stopwatch time;
  x.services.post("send", questions);
  testing::wait_until(
    "all answers", [&] { return answers(x) >= users; }, 5min);
  return users / time.seconds();
}

namespace {

/// From the user's message to the answer's arrival at Telegram, in ms, at 100 a second.
std::vector<double> trickle() {
  constexpr int users = 2'000;
  installation x;
  x.lift_limits();
  x.services.post("settings", {{"calls_kept", 10 * users}});
  x.agree(first_user, users);
  x.start_node();
  std::map<std::string, double> asked;
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < users; ++i) {
    std::this_thread::sleep_until(begin + i * 10ms);
    asked[std::to_string(first_user + i)] =
      std::chrono::duration<double, std::milli>{std::chrono::system_clock::now().time_since_epoch()}
        .count();
    x.services.post("send", {{"user", first_user + i}, {"text", "/balance"}});
  }
  testing::wait_until("all answers", [&] { return answers(x) >= users; });
  std::vector<double> result;
  const auto calls = x.services.get("calls?service=telegram&operation=sendMessage&last="
                                    + std::to_string(10 * users));
  for (const auto& call : calls.at("last"))
    result.push_back(call.at("at").get<double>() - asked.at(call.at("chat").get<std::string>()));
  return result;
}

} // namespace

void measure_updates() {
  std::vector<double> speed, middle, late;
  for (int round = 0; round < rounds; ++round) {
    speed.push_back(updates_per_second());
    const auto waits = trickle();
    middle.push_back(quantile(waits, 0.5));
    late.push_back(quantile(waits, 0.99));
  }
  report("P7 updates stored, applied and answered (goal 2500, floor 1000)", median(speed), "per s");
  report("P7 from update to answer at 100 per s, p50 (goal 5)", median(middle), "ms");
  report("P7 the same, p99 (goal 20)", median(late), "ms");
}

} // namespace neurocards::bench
