#include "actors/janitor.hpp"
#include "tests/support/actor_fixture.hpp"

#include <doctest/doctest.h>

using namespace neurocards;
using namespace neurocards::test;

namespace {

struct janitor_fixture : actor_fixture {
  std::vector<store::rescue_expired_jobs> rescues;
  int sweeps = 0;
  bool away = false;

  node_store_actor database = spawn_fake<node_store_actor>(
    [](const store::heartbeat&) { return store::heartbeat_outcome{}; },
    [](const store::leave_cluster&) { return store::committed{}; },
    [this](const store::rescue_expired_jobs& x) -> caf::result<store::count> {
      rescues.push_back(x);
      if (away)
        return caf::make_error(ec::unavailable);
      return store::count{1};
    },
    [](const store::ping&) { return store::committed{}; },
    [](const store::snapshot&) { return store::snapshot_json{}; },
    [this](const store::sweep&) -> caf::result<store::count> {
      ++sweeps;
      if (away)
        return caf::make_error(ec::unavailable);
      return store::count{1};
    });

  janitor_actor janitor = spawn<janitor_impl>(janitor_config{30s}, database);

  template <class Atom>
  void tell(Atom what) {
    caf::anon_send(janitor, what);
    settle();
  }
};

} // namespace

TEST_CASE_FIXTURE(janitor_fixture, "janitor does nothing until it leads") {
  advance(1h);
  CHECK(rescues.empty());
  CHECK(sweeps == 0);
}

TEST_CASE_FIXTURE(janitor_fixture,
                  "janitor that leads takes expired jobs back at once and four times a lease") {
  tell(gained_atom_v);
  REQUIRE(rescues.size() == 1);
  CHECK(rescues[0].lease == 30s);
  advance(1min);
  CHECK(rescues.size() >= 8); // every 6.75 to 8.25 s
  CHECK(rescues.size() <= 10);
}

TEST_CASE_FIXTURE(janitor_fixture, "janitor sweeps at once and every hour") {
  tell(gained_atom_v);
  CHECK(sweeps == 1);
  advance(10h);
  CHECK(sweeps >= 10);
  CHECK(sweeps <= 12);
}

TEST_CASE_FIXTURE(janitor_fixture, "janitor goes on when the database was away") {
  away = true;
  tell(gained_atom_v);
  advance(20s);
  CHECK(rescues.size() >= 3);
  away = false;
  advance(20s);
  CHECK(rescues.size() >= 5);
  away = true;
  advance(3h);
  CHECK(sweeps >= 3);
}

TEST_CASE_FIXTURE(janitor_fixture, "janitor stops when it leads no more") {
  tell(gained_atom_v);
  tell(lost_atom_v);
  const auto so_far = rescues.size();
  advance(3h);
  CHECK(rescues.size() == so_far);
  CHECK(sweeps == 1);
}

TEST_CASE_FIXTURE(janitor_fixture, "janitor that leads again works no faster than before") {
  for (int i = 0; i < 5; ++i) {
    tell(gained_atom_v);
    tell(lost_atom_v);
  }
  tell(gained_atom_v);
  tell(gained_atom_v);
  rescues.clear();
  advance(1min);
  CHECK(rescues.size() <= 9);
}

TEST_CASE_FIXTURE(janitor_fixture, "janitor ends when it drains") {
  tell(gained_atom_v);
  tell(drain_atom_v);
  const auto so_far = rescues.size();
  advance(1min);
  CHECK(rescues.size() == so_far);
}
