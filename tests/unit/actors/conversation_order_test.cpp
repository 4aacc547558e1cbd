#include "tests/unit/actors/conversation_fixture.hpp"

using namespace neurocards;
using namespace neurocards::test;

/// With webhooks the updates of a chat may come in any order, and an older one may be with another
/// gateway.
namespace {

using numbers = std::vector<int64_t>;

struct order_fixture : conversation_fixture {
  numbers order() const {
    numbers result;
    for (const auto& x : applied)
      result.push_back(x.update.value);
    return result;
  }
};

} // namespace

TEST_SUITE_BEGIN("unit/actors/conversation_order");

TEST_CASE_FIXTURE(order_fixture,
                  "conversation: takes the older update first although it came last") {
  stored = {1, 2};
  const auto second = send(text(2, "/help"));
  settle();
  CHECK(!second->any()); // an older one is stored, and not here yet
  const auto first = send(text(1, "/start"));
  advance(2s);
  CHECK(first->value);
  CHECK(second->value);
  CHECK(order() == numbers{1, 2});
}

TEST_CASE_FIXTURE(order_fixture, "conversation: sorts whatever came while it was busy") {
  hold_commits = true;
  for (const int64_t id : {4, 9, 6, 5, 8, 7})
    send(text(id, "/help"));
  while (applied.size() < 6) {
    settle();
    REQUIRE(!held.empty());
    release();
  }
  CHECK(order() == numbers{4, 5, 6, 7, 8, 9});
}

TEST_CASE_FIXTURE(order_fixture,
                  "conversation: answers an older update while a photo is on its way") {
  stored = {1, 2};
  hold_downloads = true;
  const auto later = send(photo_message(2));
  settle();
  CHECK(count("telegram.download") == 1);
  const auto before = send(text(1, "/help"));
  settle();
  CHECK(before->value);
  CHECK(!later->any());
  release();
  CHECK(later->value);
  CHECK(order() == numbers{1, 2});
  CHECK(count("telegram.download") == 1);
  CHECK(kept.size() == 1);
}

TEST_CASE_FIXTURE(order_fixture,
                  "conversation: has a photo that came while an older update was in hand") {
  stored = {1, 2};
  hold_downloads = true;
  const auto later = send(photo_message(2));
  settle();
  hold_commits = true;
  const auto before = send(text(1, "/help"));
  settle();
  hold_commits = hold_downloads = false;
  release(); // the download, and then the commit of the older one
  CHECK(before->value);
  CHECK(later->value);
  CHECK(order() == numbers{1, 2});
  CHECK(count("telegram.download") == 1);
}

TEST_CASE_FIXTURE(order_fixture,
                  "conversation: goes back to an older update from a commit that was stale") {
  stored = {1, 2, 3};
  hold_commits = true;
  const auto third = send(text(3, "/help"));
  settle();
  const auto first = send(text(1, "/start"));
  const auto second = send(text(2, "/menu"));
  settle();
  CHECK(history == std::vector<std::string>{"load 3", "commit 3"}); // nothing to interrupt any more
  hold_commits = false;
  release();
  CHECK(first->value);
  CHECK(second->value);
  CHECK(third->value);
  CHECK(order() == numbers{1, 2, 3});
}

TEST_CASE_FIXTURE(order_fixture,
                  "conversation: ends when it is drained although its commit was stale") {
  hold_commits = true;
  const auto done = send(text(1, "/start"));
  const auto next = send(text(2, "/help"));
  settle();
  const auto drained = ask<caf::unit_t>(*this, talk, drain_atom_v);
  settle();
  CHECK(!drained->any());
  out_of_turn = true;
  release();
  CHECK(drained->value);
  CHECK(done->error == ec::shutting_down);
  CHECK(next->error == ec::shutting_down);
  advance(1min);
  CHECK(history == std::vector<std::string>{"load 1", "commit 1"});
}

TEST_SUITE_END();
