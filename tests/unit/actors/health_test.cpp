#include "actors/health.hpp"
#include "tests/support/actor_fixture.hpp"

#include <caf/event_based_actor.hpp>
#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace neurocards;
using namespace neurocards::test;

namespace {

struct health_fixture : actor_fixture {
  std::vector<store::heartbeat> beats;
  std::vector<store::leave_cluster> left;
  std::vector<incarnation> leases; // as the claimer heard them
  int failures_left = 0;           // beats the database does not answer
  int fenced_left = 0;             // beats that are told it is too late
  bool hold = false;               // keep the answers of beats back
  std::vector<caf::typed_response_promise<store::heartbeat_outcome>> held;
  bool claimer_silent = false;
  std::vector<caf::typed_response_promise<node_stats>> unanswered;
  int told_redis = 0;
  bool drained = false;
  std::string settings = R"({"digest": "old"})";

  health_store_actor database = own(sys.spawn([this](health_store_actor::pointer self) {
    return health_store_actor::behavior_type{
      [this, self](const store::heartbeat& x) -> caf::result<store::heartbeat_outcome> {
        beats.push_back(x);
        if (failures_left > 0) {
          --failures_left;
          return caf::make_error(ec::unavailable);
        }
        if (hold)
          return held.emplace_back(self->make_response_promise<store::heartbeat_outcome>());
        return store::heartbeat_outcome{fenced_left > 0 && fenced_left-- > 0};
      },
      [this](const store::leave_cluster& x) {
        left.push_back(x);
        return store::committed{};
      },
    };
  }));

  queue_claimer_actor claimer = own(sys.spawn([this](queue_claimer_actor::pointer self) {
    return queue_claimer_actor::behavior_type{
      [](wake_atom) {},
      [](const task_callback&) {},
      [this](lease_atom, incarnation who) { leases.push_back(who); },
      [this, self](stats_atom) -> caf::result<node_stats> {
        if (claimer_silent)
          return unanswered.emplace_back(self->make_response_promise<node_stats>());
        node_stats result;
        result.in_flight = 7;
        return result;
      },
      [](drain_atom) {},
    };
  }));

  ~health_fixture() { end_actors(); }

  health_actor heart;
  std::shared_ptr<stages_under_way> stages = std::make_shared<stages_under_way>();

  void start() {
    health_config config;
    config.node = "worker-1";
    config.roles = "worker,notifier";
    config.version = "1.0";
    config.lease = 30s;
    config.heartbeat = 5s;
    config.stages = stages;
    config.also_tell = [this](const std::string&) { ++told_redis; };
    config.settings = [this] { return settings; };
    heart = own(sys.spawn<health_impl>(config, database));
    settle();
  }

  void introduce_claimer() {
    caf::anon_send(heart, lease_atom_v, caf::actor_cast<caf::actor>(claimer));
    settle();
  }

  /// Answers what was kept back; only an actor may deliver its promises.
  void answer_held() {
    caf::anon_send(caf::actor_cast<caf::actor>(database), caf::make_action([this] {
                     for (auto& promise : std::exchange(held, {}))
                       promise.deliver(store::heartbeat_outcome{});
                   }));
    settle();
  }
};

} // namespace

TEST_SUITE_BEGIN("unit/actors/health");

TEST_CASE_FIXTURE(health_fixture, "health: lets nobody claim before its first beat is stored") {
  failures_left = 2;
  start();
  introduce_claimer();
  advance(9s);
  CHECK(beats.size() == 2);
  CHECK(leases.empty());
  advance(2s);
  REQUIRE(leases.size() == 1);
  CHECK(leases[0] == beats[2].node);
  CHECK_FALSE(leases[0].value.empty());
}

TEST_CASE_FIXTURE(health_fixture,
                  "health: tells a claimer that comes later, or again, its incarnation at once") {
  start();
  introduce_claimer();
  introduce_claimer();
  CHECK(leases == std::vector<incarnation>{beats[0].node, beats[0].node});
}

TEST_CASE_FIXTURE(health_fixture, "health: tells of the settings as they are at each beat") {
  start();
  CHECK(beats.back().stats.find(R"("config":{"digest":"old"})") != std::string::npos);
  settings = R"({"digest": "new"})";
  advance(5s);
  CHECK(beats.back().stats.find(R"("config":{"digest":"new"})") != std::string::npos);
}

TEST_CASE_FIXTURE(health_fixture, "health: beats at every heartbeat as the same incarnation") {
  start();
  introduce_claimer();
  advance(1min + timer_step * 13);
  CHECK(beats.size() == 13);
  for (const auto& x : beats)
    CHECK(x.node == beats[0].node);
  CHECK(beats[1].name == "worker-1");
  CHECK(beats[1].roles == "worker,notifier");
  CHECK(beats[1].version == "1.0");
  CHECK(beats[1].stats.find("\"in_flight\":7") != std::string::npos);
  CHECK(leases.size() == 1);
  CHECK(told_redis == 13);
}

TEST_CASE_FIXTURE(health_fixture, "health: bears an outage that is shorter than most of a lease") {
  start();
  introduce_claimer();
  failures_left = 3;
  advance(40s);
  CHECK(leases.size() == 1);
  CHECK(beats.back().node == beats[0].node);
}

TEST_CASE_FIXTURE(
  health_fixture,
  "health: gives the lease up after 0.7 of it without a stored beat, before others may take over") {
  start();
  introduce_claimer();
  const auto first = beats[0].node;
  failures_left = 1000;
  advance(20900ms);
  CHECK(leases.size() == 1);
  advance(200ms); // 21 s after the last beat that was stored
  REQUIRE(leases.size() == 2);
  CHECK(leases[1].value.empty());
  failures_left = 0;
  advance(6s);
  REQUIRE(leases.size() == 3);
  CHECK(leases[2] != first);
  CHECK(leases[2] == beats.back().node);
}

TEST_CASE_FIXTURE(health_fixture,
                  "health: counts from when a beat was sent, not from when it was answered") {
  start();
  introduce_claimer();
  hold = true;
  advance(5s + timer_step); // a beat goes out
  advance(10s);
  hold = false;
  answer_held(); // and is answered after ten seconds
  failures_left = 1000;
  advance(10800ms);
  CHECK(leases.size() == 1);
  advance(500ms); // 21 s after it was sent
  CHECK(leases.size() == 2);
}

TEST_CASE_FIXTURE(
  health_fixture,
  "health: gives the lease up while a beat hangs, and introduces itself anew when it is answered") {
  start();
  introduce_claimer();
  hold = true;
  advance(30s);
  REQUIRE(leases.size() == 2);
  CHECK(leases[1].value.empty());
  hold = false;
  answer_held(); // the late beat renewed the old incarnation only
  REQUIRE(leases.size() == 3);
  CHECK(leases[2] != leases[0]);
  CHECK(beats.back().node == leases[2]);
}

TEST_CASE_FIXTURE(health_fixture,
                  "health: does not trust a first beat that was answered too late") {
  hold = true;
  start();
  introduce_claimer();
  advance(25s);
  answer_held();
  CHECK(leases.empty());
  CHECK(beats.size() == 2);
}

TEST_CASE_FIXTURE(health_fixture,
                  "health: starts anew at once when others have taken its jobs over") {
  start();
  introduce_claimer();
  fenced_left = 1;
  advance(6s);
  REQUIRE(leases.size() == 3);
  CHECK(leases[1].value.empty());
  CHECK(leases[2] != leases[0]);
  advance(1min);
  CHECK(leases.size() == 3);
  CHECK(beats.back().node == leases[2]);
}

TEST_CASE_FIXTURE(health_fixture, "health: beats on when the claimer is busy") {
  start();
  introduce_claimer();
  claimer_silent = true;
  advance(1min);
  CHECK(beats.size() >= 10);
  CHECK(beats.back().stats.find("\"in_flight\":0") != std::string::npos);
  CHECK(leases.size() == 1);
}

TEST_CASE_FIXTURE(health_fixture, "health: beats on when the claimer is dead") {
  start();
  introduce_claimer();
  caf::anon_send_exit(claimer, caf::exit_reason::kill);
  advance(20s);
  CHECK(beats.size() >= 4);
}

TEST_CASE_FIXTURE(health_fixture, "health: signs off when it drains, and beats no more") {
  start();
  const auto node = beats[0].node;
  own(sys.spawn([this](caf::event_based_actor* asker) {
    asker->request(heart, caf::infinite, drain_atom_v)
      .then([this] { drained = true; }, [](const caf::error&) {});
  }));
  settle();
  CHECK(drained);
  REQUIRE(left.size() == 1);
  CHECK(left[0].node == node);
  const auto so_far = beats.size();
  advance(1min);
  CHECK(beats.size() == so_far);
}

TEST_CASE_FIXTURE(health_fixture, "health: tells which stages orders are in that no row tells") {
  const auto told = [&] { return nlohmann::json::parse(beats.back().stats).at("stages"); };
  start();
  CHECK(told() == nlohmann::json::array());
  const auto begin = sys.clock().now();
  auto first = stages->enter(job_stage::download, begin);
  const auto second = stages->enter(job_stage::commit, begin + 3s);
  advance(5s);
  REQUIRE(told().size() == 2);
  CHECK(told()[0] == nlohmann::json{{"stage", "download"}, {"jobs", 1}, {"oldest_seconds", 5.0}});
  CHECK(told()[1] == nlohmann::json{{"stage", "commit"}, {"jobs", 1}, {"oldest_seconds", 2.0}});
  first.reset();
  advance(5s);
  REQUIRE(told().size() == 1);
  CHECK(told()[0]["oldest_seconds"] == 7.0);
}

TEST_SUITE_END();
