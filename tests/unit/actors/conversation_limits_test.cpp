#include "tests/unit/actors/conversation_fixture.hpp"

using namespace neurocards;
using namespace neurocards::test;

namespace {

struct limits_fixture : conversation_fixture {
  int64_t last = 0;

  void limit(int messages, int photos) {
    settings.limits.messages_per_minute = messages;
    settings.limits.photos_per_hour = photos;
    talk = start();
  }

  /// Sends so many; returns how many of their steps said something.
  int say(int messages) { return say_late(messages, 0, 0); }

  /// The same with messages that Telegram dates `since`, each so many seconds after the last.
  int say_late(int messages, int64_t since, int64_t apart) {
    const auto before = applied.size();
    for (int i = 0; i < messages; ++i) {
      auto said = text(++last, "/menu");
      std::get<telegram::message>(said.content).date = since + i * apart;
      send(std::move(said));
    }
    settle();
    int answered = 0;
    for (size_t i = before; i < applied.size(); ++i)
      answered += !applied[i].notifications.empty();
    return answered;
  }
};

} // namespace

TEST_SUITE_BEGIN("unit/actors/conversation_limits");

TEST_CASE_FIXTURE(limits_fixture,
                  "conversation: heeds so many messages in a minute and tells once") {
  limit(3, 0);
  CHECK(say(10) == 3 + 1);
  CHECK(handled.size() == 10); // none comes again
  CHECK(say(2) == 0);
  advance(1min);
  CHECK(say(2) == 2);
}

TEST_CASE_FIXTURE(limits_fixture, "conversation: follows a limit that changes while it goes on") {
  changeable<flow::flow_config> now{settings};
  const auto limited = [&](int messages) {
    settings.limits.messages_per_minute = messages;
    now.replace(settings);
  };
  limited(3);
  talk = start(now.derived([this](const flow::flow_config& x) { return context_of(x); }));
  CHECK(say(2) == 2);
  limited(6);
  CHECK(say(4) == 4);
  limited(2);
  CHECK(say(2) == 0);
}

TEST_CASE_FIXTURE(limits_fixture, "conversation: counts a message once however often it commits") {
  limit(2, 0);
  commit_faults = {ec::unavailable, ec::timed_out, ec::unavailable, ec::unavailable};
  send(text(++last, "/menu"));
  advance(10s);
  REQUIRE(applied.size() == 1);
  CHECK(say(1) == 1);
  CHECK(say(1) == 1); // the word of the limit
  CHECK(say(1) == 0);
}

TEST_CASE_FIXTURE(limits_fixture,
                  "conversation: lets a payment through, however many messages came") {
  limit(1, 0);
  say(5);
  send(update(++last, telegram::successful_payment{"charge", "XTR", 250, "?"}));
  settle();
  CHECK(applied.back().bought);
}

TEST_CASE_FIXTURE(limits_fixture,
                  "conversation: counts what waited for it in the minute in which it was sent") {
  limit(3, 0);
  const auto an_hour_ago =
    std::chrono::system_clock::to_time_t(std::chrono::system_clock::now()) - 3600;
  CHECK(say_late(10, an_hour_ago, 30) == 10); // over five minutes
  CHECK(say(5) == 3 + 1);                     // and what is said now counts as ever
  CHECK(say_late(10, an_hour_ago + 600, 0) == 3 + 1);
}

TEST_CASE_FIXTURE(limits_fixture, "conversation: stores so many photos in an hour and tells once") {
  limit(0, 2);
  for (int i = 0; i < 5; ++i) {
    send(photo_message(++last));
    advance(1s);
  }
  CHECK(kept.size() == 2);
  REQUIRE(applied.size() == 5);
  CHECK(applied[2].notifications.size() == 1);
  CHECK(applied[3].notifications.empty());
  CHECK_FALSE(applied[2].session); // the order is what it was
  // It does not end before the hour does: its successor would grant them all again.
  advance(50min);
  CHECK(told_idle == 0);
  advance(10min);
  send(photo_message(++last));
  advance(1s);
  CHECK(kept.size() == 3);
}

TEST_SUITE_END();
