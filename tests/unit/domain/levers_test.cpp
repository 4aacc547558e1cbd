#include "domain/levers.hpp"
#include "domain/placement.hpp"

#include <doctest/doctest.h>

using namespace neurocards;
using roles = std::vector<node_role>;
using subject = lever_subject;

TEST_SUITE_BEGIN("unit/domain/levers");

TEST_CASE("levers: a target that does not exist is named with what is allowed") {
  CHECK(levers::fault_of(subject::model, "m1", {"m1", "m2"}).empty());
  CHECK(levers::fault_of(subject::model, "m3", {"m1", "m2"})
        == "\"m3\" is no model; allowed: m1, m2");
  CHECK(levers::fault_of(subject::key, "abc", {}) == "\"abc\" is no key; none is known yet");
}

TEST_CASE("levers: draining a node costs the roles that no other working node has") {
  const std::vector<levers::node_state> nodes{
    {"bot", {node_role::gateway, node_role::notifier, node_role::coordinator}, true},
    {"worker-1", {node_role::worker}, true},
    {"worker-2", {node_role::worker}, true},
    {"worker-3", {node_role::worker, node_role::gateway}, false}, // drained or dead
  };
  CHECK(levers::roles_lost_without("bot", nodes) == roles{node_role::gateway, node_role::notifier});
  CHECK(levers::roles_lost_without("worker-1", nodes).empty());
  CHECK(levers::roles_lost_without("worker-3", nodes).empty());
  CHECK(levers::roles_lost_without("nobody", nodes).empty());
  CHECK(levers::roles_lost_without("worker-1", {nodes[1]}) == roles{node_role::worker});
}

TEST_CASE("levers: a drained node keeps nothing but its coordinator") {
  CHECK(
    placements::kept_while_drained({node_role::gateway, node_role::coordinator, node_role::worker})
    == roles{node_role::coordinator});
  CHECK(placements::kept_while_drained({node_role::worker}).empty());
}

TEST_SUITE_END();
