#include "domain/texts.hpp"
#include "tests/unit/actors/conversation_fixture.hpp"

using namespace neurocards;
using namespace neurocards::test;

namespace {

bool says_sorry(const store::commit_step& x) {
  const auto words = texts::raw(language::ru, texts::key::step_failed).substr(0, 20);
  return x.notifications.size() == 1 && x.notifications[0].payload.find(words) != std::string::npos;
}

telegram::incoming stale_button(int64_t id) {
  telegram::callback_query query;
  query.id = "query-" + std::to_string(id);
  query.data = "no button of ours";
  return conversation_fixture::update(id, query);
}

using strings = std::vector<std::string>;

} // namespace

// ── one update at a time ─────────────────────────────────────────────────────────────────────────

TEST_SUITE_BEGIN("unit/actors/conversation");

TEST_CASE_FIXTURE(conversation_fixture, "conversation: applies one update at a time, in order") {
  hold_commits = true;
  const auto first = send(text(1, "/start"));
  const auto second = send(text(2, "/help"));
  settle();
  CHECK(history == strings{"load 1", "commit 1"});
  CHECK(!first->any());
  release();
  CHECK(first->value);
  CHECK(!second->any());
  CHECK(history == strings{"load 1", "commit 1", "load 2", "commit 2"});
  release();
  CHECK(second->value);
  CHECK(applied.size() == 2);
}

TEST_CASE_FIXTURE(conversation_fixture,
                  "conversation: answers a button after the commit, not before") {
  hold_commits = true;
  send(stale_button(1));
  settle();
  CHECK(count("telegram.answerCallbackQuery") == 0);
  release();
  CHECK(count("telegram.answerCallbackQuery") == 1);
}

TEST_CASE_FIXTURE(conversation_fixture,
                  "conversation: does nothing for an update that was handled") {
  handled = {1};
  const auto done = send(stale_button(1));
  settle();
  CHECK(done->value);
  CHECK(history == strings{"load 1"});
  CHECK(requests.empty());
}

TEST_CASE_FIXTURE(conversation_fixture,
                  "conversation: decides anew when another gateway changed the session meanwhile") {
  hold_commits = true;
  const auto done = send(photo_message(1));
  settle();
  view.version = 8;
  release();
  CHECK(!done->any());
  CHECK(history == strings{"load 1", "commit 1", "load 1", "commit 1"});
  CHECK(count("telegram.download") == 1); // what was fetched serves again
  release();
  CHECK(done->value);
  REQUIRE(applied.size() == 1);
  CHECK(applied[0].session_version == 8);
}

TEST_CASE_FIXTURE(
  conversation_fixture,
  "conversation: waits for an older update of its chat, without asking all the time") {
  out_of_turn = true;
  const auto done = send(text(1, "/start"));
  advance(10s);
  CHECK(!done->any());
  CHECK(history.size() >= 2 * 5); // a load and a commit each
  CHECK(history.size() <= 2 * 12);
  view.state = "awaiting_photo"; // what the older one has left
  view.version = 1;
  out_of_turn = false;
  advance(3s);
  CHECK(done->value);
  REQUIRE(applied.size() == 1);
  CHECK(applied[0].session_version == 1);
}

TEST_CASE_FIXTURE(conversation_fixture, "conversation: is silent when another node was faster") {
  hold_commits = true;
  const auto done = send(stale_button(1));
  settle();
  handled = {1};
  release();
  CHECK(done->value);
  CHECK(applied.empty());
  CHECK(requests.empty());
}

TEST_CASE_FIXTURE(conversation_fixture,
                  "conversation: does not mind a button that cannot be answered") {
  http_answers["telegram.answerCallbackQuery"] = {
    says(400, R"({"ok":false,"error_code":400,"description":"Bad Request: query is too old"})"),
    no_connection()};
  const auto first = send(stale_button(1));
  const auto second = send(stale_button(2));
  settle();
  CHECK(first->value);
  CHECK(second->value);
}

TEST_CASE_FIXTURE(conversation_fixture,
                  "conversation: leaves pre-checkout queries to the gateway") {
  telegram::pre_checkout_query query;
  query.id = "checkout";
  const auto done = send(update(1, query));
  settle();
  CHECK(done->value);
  CHECK(applied.size() == 1);
  CHECK(requests.empty());
}

// ── a database that fails ────────────────────────────────────────────────────────────────────────

TEST_CASE_FIXTURE(conversation_fixture, "conversation: repeats the update whatever step fails") {
  for (const auto fault : {ec::unavailable, ec::timed_out, ec::overloaded}) {
    for (const bool in_load : {true, false}) {
      CAPTURE(to_string(fault));
      CAPTURE(in_load);
      applied.clear();
      handled.clear();
      (in_load ? load_faults : commit_faults) = {fault, fault, fault};
      const auto done = send(text(1, "/start"));
      settle();
      CHECK(!done->any());
      advance(1min);
      CHECK(done->value);
      CHECK(applied.size() == 1);
    }
  }
}

TEST_CASE_FIXTURE(conversation_fixture,
                  "conversation: applies once when the commit's answer is lost") {
  lost_answers = true;
  commit_faults = {ec::unavailable};
  const auto done = send(stale_button(1));
  advance(1min);
  CHECK(done->value);
  CHECK(applied.size() == 1);
  CHECK(count("telegram.answerCallbackQuery") == 1);
}

TEST_CASE_FIXTURE(conversation_fixture,
                  "conversation: waits for the database without hammering it") {
  load_faults.assign(10'000, ec::unavailable);
  const auto done = send(text(1, "/start"));
  send(text(2, "/help"));
  advance(30min);
  CHECK(history.size() > 30 * 60 / 33); // at most 30 s and a tenth apart
  CHECK(history.size() < 100);
  CHECK(!done->any());
  load_faults.clear();
  advance(34s);
  CHECK(done->value);
  CHECK(applied.size() == 2);
}

TEST_CASE_FIXTURE(conversation_fixture,
                  "conversation: says sorry when the database refuses its step") {
  refused = [](const store::commit_step& x) { return x.update.value == 1 && !says_sorry(x); };
  const auto first = send(text(1, "/start"));
  const auto second = send(text(2, "/help"));
  advance(1min);
  CHECK(first->value);
  CHECK(second->value);
  REQUIRE(applied.size() == 2);
  CHECK(says_sorry(applied[0]));
  CHECK(!applied[0].session);
  CHECK(std::count(history.begin(), history.end(), "load 1") == 3);
}

TEST_CASE_FIXTURE(conversation_fixture,
                  "conversation: marks as handled when not even sorry is taken") {
  refused = [](const store::commit_step& x) { return !x.notifications.empty(); };
  const auto done = send(text(1, "/start"));
  advance(1min);
  CHECK(done->value);
  REQUIRE(applied.size() == 1);
  CHECK(applied[0].notifications.empty());
}

TEST_CASE_FIXTURE(conversation_fixture,
                  "conversation: sets an update aside that can never be committed") {
  refused = [](const store::commit_step& x) { return x.update.value == 1; };
  const auto first = send(text(1, "/start"));
  const auto second = send(text(2, "/help"));
  advance(1min);
  REQUIRE(first->error);
  CHECK(*first->error == ec::rejected);
  CHECK(second->value);
  CHECK(applied.size() == 1);
}

TEST_CASE_FIXTURE(
  conversation_fixture,
  "conversation: never marks a payment or a refund as handled without its credits") {
  refused = [tries = 0](const store::commit_step&) mutable { return ++tries <= 3; };
  auto moved = text(1, "");
  SUBCASE("a payment") {
    moved.content = telegram::successful_payment{};
  }
  SUBCASE("a refund") {
    moved.content = telegram::refunded_payment{"charge", "XTR", 250, ""};
  }
  const auto done = send(moved);
  advance(1min);
  REQUIRE(done->error);
  CHECK(*done->error == ec::rejected);
  CHECK(applied.empty());
}

// ── the end ──────────────────────────────────────────────────────────────────────────────────────

TEST_CASE_FIXTURE(conversation_fixture,
                  "conversation: tells when nothing has happened for a while") {
  send(text(1, "/start"));
  advance(9min);
  send(text(2, "/help"));
  advance(9min + 50s);
  CHECK(told_idle == 0);
  advance(20s);
  CHECK(told_idle == 1);
  advance(10min + 1s);
  CHECK(told_idle == 2); // should the first have crossed an update
}

TEST_CASE_FIXTURE(conversation_fixture,
                  "conversation: is not idle while it waits for the database") {
  load_faults.assign(10'000, ec::unavailable);
  send(text(1, "/start"));
  advance(1h);
  CHECK(told_idle == 0);
}

TEST_CASE_FIXTURE(conversation_fixture, "conversation: waits for its commit when it is drained") {
  hold_commits = true;
  const auto first = send(text(1, "/start"));
  const auto second = send(text(2, "/help"));
  settle();
  const auto drained = ask<caf::unit_t>(*this, talk, drain_atom_v);
  settle();
  CHECK(!drained->any());
  release();
  CHECK(drained->value);
  CHECK(first->value);
  CHECK(applied.size() == 1);
  REQUIRE(second->error);
  CHECK(*second->error == ec::shutting_down);
}

TEST_CASE_FIXTURE(conversation_fixture,
                  "conversation: leaves at once what it has not begun to commit") {
  SUBCASE("waiting for the database") {
    load_faults.assign(100, ec::unavailable);
  }
  SUBCASE("downloading a photo") {
    hold_downloads = true;
  }
  const auto first = send(photo_message(1));
  settle();
  const auto drained = ask<caf::unit_t>(*this, talk, drain_atom_v);
  settle();
  CHECK(drained->value);
  REQUIRE(first->error);
  CHECK(*first->error == ec::shutting_down);
  release();
  advance(1min);
  CHECK(applied.empty());
}

TEST_CASE_FIXTURE(conversation_fixture,
                  "conversation: does not repeat a commit that failed while draining") {
  hold_commits = true;
  commit_faults = {ec::unavailable};
  const auto first = send(text(1, "/start"));
  settle();
  const auto drained = ask<caf::unit_t>(*this, talk, drain_atom_v);
  settle();
  release();
  CHECK(drained->value);
  CHECK(first->error);
  CHECK(applied.empty());
}

TEST_SUITE_END();
