#include "node/service_guard.hpp"

#include "tests/support/actor_fixture.hpp"

#include <caf/event_based_actor.hpp>
#include <doctest/doctest.h>

using namespace neurocards;
using namespace neurocards::test;

namespace {

struct guard_fixture : actor_fixture {
  std::vector<std::string> ended;
  caf::actor database = own(sys.spawn([] { return caf::behavior{[](drain_atom) {}}; }));
  caf::actor health = own(sys.spawn([] { return caf::behavior{[](drain_atom) {}}; }));
  caf::actor guard = own(sys.spawn<service_guard_impl>(
    std::map<std::string, caf::actor>{{"database", database}, {"health", health}},
    [this](const std::string& which) { ended.push_back(which); }));
};

} // namespace

TEST_SUITE_BEGIN("unit/node/service_guard");

TEST_CASE_FIXTURE(guard_fixture, "service guard: the death of a shared actor ends the node") {
  settle();
  CHECK(ended.empty());
  caf::anon_send_exit(health, caf::exit_reason::kill);
  settle();
  CHECK(ended == std::vector<std::string>{"health"});
}

TEST_CASE_FIXTURE(guard_fixture,
                  "service guard: one that has drained and ends itself is no death") {
  const auto drained = own(sys.spawn([](caf::event_based_actor* self) {
    return caf::behavior{[self](drain_atom) { self->quit(); }};
  }));
  own(sys.spawn<service_guard_impl>(std::map<std::string, caf::actor>{{"health", drained}},
                                    [this](const std::string& which) { ended.push_back(which); }));
  settle();
  caf::anon_send(drained, drain_atom_v);
  settle();
  CHECK(ended.empty());
}

TEST_CASE_FIXTURE(guard_fixture, "service guard: what ends in good order is no death") {
  settle();
  caf::anon_send_exit(guard, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(health, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(database, caf::exit_reason::user_shutdown);
  settle();
  CHECK(ended.empty());
}

TEST_SUITE_END();
