#include "actors/key_ring.hpp"
#include "clients/kie.hpp"
#include "tests/support/actor_fixture.hpp"
#include "tests/support/journal.hpp"

#include <caf/event_based_actor.hpp>
#include <doctest/doctest.h>

#include <map>

using namespace neurocards;
using namespace neurocards::test;

namespace {

const std::vector<std::vector<secret>> configured{{secret{"alpha"}, secret{"beta"}},
                                                  {secret{"gamma"}}};

struct ring_fixture : actor_fixture {
  store::key_view view{{}, 1}; // what the database says
  bool away = false;
  int reads = 0;

  brake answers;

  key_store_actor store = own(sys.spawn([this](key_store_actor::pointer self) {
    return key_store_actor::behavior_type{
      [this, self](const store::read_keys&) -> caf::result<store::key_view> {
        ++reads;
        if (away)
          return caf::make_error(ec::unavailable);
        if (!answers.holds("read_keys"))
          return view;
        auto promise = self->make_response_promise<store::key_view>();
        answers.keep([promise, was = view]() mutable { promise.deliver(was); });
        return promise;
      }};
  }));
  key_ring_actor ring = spawn<key_ring_impl>(key_ring_config{configured, 10, 30s, 5s}, store);

  static key_fingerprint print(const char* key) { return kie::fingerprint(secret{key}); }

  /// Which key is chosen; empty: none.
  std::string choose(const key_fingerprint& outside_of = {}) {
    return ask<found_key>(choose_key{outside_of}).value.reveal();
  }

  /// This node has seen KIE refuse a key.
  void cool_down(const char* key, std::chrono::milliseconds how_long,
                 std::vector<key_fingerprint> account = {}) {
    const bool whole = !account.empty();
    caf::anon_send(ring, store::cool_down_key{print(key), how_long, "", whole, std::move(account)});
    settle();
  }

  template <class Answer, class Request>
  Answer ask(Request request) {
    Answer result;
    own(sys.spawn([this, request, &result](caf::event_based_actor* asker) {
      asker->request(ring, caf::infinite, request)
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

TEST_SUITE_BEGIN("unit/actors/key_ring");

TEST_CASE("kie_accounts: names accounts and keys by fingerprints only") {
  const auto accounts = named_accounts(configured, "kie");
  REQUIRE(accounts.size() == 2);
  CHECK(accounts[0].keys
        == std::vector{kie::fingerprint(secret{"alpha"}), kie::fingerprint(secret{"beta"})});
  CHECK(accounts[0].name == kie::fingerprint(secret{"alpha"}).value);
  CHECK(accounts[1].keys.size() == 1);
  CHECK(accounts[1].name != accounts[0].name);
  CHECK(accounts[0].name.size() == 16);
}

TEST_CASE_FIXTURE(
  ring_fixture, "key_ring: lets ten queries start with each key in a good second, evenly spread") {
  for (int i = 0; i < 30; ++i)
    CHECK(turn("alpha").wait == i * 110ms);
  CHECK(turn("beta").wait == 0s); // keys do not wait for each other
}

TEST_CASE_FIXTURE(ring_fixture,
                  "key_ring: gives turns that were not used away, but saves none up") {
  for (int i = 0; i < 5; ++i)
    turn("alpha");
  advance(10s);
  CHECK(turn("alpha").wait == 0s);
  CHECK(turn("alpha").wait == 110ms);
}

TEST_CASE_FIXTURE(ring_fixture, "key_ring: finds a key's secret and says when it has none") {
  CHECK(turn("gamma").value.reveal() == "gamma");
  CHECK(find(kie::fingerprint(secret{"beta"})) == "beta");
  CHECK(find(key_fingerprint{"0123456789abcdef"}).empty());
}

TEST_CASE_FIXTURE(ring_fixture, "key_ring: hands its keys out in turn to those who want any") {
  std::map<std::string, int> times;
  for (int i = 0; i < 9; ++i)
    ++times[choose()];
  CHECK(times == std::map<std::string, int>{{"alpha", 3}, {"beta", 3}, {"gamma", 3}});
}

TEST_CASE_FIXTURE(ring_fixture,
                  "key_ring: chooses no key that cools down, and says when one is free") {
  cool_down("alpha", 1min, {print("alpha"), print("beta")});
  for (int i = 0; i < 5; ++i)
    CHECK(choose() == "gamma");
  CHECK(choose(print("gamma")).empty()); // another account is wanted
  CHECK(choose(print("alpha")) == "gamma");
  cool_down("gamma", 2min);
  const auto none = ask<found_key>(choose_key{});
  CHECK(none.value.empty());
  CHECK(none.wait > 59s);
  CHECK(none.wait <= 1min);
}

TEST_CASE_FIXTURE(ring_fixture,
                  "key_ring: hears of cooldowns that other nodes began and operators ended") {
  view.cooling = {{print("alpha"), 10min}, {print("gamma"), 10min}, {print("a stranger"), 10min}};
  advance(6s);
  CHECK(choose() == "beta");
  CHECK(choose() == "beta");
  view.cooling = {{print("beta"), 10min}};
  advance(6s);
  for (int i = 0; i < 4; ++i)
    CHECK(choose() != "beta");
}

TEST_CASE_FIXTURE(ring_fixture,
                  "key_ring: lifts no cooldown because of a query that began before it") {
  answers.hold("read_keys");
  advance(6s);
  cool_down("alpha", 1h, {print("alpha"), print("beta")});
  for (auto& answer : answers.release())
    caf::anon_send(caf::actor_cast<caf::actor>(store), caf::make_action(std::move(answer)));
  settle();
  CHECK(choose() == "gamma");
  CHECK(choose() == "gamma");
}

TEST_CASE_FIXTURE(ring_fixture, "key_ring: shares the queries of a key with all other workers") {
  view.workers = 4;
  advance(6s);
  for (int i = 0; i < 10; ++i)
    CHECK(turn("alpha").wait == i * 550ms); // two each of ten, whoever asks when
  away = true;                              // nobody says that the others are gone
  advance(1min);
  CHECK(reads > 10);
  CHECK(turn("alpha").wait == 0s);
  CHECK(turn("alpha").wait == 550ms);
  away = false;
  view.workers = 0; // before our own first heartbeat
  advance(6s);
  CHECK(turn("beta").wait == 0s);
  CHECK(turn("beta").wait == 110ms);
}

TEST_CASE_FIXTURE(
  ring_fixture, "key_ring: keeps below KIE's limit with any number of workers, however they fall") {
  constexpr auto jitter = 60ms; // between a turn and its arrival at KIE
  for (int workers = 1; workers <= 10; ++workers) {
    CAPTURE(workers);
    view.workers = workers;
    advance(6s);
    turn("alpha");
    const auto spacing = turn("alpha").wait;
    // So many of one worker fall into a second at worst; all workers may do so at once.
    const auto in_a_second = 1 + (1s + jitter - 1ns) / spacing;
    CHECK(in_a_second * workers <= 10);
    CHECK(spacing <= 1200ms); // and none starves
  }
  view.workers = 25; // more workers than queries: as many as there may be on average
  advance(6s);
  turn("alpha");
  CHECK(turn("alpha").wait == 2750ms);
}

TEST_CASE_FIXTURE(ring_fixture, "key_ring: lets the others stand in for a key that has gone") {
  const key_fingerprint gone{"0123456789abcdef"};
  std::vector<std::string> stood_in;
  for (size_t i = 0; i < 4; ++i) {
    const auto got = ask<query_turn>(query_slot{gone, i});
    CHECK(got.stand_ins == 3);
    stood_in.push_back(got.value.reveal());
  }
  CHECK(stood_in == std::vector<std::string>{"alpha", "beta", "gamma", "alpha"});
  CHECK(turn("beta").wait == 110ms); // within its budget
  CHECK(turn("beta").stand_ins == 0);
}

TEST_SUITE_END();
