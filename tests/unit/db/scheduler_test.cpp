#include "db/scheduler.hpp"
#include "protocol/store/conversations.hpp"

#include <future>
#include <thread>

#include <doctest/doctest.h>

using namespace neurocards;
using namespace std::chrono_literals;
using db::scheduler;

namespace {

constexpr auto no_wait = 0ms;

/// How many batches a lane is given while none of them has ended.
size_t batches_given_out(scheduler& x) {
  size_t result = 0;
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

TEST_CASE(
  "scheduler: steps run in two batches at once, though nobody has steps in both; all else in one") {
  const auto given = [](auto... requests) {
    scheduler x{{.connection = {}, .batch_size = 1}};
    (x.add(requests, [](const auto&) {}), ...);
    const auto result = batches_given_out(x);
    x.fail_all(caf::make_error(ec::shutting_down));
    return result;
  };
  const auto step = [](int64_t user, int64_t chat) {
    store::commit_step result;
    result.who.user = user_id{user};
    result.chat = chat_id{chat};
    return result;
  };
  CHECK(given(step(1, 1), step(2, 2), step(3, 3)) == 2);
  CHECK(given(step(1, 1), step(1, -5), step(3, 3)) == 1);
  CHECK(given(step(0, -5), step(0, -5)) == 1); // nobody's, but of one chat
  CHECK(given(step(0, -5), step(0, -6)) == 2);
  CHECK(given(store::load_conversation{}, store::load_conversation{}) == 1);
}

TEST_CASE("scheduler: the next step of somebody runs when his last one has ended") {
  scheduler x{{.connection = {}, .batch_size = 1}};
  for (int i = 0; i < 2; ++i)
    x.add(store::commit_step{}, [](const auto&) {});
  auto first = x.next(store::way::common, no_wait);
  REQUIRE(first.work);
  CHECK_FALSE(x.next(store::way::common, no_wait).work);
  first.work->fail(caf::make_error(ec::unavailable));
  x.finished(first, {}, 0);
  auto second = x.next(store::way::common, no_wait);
  REQUIRE(second.work);
  second.work->fail(caf::make_error(ec::unavailable));
}

TEST_CASE("scheduler: lanes hear of all that waits, though they are woken for the first alone") {
  scheduler x{{.connection = {}, .batch_size = 2}};
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
