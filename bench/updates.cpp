#include "bench/extent.hpp"
#include "bench/installation.hpp"
#include "bench/measures.hpp"
#include "bench/promises.hpp"
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

double updates_per_second(installation& x, int64_t first, int count) {
  auto questions = nlohmann::json::array();
  for (int i = 0; i < count; ++i)
    questions.push_back({{"user", first + i}, {"text", "/balance"}});
  const auto before = answers(x);
  const stopwatch time;
  x.services.post("send", questions);
  test::wait_until(
    "all answers", [&] { return answers(x) - before >= count; }, 5min);
  return count / time.seconds();
}

double updates_per_second(const std::vector<std::string>& options,
                          const std::function<void(const std::string& url)>& watch) {
  const int users = sized(5'000, 200);
  installation x;
  x.lift_limits();
  x.services.post("settings", {{"calls_kept", 0}});
  x.agree(first_user, users);
  x.start_node(options);
  std::function<void()> looking;
  if (watch)
    looking = [watch, url = x.node_url()] { watch(url); };
  const repeated watching{std::move(looking)};
  const auto result = updates_per_second(x, first_user, users);
  require_promises(x.db, "updates");
  return result;
}

std::vector<double> answer_times(installation& x, int64_t first, int count) {
  x.services.post("settings", {{"calls_kept", 10 * count}});
  std::map<std::string, double> asked;
  const auto before = answers(x);
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < count; ++i) {
    std::this_thread::sleep_until(begin + i * 10ms);
    asked[std::to_string(first + i)] =
      std::chrono::duration<double, std::milli>{std::chrono::system_clock::now().time_since_epoch()}
        .count();
    x.services.post("send", {{"user", first + i}, {"text", "/balance"}});
  }
  test::wait_until("all answers", [&] { return answers(x) - before >= count; });
  std::vector<double> result;
  const auto calls = x.services.get("calls?service=telegram&operation=sendMessage&last="
                                    + std::to_string(10 * count));
  for (const auto& call : calls.at("last"))
    if (const auto user = asked.find(call.at("chat").get<std::string>()); user != asked.end())
      result.push_back(call.at("at").get<double>() - user->second);
  return result;
}

namespace {

std::vector<double> answer_times_of_a_node() {
  const int users = sized(2'000, 100);
  installation x;
  x.lift_limits();
  x.agree(first_user, users);
  x.start_node();
  return answer_times(x, first_user, users);
}

} // namespace

void measure_updates() {
  std::vector<double> speed, middle, late;
  for (int round = 0; round < rounds(); ++round) {
    speed.push_back(updates_per_second());
    const auto waits = answer_times_of_a_node();
    middle.push_back(quantile(waits, 0.5));
    late.push_back(quantile(waits, 0.99));
  }
  report("P7 updates stored, applied and answered", median(speed), "per s", at_least(2'500, 1'000));
  report("P7 from update to answer at 100 per s, p50", median(middle), "ms", at_most(5));
  report("P7 the same, p99", median(late), "ms", at_most(20));
}

} // namespace neurocards::bench
