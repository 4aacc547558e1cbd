#include "actors/key_ring.hpp"
#include "clients/kie.hpp"
#include "tests/support/actor_fixture.hpp"

#include <caf/event_based_actor.hpp>
#include <doctest/doctest.h>

#include <map>

using namespace neurocards;
using namespace neurocards::test;

namespace {

const std::vector<std::vector<secret>> configured{{secret{"alpha"}, secret{"beta"}},
                                                  {secret{"gamma"}}};

struct ring_fixture : actor_fixture {
  key_ring_actor ring = spawn<key_ring_impl>(configured, 10);

  template <class Answer, class Request>
  Answer ask(Request what) {
    Answer result;
    own(sys.spawn([this, what, &result](caf::event_based_actor* asker) {
      asker->request(ring, caf::infinite, what)
        .then([&result](const Answer& x) { result = x; }, [](const caf::error&) {});
    }));
    settle();
    return result;
  }

  query_turn turn(const char* key) {
    return ask<query_turn>(query_slot{kie::fingerprint(secret{key})});
  }

  std::string find(const key_fingerprint& key) {
    return ask<found_key>(find_key{key}).value.reveal();
  }
};

} // namespace

TEST_CASE("kie_accounts names accounts and keys by fingerprints only") {
  const auto accounts = kie_accounts(configured);
  REQUIRE(accounts.size() == 2);
  CHECK(accounts[0].keys
        == std::vector{kie::fingerprint(secret{"alpha"}), kie::fingerprint(secret{"beta"})});
  CHECK(accounts[0].name == kie::fingerprint(secret{"alpha"}).value);
  CHECK(accounts[1].keys.size() == 1);
  CHECK(accounts[1].name != accounts[0].name);
  CHECK(accounts[0].name.size() == 16);
}

TEST_CASE_FIXTURE(ring_fixture,
                  "key_ring lets ten queries a second start with each key, evenly spread") {
  for (int i = 0; i < 30; ++i)
    CHECK(turn("alpha").wait == i * 100ms);
  CHECK(turn("beta").wait == 0s); // keys do not wait for each other
}

TEST_CASE_FIXTURE(ring_fixture, "key_ring gives turns that were not used away, but saves none up") {
  for (int i = 0; i < 5; ++i)
    turn("alpha");
  advance(10s);
  CHECK(turn("alpha").wait == 0s);
  CHECK(turn("alpha").wait == 100ms);
}

TEST_CASE_FIXTURE(ring_fixture, "key_ring finds a key's secret and says when it has none") {
  CHECK(turn("gamma").value.reveal() == "gamma");
  CHECK(find(kie::fingerprint(secret{"beta"})) == "beta");
  CHECK(find(key_fingerprint{"0123456789abcdef"}).empty());
  CHECK(ask<query_turn>(query_slot{key_fingerprint{"0123456789abcdef"}}).value.empty());
}

TEST_CASE_FIXTURE(ring_fixture, "key_ring hands its keys out in turn to those who want any") {
  std::map<std::string, int> times;
  for (int i = 0; i < 9; ++i)
    ++times[find({})];
  CHECK(times == std::map<std::string, int>{{"alpha", 3}, {"beta", 3}, {"gamma", 3}});
}
