#include "tests/unit/actors/notifier_fixture.hpp"

#include <caf/event_based_actor.hpp>
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

TEST_SUITE_BEGIN("unit/actors/notifier_outbox");

TEST_CASE_FIXTURE(notifier_fixture, "notifier: finds within two seconds what no hint told it of") {
  lead();
  write(ann, "hello");
  advance(2s + timer_step);
  CHECK(texts_of(ann) == strings{"hello"});
}

TEST_CASE_FIXTURE(notifier_fixture, "notifier: does nothing before the lock is its own") {
  write(ann, "hello");
  lead();
  tell(lost_atom_v);
  requests.clear();
  write(bob, "hello");
  tell(wake_atom_v);
  advance(1min);
  CHECK(requests.empty());
}

TEST_CASE_FIXTURE(notifier_fixture, "notifier: never sends again because a mark failed") {
  const auto id = write(ann, "one");
  lead();
  database_up = false;
  advance(1min);
  CHECK(commits_tried > 5);
  database_up = true;
  write(ann, "two");
  advance(20s);
  CHECK(texts_of(ann) == strings{"one", "two"});
  CHECK(endings.at(id).times == 1);
}

TEST_CASE_FIXTURE(
  notifier_fixture,
  "notifier: says of a block when the message was sent, however late it can say it") {
  telegram_says = [](const seen&) {
    return refusal(403, "Forbidden: bot was blocked by the user");
  };
  const auto id = write(ann, "one");
  lead();
  database_up = false;
  advance(1min);
  database_up = true;
  advance(20s);
  REQUIRE(endings.contains(id));
  CHECK(endings.at(id).blocked);
  CHECK(endings.at(id).sent_at == times_of(ann).front());
}

TEST_CASE_FIXTURE(notifier_fixture,
                  "notifier: one that loses the lock stops at once, but marks what is under way") {
  latency = [](const seen&) { return 5s; };
  const auto first = write(ann, "one");
  write(ann, "two");
  write(bob, "hello");
  lead();
  REQUIRE(requests.size() == 2);
  tell(lost_atom_v);
  write(eve, "hello");
  tell(wake_atom_v);
  advance(1min);
  CHECK(requests.size() == 2);
  CHECK(endings.at(first).sent);
  tell(gained_atom_v);
  advance(1min);
  CHECK(texts_of(ann) == strings{"one", "two"});
  CHECK(requests.size() == 4);
  CHECK(outbox.empty());
}

TEST_CASE_FIXTURE(notifier_fixture,
                  "notifier: one that regains the lock does not send again what is under way") {
  latency = [](const seen&) { return 30s; };
  write(ann, "one");
  lead();
  tell(lost_atom_v);
  tell(gained_atom_v);
  advance(2min);
  CHECK(texts_of(ann) == strings{"one"});
}

TEST_CASE_FIXTURE(notifier_fixture, "notifier: drains when what is under way is marked") {
  latency = [](const seen&) { return 3s; };
  write(ann, "one");
  write(ann, "two");
  lead();
  bool drained = false;
  own(sys.spawn([&, this](caf::event_based_actor* self) {
    self->request(notifier, caf::infinite, drain_atom_v)
      .then([&] { drained = true; }, [](const caf::error&) { FAIL("drain failed"); });
  }));
  database_up = false;
  advance(4s);
  CHECK(!drained);
  database_up = true;
  advance(10s);
  CHECK(drained);
  CHECK(sent() == 1);
  tell(gained_atom_v);
  advance(10s);
  CHECK(texts_of(ann) == strings{"one"});
}

TEST_CASE_FIXTURE(notifier_fixture,
                  "notifier: holds a bounded part of a long outbox and sends all of it") {
  telegram_says = [&](const seen&) { return failure(http::outcome::not_sent); };
  for (int i = 0; i < 6000; ++i)
    write(1000 + i, "text");
  lead();
  advance(1min);
  CHECK(read_in_all == 2000);
  telegram_says = [&](const seen&) { return ok(); };
  advance(1min);
  CHECK(sent() == 6000);
}

TEST_CASE_FIXTURE(
  notifier_fixture,
  "notifier: leaves a kind it does not know to a newer node, and sends all others") {
  foreign = {{notification_id{900}, "video_rated"}};
  write(ann, "one");
  lead();
  advance(1s);
  CHECK(sent() == 1);
  CHECK(foreign.empty());
  REQUIRE(left_alone.size() == 1);
  CHECK(left_alone[0].id == notification_id{900});
  CHECK(left_alone[0].aside);
  CHECK(left_alone[0].delay == 1min);
  CHECK(left_alone[0].error.find("video_rated") != std::string::npos);
  CHECK(endings.size() == 1); // it is neither sent nor dropped
}

TEST_CASE_FIXTURE(notifier_fixture, "notifier: reads at once what came while a chat was busy") {
  rates = {1000, 1000};
  write(ann, "one");
  lead();
  write(ann, "two");
  tell(wake_atom_v);
  advance(200ms);
  CHECK(texts_of(ann) == strings{"one", "two"});
}

TEST_CASE_FIXTURE(notifier_fixture, "notifier: reads at once the rest of a long queue") {
  rates = {1000, 1000};
  latency = [](const seen&) { return 20ms; };
  for (int i = 0; i < 20; ++i)
    write(ann, std::to_string(i));
  lead();
  advance(1500ms);
  CHECK(texts_of(ann).size() == 20);
}

TEST_CASE_FIXTURE(notifier_fixture, "notifier: reads one full page after the other") {
  for (int i = 0; i < 900; ++i)
    write(1000 + i, "text");
  lead();
  advance(1s);
  CHECK(requests.size() == 900);
}

TEST_CASE_FIXTURE(notifier_fixture, "notifier: reads again when a hint came during a reading") {
  read_time = 1500ms; // `lead` returns before
  lead();
  advance(100ms);
  write(ann, "hello");
  tell(wake_atom_v);
  advance(3s);
  CHECK(texts_of(ann).size() == 1);
}

TEST_CASE_FIXTURE(notifier_fixture, "notifier: distrusts what it read before it lost the lock") {
  read_time = 1500ms; // `lead` returns before
  const auto id = write(ann, "sent by another leader meanwhile");
  lead();
  tell(lost_atom_v);
  outbox.erase(id);
  tell(gained_atom_v);
  advance(10s);
  CHECK(requests.empty());
}

TEST_CASE_FIXTURE(notifier_fixture,
                  "notifier: forgets what waits behind a send when it loses the lock") {
  write(ann, "one");
  const auto second = write(ann, "sent by another leader meanwhile");
  lead();
  tell(lost_atom_v);
  outbox.erase(second);
  tell(gained_atom_v);
  advance(10s);
  CHECK(texts_of(ann) == strings{"one"});
}

TEST_CASE_FIXTURE(notifier_fixture,
                  "notifier: reads every two seconds however often the lock moved") {
  lead();
  for (int i = 0; i < 20; ++i) {
    tell(lost_atom_v);
    tell(gained_atom_v);
  }
  reads = 0;
  advance(1min);
  CHECK(reads <= 30);
  tell(lost_atom_v);
  reads = 0;
  advance(1min);
  CHECK(reads == 0);
}

TEST_CASE_FIXTURE(notifier_fixture,
                  "notifier: one that drains leaves to its successor what was refused") {
  std::vector<http::response> answers{
    failure(http::outcome::not_sent), refusal(401, "Unauthorized"), flood(5),
    refusal(400, "Bad Request: can't parse entities: x"),
    refusal(400, "Bad Request: group chat was upgraded", {{"migrate_to_chat_id", eve}})};
  telegram_says = [&](const seen& x) { return answers.at(static_cast<size_t>(x.chat)); };
  for (size_t i = 0; i < answers.size(); ++i)
    write(static_cast<int64_t>(i), "text");
  lead();
  REQUIRE(requests.size() == answers.size());
  bool drained = false;
  own(sys.spawn([&, this](caf::event_based_actor* self) {
    self->request(notifier, caf::infinite, drain_atom_v)
      .then([&] { drained = true; }, [](const caf::error&) { FAIL("drain failed"); });
  }));
  advance(1s);
  CHECK(drained);
  CHECK(outbox.size() == answers.size());
  CHECK(commits_tried == 0);
}

TEST_SUITE_END();
