#include "domain/send_pace.hpp"

#include <doctest/doctest.h>

#include <random>
#include <vector>

using namespace neurocards;
using namespace std::chrono_literals;

namespace {

using times = std::vector<send_pace::time_point>;

const send_pace::time_point start{1000h};

/// Serves endless work of `chats` chats for `how_long`; the caller comes late by what `lateness`
/// says, and every answer takes 20 ms.
times serve(send_pace& pace, int chats, std::chrono::nanoseconds how_long, auto lateness) {
  times result;
  auto now = start;
  for (int i = 1; i <= chats; ++i)
    pace.add(chat_id{i}, now);
  while (now < start + how_long) {
    while (const auto chat = pace.take(now)) {
      result.push_back(now);
      pace.answered(*chat, now + 20ms);
      pace.add(*chat, now + 20ms);
    }
    now = std::max(now, *pace.next()) + lateness();
  }
  return result;
}

/// The most sends in any second, its beginning included and its end not.
size_t most_in_a_second(const times& sends) {
  size_t most = 0;
  size_t first = 0;
  for (size_t last = 0; last < sends.size(); ++last) {
    while (sends[first] + 1s <= sends[last])
      ++first;
    most = std::max(most, last - first + 1);
  }
  return most;
}

double per_second(const times& sends, std::chrono::nanoseconds how_long) {
  return static_cast<double>(sends.size()) / std::chrono::duration<double>{how_long}.count();
}

} // namespace

TEST_SUITE_BEGIN("unit/domain/send_pace");

TEST_CASE("send_pace: holds its rate for minutes and never exceeds it in a second") {
  send_pace pace{30, 1};
  const auto sends = serve(pace, 100, 5min, [] { return 0ms; });
  CHECK(per_second(sends, 5min) == doctest::Approx(30).epsilon(0.01));
  CHECK(most_in_a_second(sends) == 30);
}

TEST_CASE("send_pace: follows new rates at once, upwards and downwards") {
  send_pace pace{0.01, 1000};
  pace.add(chat_id{1}, start);
  CHECK(pace.take(start));
  pace.set_rates(100, 1000);
  const auto fast = serve(pace, 100, 10s, [] { return 0ms; });
  CHECK(per_second(fast, 10s) == doctest::Approx(100).epsilon(0.02));
  pace.set_rates(5, 1000);
  const auto begin = start + 10s;
  int sent = 0;
  for (auto now = begin; now < begin + 10s; now += 10ms)
    while (const auto chat = pace.take(now)) {
      ++sent;
      pace.answered(*chat, now);
      pace.add(*chat, now);
    }
  CHECK(sent >= 44); // the first second has had its five already
  CHECK(sent <= 51);
}

TEST_CASE("send_pace: makes up for late timers") {
  std::mt19937 random{7};
  std::uniform_int_distribution<int> usual{0, 3}; // ms
  std::uniform_int_distribution<int> busy{0, 50}; // one in ten
  send_pace pace{30, 1};
  const auto sends = serve(pace, 100, 5min, [&] {
    return std::chrono::milliseconds{random() % 10 == 0 ? busy(random) : usual(random)};
  });
  CHECK(per_second(sends, 5min) == doctest::Approx(30).epsilon(0.01));
  CHECK(most_in_a_second(sends) <= 30);
}

TEST_CASE("send_pace: spaces evenly instead of sending a second's worth at once") {
  send_pace pace{30, 1};
  const auto sends = serve(pace, 100, 10s, [] { return 0ms; });
  for (size_t i = 6; i < sends.size(); ++i)
    CHECK(sends[i] - sends[i - 6] >= 100ms);
}

TEST_CASE("send_pace: serves thousands a second when told so") {
  send_pace pace{5000, 1000};
  const auto sends = serve(pace, 2000, 10s, [] { return 0ms; });
  CHECK(per_second(sends, 10s) == doctest::Approx(5000).epsilon(0.01));
  CHECK(most_in_a_second(sends) <= 5000);
}

TEST_CASE("send_pace: knows rates below one a second") {
  send_pace pace{0.5, 1};
  const auto sends = serve(pace, 10, 1min, [] { return 0ms; });
  REQUIRE(sends.size() == 30);
  CHECK(sends[1] - sends[0] >= 2s);
}

TEST_CASE("send_pace: lets a chat wait a second after its answer, also when it asks anew") {
  send_pace pace{1000, 1};
  const chat_id chat{1};
  pace.add(chat, start);
  CHECK(pace.take(start) == chat);
  pace.answered(chat, start + 300ms);
  pace.add(chat, start + 400ms);
  CHECK(!pace.take(start + 1299ms));
  CHECK(pace.next() == start + 1300ms);
  CHECK(pace.take(start + 1300ms) == chat);
}

TEST_CASE("send_pace: one that begins counts what another may have sent until then") {
  send_pace both{2, 1}; // a second of two, and a second of each chat
  both.begin(start);
  both.add(chat_id{1}, start);
  CHECK(!both.idle(start + 1s));
  CHECK(!both.take(start + 1s));
  CHECK(both.next() == start + 1001ms);
  CHECK(both.take(start + 1001ms) == chat_id{1});
  send_pace of_chats{1000, 0.5};
  of_chats.begin(start);
  of_chats.add(chat_id{1}, start + 100ms);
  CHECK(of_chats.next() == start + 2s);
  send_pace faster{0.01, 1000};
  faster.begin(start);
  faster.set_rates(100, 1000);
  faster.add(chat_id{1}, start);
  CHECK(faster.next() == start + 1001ms);
}

TEST_CASE("send_pace: serves who has waited longest, and nobody waits behind a paused chat") {
  send_pace pace{1000, 1};
  pace.answered(chat_id{1}, start);
  pace.add(chat_id{1}, start);
  pace.add(chat_id{2}, start);
  pace.add(chat_id{3}, start);
  CHECK(pace.take(start) == chat_id{2});
  pace.add(chat_id{2}, start + 1ms);
  pace.add(chat_id{3}, start + 1ms); // stands in line already: keeps its place
  CHECK(pace.take(start + 2ms) == chat_id{3});
  CHECK(pace.take(start + 4ms) == chat_id{2});
  CHECK(!pace.take(start + 900ms));
  CHECK(pace.take(start + 1s) == chat_id{1});
}

TEST_CASE("send_pace: lets one flooded chat wait, and all when several are") {
  send_pace pace{1000, 1};
  CHECK(!pace.flooded(chat_id{1}, start, 7s));
  CHECK(!pace.flooded(chat_id{1}, start + 7s, 7s)); // the same chat again
  CHECK(!pace.flooded(chat_id{2}, start + 8s, 7s));
  pace.add(chat_id{3}, start + 8s);
  CHECK(pace.take(start + 8s) == chat_id{3});
  CHECK(pace.flooded(chat_id{3}, start + 9s, 7s));
  pace.add(chat_id{4}, start + 9s);
  CHECK(pace.next() == start + 16s);
  CHECK(!pace.take(start + 16s - 1ms));
  CHECK(pace.take(start + 16s) == chat_id{4});
  CHECK(!pace.flooded(chat_id{4}, start + 17s, 7s)); // the others have done their penance
  pace.add(chat_id{4}, start + 17s);
  pace.add(chat_id{5}, start + 17s);
  CHECK(pace.take(start + 17s) == chat_id{5});
  CHECK(pace.next() == start + 24s);
}

TEST_CASE("send_pace: sees no flood of all in refusals far apart") {
  send_pace pace{1000, 1};
  for (int i = 0; i < 20; ++i)
    CHECK(!pace.flooded(chat_id{i}, start + i * 6s, 1s));
}

TEST_CASE("send_pace: forgets its line but not what was sent") {
  send_pace pace{1, 1};
  pace.add(chat_id{1}, start);
  pace.add(chat_id{2}, start);
  CHECK(pace.take(start));
  pace.clear();
  CHECK(!pace.next());
  pace.add(chat_id{2}, start);
  CHECK(!pace.take(start + 1s));
  CHECK(pace.take(start + 1s + 10ms) == chat_id{2});
}

TEST_CASE("notification_backoff: doubles from a second to ten minutes, with jitter") {
  struct row {
    int tries;
    double random;
    std::chrono::milliseconds wait;
  };
  for (const auto& x : std::vector<row>{{-1, 0.5, 1s},
                                        {0, 0.5, 1s},
                                        {0, 0.0, 900ms},
                                        {1, 0.5, 2s},
                                        {5, 0.5, 32s},
                                        {9, 0.5, 512s},
                                        {10, 0.5, 10min},
                                        {1'000'000, 0.5, 10min}}) {
    CAPTURE(x.tries);
    CHECK(notification_backoff(x.tries, x.random) == x.wait);
  }
}

TEST_SUITE_END();
