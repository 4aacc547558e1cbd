#include "tests/unit/actors/notifier_fixture.hpp"

#include <nlohmann/json.hpp>

using namespace neurocards;
using namespace neurocards::test;
using namespace std::chrono_literals;

namespace {

using strings = std::vector<std::string>;

constexpr int64_t ann = 501;
constexpr int64_t bob = 502;
constexpr int64_t eve = 503;

} // namespace

TEST_SUITE_BEGIN("unit/actors/notifier");

TEST_CASE_FIXTURE(notifier_fixture,
                  "notifier: who gains the lock sends as if another had sent until then") {
  lead();
  tell(lost_atom_v);
  tell(gained_atom_v);
  const auto gained = now();
  write(ann, "one");
  tell(wake_atom_v);
  advance(2s);
  REQUIRE(times_of(ann).size() == 1);
  CHECK(times_of(ann)[0] - gained >= 1s);
}

TEST_CASE_FIXTURE(notifier_fixture,
                  "notifier: sends at a hint what is due, and marks it sent once") {
  lead();
  const auto id = write(ann, "hello");
  tell(outbox_hint{});
  REQUIRE(requests.size() == 1);
  CHECK(requests[0].method == "sendMessage");
  CHECK(requests[0].marked_up);
  advance(10s);
  CHECK(endings.at(id).sent);
  CHECK(endings.at(id).message_id == 1);
  CHECK(endings.at(id).times == 1);
  CHECK(requests.size() == 1);
}

TEST_CASE_FIXTURE(notifier_fixture, "notifier: keeps the order of a chat through retries") {
  for (int i = 1; i <= 5; ++i)
    write(ann, std::to_string(i));
  int calls = 0;
  telegram_says = [&](const seen&) {
    return ++calls % 3 == 0 ? ok() : refusal(500, "Internal Server Error");
  };
  lead();
  advance(2min);
  CHECK(texts_of(ann)
        == strings{"1", "1", "1", "2", "2", "2", "3", "3", "3", "4", "4", "4", "5", "5", "5"});
  CHECK(outbox.empty());
}

TEST_CASE_FIXTURE(notifier_fixture, "notifier: sends 30 a second for minutes and never more") {
  rates = {30, 1};
  for (int i = 0; i < 6000; ++i)
    write(1000 + i % 500, "text");
  lead();
  const auto begin = now();
  advance(3min);
  CHECK(static_cast<double>(requests.size()) / 180 == doctest::Approx(30).epsilon(0.01));
  for (size_t i = 30; i < requests.size(); ++i)
    REQUIRE(requests[i].at - requests[i - 30].at > 1s);
  CHECK(requests.back().at - begin > 179s);
}

TEST_CASE_FIXTURE(notifier_fixture, "notifier: sends a chat at most one message a second") {
  for (int i = 0; i < 50; ++i)
    write(ann, std::to_string(i));
  lead();
  advance(1min);
  const auto times = times_of(ann);
  REQUIRE(times.size() == 50);
  for (size_t i = 1; i < times.size(); ++i)
    CHECK(times[i] - times[i - 1] >= 1s);
}

TEST_CASE_FIXTURE(notifier_fixture,
                  "notifier: serves others at once while a chat has a long queue") {
  for (int i = 0; i < 5000; ++i)
    write(ann, "flood");
  lead();
  advance(10s);
  write(bob, "hello");
  tell(wake_atom_v);
  advance(20ms);
  CHECK(texts_of(bob).size() == 1);
  CHECK(texts_of(ann).size() <= 11);
}

TEST_CASE_FIXTURE(notifier_fixture,
                  "notifier: waits as long as Telegram wishes for a flooded chat only") {
  bool flooded = true;
  telegram_says = [&](const seen& x) {
    return x.chat == ann && std::exchange(flooded, false) ? flood(7) : ok();
  };
  write(ann, "one");
  write(ann, "two");
  lead();
  for (int i = 0; i < 5; ++i) {
    advance(1200ms);
    write(bob, "hello");
    tell(wake_atom_v);
    CHECK(requests.back().chat == bob);
    CHECK(requests.back().at == now());
  }
  CHECK(texts_of(ann) == strings{"one"});
  advance(10s);
  CHECK(texts_of(ann) == strings{"one", "one", "two"});
  CHECK(times_of(ann)[1] - times_of(ann)[0] >= 7s);
}

TEST_CASE_FIXTURE(notifier_fixture, "notifier: lets all chats wait when several are flooded") {
  int floods = 3;
  telegram_says = [&](const seen&) { return floods-- > 0 ? flood(30) : ok(); };
  for (int i = 1; i <= 3; ++i)
    write(i, "text");
  lead();
  advance(1s);
  REQUIRE(requests.size() == 3);
  write(ann, "hello");
  advance(28s);
  CHECK(requests.size() == 3);
  advance(10s);
  CHECK(outbox.empty());
}

TEST_CASE_FIXTURE(notifier_fixture, "notifier: forgets the chat of a user who blocked the bot") {
  const auto first = write(ann, "one");
  const auto second = write(ann, "two");
  write(bob, "hello");
  telegram_says = [&](const seen& x) {
    if (x.chat != ann)
      return ok();
    outbox.erase(second); // the database may settle it with the first
    return refusal(403, "Forbidden: bot was blocked by the user");
  };
  lead();
  advance(20ms);
  CHECK(texts_of(bob) == strings{"hello"});
  advance(10s);
  CHECK(texts_of(ann) == strings{"one"});
  CHECK(endings.at(first).blocked);
  CHECK(endings.at(first).error.find("blocked by the user") != std::string::npos);
}

TEST_CASE_FIXTURE(notifier_fixture, "notifier: drops what Telegram will never take, and goes on") {
  telegram_says = [&](const seen& x) {
    return x.text == "one" ? refusal(400, "Bad Request: chat not found") : ok();
  };
  const auto first = write(ann, "one");
  const auto nonsense = write(ann, "reply", "{}");
  const auto last = write(ann, "three");
  lead();
  advance(10s);
  CHECK(!endings.at(first).sent);
  CHECK(endings.at(first).error == "400 Bad Request: chat not found");
  CHECK(!endings.at(nonsense).sent);
  CHECK(!endings.at(nonsense).error.empty());
  CHECK(endings.at(last).sent);
}

TEST_CASE_FIXTURE(notifier_fixture,
                  "notifier: sends nothing but probes while its token is refused") {
  bool refused = true;
  telegram_says = [&](const seen&) { return refused ? refusal(401, "Unauthorized") : ok(); };
  for (int i = 1; i <= 20; ++i)
    write(i, "text");
  lead();
  advance(1s);
  const auto first = requests.size(); // those on their way before the first refusal
  advance(10min);
  CHECK(requests.size() - first >= 9);
  CHECK(requests.size() - first <= 12);
  refused = false;
  advance(2min);
  CHECK(sent() == 20);
}

TEST_CASE_FIXTURE(notifier_fixture,
                  "notifier: outlives an outage of Telegram without using up tries") {
  bool up = false;
  telegram_says = [&](const seen&) { return up ? ok() : failure(http::outcome::not_sent); };
  const auto first = write(ann, "one");
  write(ann, "two");
  write(bob, "hello");
  outbox.at(first).notification.age += 48h; // old, but nobody has answered yet
  lead();
  advance(1h);
  CHECK(outbox.size() == 3);
  CHECK(outbox.at(first).notification.tries == 0);
  CHECK(requests.size() < 200);
  up = true;
  requests.clear();
  advance(40s);
  CHECK(outbox.empty());
  CHECK(texts_of(ann) == strings{"one", "two"});
}

TEST_CASE_FIXTURE(notifier_fixture, "notifier: takes many failures at once for one short outage") {
  int failures = 20;
  telegram_says = [&](const seen&) {
    return failures-- > 0 ? failure(http::outcome::not_sent) : ok();
  };
  for (int i = 1; i <= 20; ++i)
    write(i, "text");
  lead();
  advance(3s);
  CHECK(sent() == 20);
}

TEST_CASE_FIXTURE(notifier_fixture, "notifier: does not take silence for Telegram's recovery") {
  auto outcome = http::outcome::not_sent;
  telegram_says = [&](const seen&) { return failure(outcome); };
  latency = [](const seen&) { return 1min; };
  for (int i = 1; i <= 20; ++i)
    write(i, "text");
  lead();
  advance(2min);
  outcome = http::outcome::interrupted;
  advance(1min);
  requests.clear();
  advance(10min);
  CHECK(requests.size() <= 10); // one at a time
}

TEST_CASE_FIXTURE(notifier_fixture, "notifier: repeats what may have been lost under way") {
  int calls = 0;
  telegram_says = [&](const seen&) {
    return ++calls == 1 ? failure(http::outcome::interrupted) : ok();
  };
  const auto id = write(ann, "hello");
  lead();
  advance(10s);
  CHECK(texts_of(ann) == strings{"hello", "hello"});
  CHECK(endings.at(id).sent);
}

TEST_CASE_FIXTURE(notifier_fixture, "notifier: gives up after a day of refusals, and says so") {
  telegram_says = [&](const seen&) { return refusal(502, "Bad Gateway"); };
  const auto young = write(ann, "young");
  const auto old = write(bob, "old");
  const auto late = write(eve, "late"); // we were away for a day
  outbox.at(young).notification.age += 23h;
  outbox.at(old).notification.age += 25h;
  outbox.at(old).notification.tries = 100;
  outbox.at(late).notification.age += 25h;
  lead();
  advance(1min);
  CHECK(outbox.at(late).notification.tries >= 3);
  CHECK(outbox.at(young).notification.tries >= 3);
  CHECK(outbox.at(young).error == "502 Bad Gateway");
  CHECK(!endings.at(old).sent);
  CHECK(endings.at(old).error.find("a day") != std::string::npos);
}

TEST_CASE_FIXTURE(notifier_fixture, "notifier: backs off from a chat that keeps failing") {
  telegram_says = [&](const seen&) { return refusal(500, "Internal Server Error"); };
  write(ann, "hello");
  lead();
  advance(1h);
  CHECK(requests.size() >= 10);
  CHECK(requests.size() <= 20);
}

TEST_CASE_FIXTURE(notifier_fixture,
                  "notifier: sends a text bare when Telegram refuses its markup") {
  telegram_says = [&](const seen& x) {
    return x.marked_up ? refusal(400, "Bad Request: can't parse entities: Unsupported start tag")
                       : ok();
  };
  const auto id = write(ann, "<b>5 &lt; 7</b> & a < b");
  lead();
  advance(10s);
  CHECK(texts_of(ann) == strings{"<b>5 &lt; 7</b> & a < b", "5 < 7 & a < b"});
  CHECK(endings.at(id).sent);
}

TEST_CASE_FIXTURE(notifier_fixture, "notifier: drops a text whose bare form is refused as well") {
  telegram_says = [&](const seen&) { return refusal(400, "Bad Request: can't parse entities: x"); };
  const auto id = write(ann, "text");
  lead();
  advance(1min);
  CHECK(requests.size() == 2);
  CHECK(!endings.at(id).sent);
}

TEST_CASE_FIXTURE(notifier_fixture, "notifier: follows a chat that moved") {
  telegram_says = [&](const seen& x) {
    return x.chat == ann ? refusal(400, "Bad Request: group chat was upgraded to a supergroup chat",
                                   {{"migrate_to_chat_id", eve}})
                         : ok();
  };
  const auto id = write(ann, "hello");
  lead();
  advance(10s);
  CHECK(texts_of(eve) == strings{"hello"});
  CHECK(endings.at(id).sent);
}

TEST_CASE_FIXTURE(notifier_fixture, "notifier: follows a chat once and not in circles") {
  telegram_says = [&](const seen&) {
    return refusal(400, "Bad Request: group chat was upgraded to a supergroup chat",
                   {{"migrate_to_chat_id", eve}});
  };
  const auto id = write(ann, "hello");
  lead();
  advance(1min);
  CHECK(requests.size() == 2);
  CHECK(!endings.at(id).sent);
}

TEST_SUITE_END();
