#include "tests/unit/actors/notifier_fixture.hpp"

#include <algorithm>

using namespace neurocards;
using namespace neurocards::test;
using namespace std::chrono_literals;

namespace {

struct news_fixture : notifier_fixture {
  news_fixture() { news.rate = 10; }

  void tell_users(int count) {
    for (int i = 1; i <= count; ++i)
      to_be_told.push_back(1'000 + i);
  }

  auto count_of(const std::string& text) const {
    return std::ranges::count(requests, text, &seen::text);
  }
};

} // namespace

TEST_SUITE_BEGIN("unit/actors/notifier_news");

TEST_CASE_FIXTURE(news_fixture, "notifier: news come at their own rate, everybody's once") {
  lead();
  tell_users(50);
  advance(1s); // the first search finds the broadcast
  const auto first = count_of("news");
  advance(2s);
  CHECK(count_of("news") - first >= 18);
  CHECK(count_of("news") - first <= 22);
  advance(10s);
  CHECK(count_of("news") == 50);
  CHECK(to_be_told.empty());
  std::vector<int64_t> chats;
  for (const auto& x : requests)
    chats.push_back(x.chat);
  std::ranges::sort(chats);
  CHECK(std::ranges::adjacent_find(chats) == chats.end());
}

TEST_CASE_FIXTURE(news_fixture,
                  "notifier: looks for a broadcast when it is woken, else every ten seconds") {
  lead();
  advance(1min);
  CHECK(searches >= 6);
  CHECK(searches <= 8);
  tell_users(1);
  tell(wake_atom_v);
  advance(3s);
  CHECK(count_of("news") == 1);
  advance(10s); // the broadcast has ended
  searches = 0;
  for (int i = 0; i < 100; ++i) { // everybody's messages
    tell(wake_atom_v);
    advance(100ms);
  }
  CHECK(searches >= 4);
  CHECK(searches <= 6);
  advance(5s);
  tell_users(1); // whose word is lost
  advance(11s);
  CHECK(count_of("news") == 2);
}

TEST_CASE_FIXTURE(news_fixture, "notifier: news stand behind all other messages") {
  rates.rate = 20;
  for (int i = 1; i <= 100; ++i) // five seconds of work
    write(i, "mine");
  tell_users(5);
  lead();
  advance(4s);
  CHECK(count_of("mine") >= 70);
  CHECK(count_of("news") == 0);
  advance(10s);
  CHECK(count_of("mine") == 100);
  CHECK(count_of("news") == 5);
}

TEST_CASE_FIXTURE(news_fixture, "notifier: no news are released while Telegram is out of reach") {
  telegram_says = [](const seen&) {
    http::response none;
    none.outcome = http::outcome::not_sent;
    return none;
  };
  write(1, "mine");
  tell_users(100);
  lead();
  advance(30s);
  CHECK(to_be_told.size() >= 97); // what was asked for before the first failure
}

TEST_CASE_FIXTURE(news_fixture, "notifier: without leadership or database no news are released") {
  tell_users(3);
  database_up = false;
  lead();
  advance(10s);
  CHECK(to_be_told.size() == 3);
  tell(lost_atom_v);
  database_up = true;
  advance(10s);
  CHECK(to_be_told.size() == 3);
  tell(gained_atom_v);
  advance(10s);
  CHECK(count_of("news") == 3);
}

TEST_SUITE_END();
