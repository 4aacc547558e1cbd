#include "tests/unit/actors/gateway_fixture.hpp"

using namespace neurocards;
using namespace neurocards::test;

namespace {

using ids = std::vector<int64_t>;

} // namespace

// ── replay ───────────────────────────────────────────────────────────────────────────────────────

TEST_SUITE_BEGIN("unit/actors/telegram_gateway_inbox");

TEST_CASE_FIXTURE(gateway_fixture, "telegram_gateway: replays the inbox before it fetches") {
  stored_before(1, 501);
  stored_before(2, 502);
  stored_before(3, 501);
  inbox[2].handled = true;
  unconfirmed[4] = message(4, 501);
  gain();
  CHECK(visited(501) == ids{1, 3, 4});
  CHECK(visited(502).empty());
  CHECK(unhandled() == 0);
}

TEST_CASE_FIXTURE(gateway_fixture, "telegram_gateway: replays more than a page, in order") {
  for (int64_t id = 1; id <= 3500; ++id)
    stored_before(id, 501 + id % 2);
  blocked = {501}; // and does not wait for the slow
  gain();
  CHECK(pages > 1);
  CHECK(visited(502).size() == 1750);
  CHECK(polls.size() == 1);
  unblock(501);
  CHECK(visited(501).size() == 1750);
  const auto order = visited(501);
  CHECK(std::is_sorted(order.begin(), order.end()));
  CHECK(unhandled() == 0);
}

TEST_CASE_FIXTURE(gateway_fixture, "telegram_gateway: replays no more at once than it can hold") {
  capacity = 100;
  for (int64_t id = 1; id <= 3000; ++id)
    stored_before(id, 501);
  blocked = {501};
  gain();
  CHECK(visits.size() <= 1000); // a page
  CHECK(polls.empty());
  blocked.clear();
  unblock(501);
  CHECK(visited(501).size() == 3000);
  CHECK(polls.size() == 1);
}

TEST_CASE_FIXTURE(gateway_fixture, "telegram_gateway: waits for the inbox before it fetches") {
  stored_before(1, 501);
  inbox_up = false;
  gain();
  advance(10min);
  CHECK(polls.empty());
  CHECK(pages > 10);
  CHECK(pages < 100);
  inbox_up = true;
  advance(12s);
  CHECK(visited(501) == ids{1});
  CHECK(polls.size() == 1);
}

TEST_CASE_FIXTURE(gateway_fixture,
                  "telegram_gateway: leaves to a person what cannot be read, and says so once") {
  const auto& unreadable = metrics{sys}.updates("unreadable");
  inbox[1].update = {update_id{1}, chat_id{501}, "", ""};
  inbox[2].update = {update_id{2}, chat_id{501}, "message", "no JSON"};
  inbox[3].update = {update_id{3}, chat_id{501}, "message", message(4, 501)}; // of another number
  stored_before(5, 501);
  gain();
  CHECK(visited(501) == ids{5});
  CHECK(unhandled() == 3);
  CHECK(unreadable.value() == 3);
  advance(10min); // further replays
  CHECK(visited(501) == ids{5});
  CHECK(unhandled() == 3);
  CHECK(unreadable.value() == 3);
}

TEST_CASE_FIXTURE(gateway_fixture,
                  "telegram_gateway: marks as handled what was stored without content") {
  inbox[1].update = {update_id{1}, chat_id{501}, "message", R"({"update_id":1})"};
  gain();
  CHECK(visits.size() == 1); // of no chat that it could name
  CHECK(unhandled() == 0);
}

TEST_CASE_FIXTURE(gateway_fixture, "telegram_gateway: looks now and then for what others left") {
  gain();
  stored_before(1, 501);
  advance(1min + 1s);
  CHECK(visited(501) == ids{1});
  CHECK(unhandled() == 0);
}

// ── conversations ────────────────────────────────────────────────────────────────────────────────

TEST_CASE_FIXTURE(gateway_fixture,
                  "telegram_gateway: ends an idle conversation and spawns it anew") {
  gain();
  arrive({{1, message(1, 501)}});
  const auto before = talks.at(501);
  caf::anon_send(gateway, conversation_idle{chat_id{501}});
  settle();
  const auto dead = ask<caf::unit_t>(*this, before, drain_atom_v);
  settle();
  CHECK(dead->error);
  arrive({{2, message(2, 501)}});
  CHECK(spawned == 2);
  CHECK(visited(501) == ids{1, 2});
}

TEST_CASE_FIXTURE(gateway_fixture,
                  "telegram_gateway: keeps a conversation that has something to do") {
  blocked = {501};
  gain();
  arrive({{1, message(1, 501)}});
  caf::anon_send(gateway, conversation_idle{chat_id{501}}); // crossed the update
  settle();
  unblock(501);
  arrive({{2, message(2, 501)}});
  CHECK(spawned == 1);
  CHECK(visited(501) == ids{1, 2});
  CHECK(unhandled() == 0);
}

TEST_CASE_FIXTURE(gateway_fixture, "telegram_gateway: loses nothing when a conversation dies") {
  blocked = {501};
  gain();
  arrive({{1, message(1, 501)}, {2, message(2, 501)}, {3, message(3, 502)}});
  crash(501);
  blocked.clear();
  arrive({{4, message(4, 501)}}); // waits for those before it
  CHECK(visited(501) == ids{1, 2});
  advance(1s);
  CHECK(visited(501) == ids{1, 2, 1, 2, 4});
  CHECK(visited(502) == ids{3});
  CHECK(spawned == 3);
  CHECK(unhandled() == 0);
}

TEST_CASE_FIXTURE(gateway_fixture,
                  "telegram_gateway: does not mind a conversation that dies idle") {
  gain();
  arrive({{1, message(1, 501)}});
  crash(501);
  arrive({{2, message(2, 501)}});
  CHECK(visited(501) == ids{1, 2});
  CHECK(spawned == 2);
}

TEST_CASE_FIXTURE(gateway_fixture,
                  "telegram_gateway: gives an update up that kills conversations") {
  blocked = {501};
  gain();
  arrive({{1, message(1, 501)}, {2, message(2, 501)}});
  for (int i = 0; i < 3; ++i) {
    CHECK(commits.empty());
    crash(501);
    advance(1s);
  }
  REQUIRE(commits.size() == 1);
  CHECK(commits[0].update.value == 1);
  CHECK(commits[0].notifications.size() == 1); // and says sorry
  unblock(501);
  CHECK(visited(501) == ids{1, 2, 1, 2, 1, 2, 2});
  CHECK(unhandled() == 0);
}

TEST_CASE_FIXTURE(gateway_fixture,
                  "telegram_gateway: keeps the order when a chat dies during a replay") {
  for (int64_t id = 1; id <= 1500; ++id)
    stored_before(id, 501);
  blocked = {501};
  capacity = 1000; // the second page has to wait
  start();
  caf::anon_send(gateway, gained_atom_v);
  settle();
  crash(501);
  blocked.clear();
  arrive({{2000, message(2000, 501)}});
  advance(5s);
  const auto all = visited(501);
  const auto last_life = ids(all.end() - 1501, all.end());
  CHECK(std::is_sorted(last_life.begin(), last_life.end()));
  CHECK(last_life.front() == 1);
  CHECK(last_life.back() == 2000);
  CHECK(unhandled() == 0);
}

TEST_CASE_FIXTURE(gateway_fixture, "telegram_gateway: releases a chat only after a whole replay") {
  blocked = {501, 502};
  capacity = 1000;
  gain();
  arrive({{1400, message(1400, 502)}});
  for (int64_t id = 1; id <= 1001; ++id)
    stored_before(id, 501);
  crash(502);
  advance(1s); // the replay fills up with the first chat …
  CHECK(visited(501).size() == 1000);
  arrive({{2000, message(2000, 502)}});
  crash(501); // … and its next page brings nothing but what must be passed over
  blocked.clear();
  advance(5s);
  CHECK(visited(502) == ids{1400, 1400, 2000});
  CHECK(unhandled() == 0);
}

TEST_CASE_FIXTURE(gateway_fixture, "telegram_gateway: leaves alone what can never be committed") {
  endings[1] = ec::rejected;
  gain();
  arrive({{1, message(1, 501)}, {2, message(2, 501)}});
  advance(10min);
  CHECK(visited(501) == ids{1, 2});
  CHECK(unhandled() == 1);
}

TEST_SUITE_END();
