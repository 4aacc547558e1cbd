#include "actors/role_group.hpp"

#include "tests/support/actor_fixture.hpp"

#include <caf/event_based_actor.hpp>
#include <doctest/doctest.h>

#include <stdexcept>

// A role is started anew until it stands, and what a failed start left behind is ended first.

using namespace neurocards;
using namespace neurocards::test;

namespace {

struct role_fixture : actor_fixture {
  int failures = 0; // of the next starts
  int starts = 0;
  int alive = 0; // members that run
  caf::actor last;

  caf::actor member() {
    ++alive;
    auto result = sys.spawn([this](caf::event_based_actor* self) -> caf::behavior {
      self->attach_functor([this](const caf::error&) { --alive; });
      return {[](drain_atom) {}};
    });
    return own(result);
  }

  role_group_actor start() {
    return own(sys.spawn<role_group_impl>(role{node_role::worker, [this](role_members& members) {
                                                 ++starts;
                                                 last = member();
                                                 members.draining.push_back(last);
                                                 if (failures > 0 && failures-- > 0)
                                                   throw std::runtime_error("no connection");
                                                 members.others.push_back(member());
                                               }}));
  }
};

} // namespace

TEST_SUITE_BEGIN("unit/actors/role_group");

TEST_CASE_FIXTURE(role_fixture, "role group: a start that fails leaves nobody at work") {
  failures = 1;
  const auto group = start();
  settle();
  CHECK(starts == 1);
  CHECK(alive == 0);
  advance(1s);
  CHECK(starts == 2);
  CHECK(alive == 2);
}

TEST_CASE_FIXTURE(role_fixture, "role group: a start that fails is repeated with growing pauses") {
  failures = 100;
  const auto group = start();
  advance(1min);
  CHECK(starts >= 4);
  CHECK(starts <= 10); // 0.5, 1, 2, 4, 8, 16, 30 s, each a little more or less
  CHECK(alive == 0);
  failures = 0;
  advance(40s);
  CHECK(alive == 2);
}

TEST_CASE_FIXTURE(role_fixture, "role group: a role that cannot start can be drained") {
  failures = 100;
  const auto group = start();
  settle();
  caf::scoped_actor self{sys};
  self->send(group, drain_atom_v);
  advance(1min);
  CHECK(starts == 1);
}

TEST_CASE_FIXTURE(role_fixture, "role group: when one member dies all are started anew") {
  const auto group = start();
  settle();
  CHECK(alive == 2);
  caf::anon_send_exit(last, caf::exit_reason::kill);
  settle();
  CHECK(alive == 0);
  advance(1s);
  CHECK(starts == 2);
  CHECK(alive == 2);
}

TEST_SUITE_END();
