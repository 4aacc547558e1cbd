#include "db/scheduler.hpp"
#include "protocol/store/conversations.hpp"

#include <atomic>
#include <future>
#include <thread>

#include <doctest/doctest.h>

using namespace neurocards;
using namespace std::chrono_literals;
using db::scheduler;

namespace {

constexpr auto no_wait = 0ms;

/// Takes all there is for a lane, and holds it.
size_t batches_given_out(scheduler& x) {
  size_t result = 0;
  std::vector<scheduler::task> held;
  for (auto given = x.next(store::way::common, no_wait); given.work;
       given = x.next(store::way::common, no_wait)) {
    ++result;
    given.work->fail(caf::make_error(ec::unavailable));
  }
  return result;
}

/// As a lane, except that it answers without a database.
void work(scheduler& x) {
  while (!x.stopping()) {
    auto given = x.next(store::way::common, 1h);
    if (!given.work)
      continue;
    given.work->fail(caf::make_error(ec::unavailable));
    x.finished(given, {}, 0);
  }
}

/// Asks and waits for the answer, again and again. False if one did not come.
template <class Request>
bool is_answered(scheduler& x, int times) {
  for (int i = 0; i < times; ++i) {
    auto answered = std::make_shared<std::promise<void>>();
    auto answer = answered->get_future();
    x.add(Request{}, [answered](const auto&) { answered->set_value(); });
    if (answer.wait_for(30s) != std::future_status::ready)
      return false;
  }
  return true;
}

} // namespace

TEST_SUITE_BEGIN("unit/db/scheduler");

TEST_CASE("scheduler: steps run in two batches at once, all else in one") {
  const auto ask = [](auto request, int times) {
    scheduler x{{.batch_size = 1}};
    for (int i = 0; i < times; ++i)
      x.add(request, [](const auto&) {});
    const auto result = batches_given_out(x);
    x.fail_all(caf::make_error(ec::shutting_down));
    return result;
  };
  CHECK(ask(store::commit_step{}, 3) == 2);
  CHECK(ask(store::load_conversation{}, 3) == 1);
}

TEST_CASE("scheduler: lanes hear of all that waits, though they are woken for the first alone") {
  scheduler x{{.batch_size = 2}};
  std::vector<std::thread> lanes;
  for (int i = 0; i < 3; ++i)
    lanes.emplace_back([&x] { work(x); });
  std::vector<std::future<bool>> askers;
  for (int i = 0; i < 2; ++i) {
    askers.push_back(std::async(std::launch::async,
                                [&x] { return is_answered<store::load_conversation>(x, 4'000); }));
    askers.push_back(
      std::async(std::launch::async, [&x] { return is_answered<store::commit_step>(x, 4'000); }));
  }
  for (auto& asker : askers)
    CHECK(asker.get());
  x.stop();
  for (auto& lane : lanes)
    lane.join();
}

TEST_SUITE_END();
