#include "domain/placement.hpp"

#include <doctest/doctest.h>

using namespace neurocards;
using strings = std::vector<std::string>;
using role_list = std::vector<node_role>;

namespace {

const std::vector<config::node> nodes{
  {"bot", "10.0.0.1", 4242, {node_role::gateway, node_role::notifier, node_role::coordinator}, 0},
  {"spare", "10.0.0.2", 4242, {node_role::gateway, node_role::notifier, node_role::coordinator}, 0},
  {"worker", "10.0.0.3", 0, {node_role::worker}, 500},
};

strings names(const std::vector<peer_address>& list) {
  strings result;
  for (const auto& x : list)
    result.push_back(x.name);
  return result;
}

const node_card ours{"bot", "1.0", 1, "process-a"};

} // namespace

TEST_SUITE_BEGIN("unit/domain/placement");

TEST_CASE("placement: a node runs what the file says, an unlisted one nothing") {
  const auto worker = placements::wanted(nodes, "worker");
  CHECK(worker.roles == role_list{node_role::worker});
  CHECK(worker.concurrency == 500);
  CHECK(worker.reason.empty());
  CHECK(names(worker.coordinators) == strings{"bot", "spare"});
  const auto stranger = placements::wanted(nodes, "stranger");
  CHECK(stranger.roles.empty());
  CHECK(stranger.reason.find("does not list") != std::string::npos);
}

TEST_CASE("placement: of two nodes exactly one dials the other") {
  const auto all = placements::coordinators(nodes);
  CHECK(names(placements::to_dial(all, "worker", false)) == strings{"bot", "spare"});
  CHECK(names(placements::to_dial(all, "spare", true)) == strings{"bot"});
  CHECK(names(placements::to_dial(all, "bot", true)).empty());
  CHECK(placements::to_dial({{"local", "127.0.0.1", 0}}, "worker", false).empty());
}

TEST_CASE("placement: a node is refused for its protocol or a name that is taken") {
  CHECK(placements::refusal(ours, {"worker", "1.1", 1, "b"}, std::nullopt).empty());
  CHECK(placements::refusal(ours, {"worker", "1.1", 1, "b"}, node_card{"worker", "1.0", 1, "b"})
          .empty());
  const auto foreign = placements::refusal(ours, {"worker", "2.0", 2, "b"}, std::nullopt);
  for (const auto* word : {"worker", "2.0", "protocol 2", "bot", "1.0", "speaks 1"})
    CHECK(foreign.find(word) != std::string::npos);
  CHECK(placements::refusal(ours, {"worker", "1.0", 1, "c"}, node_card{"worker", "1.0", 1, "b"})
          .find("connected already")
        != std::string::npos);
}

TEST_CASE("placement: a file without a coordinator is refused") {
  CHECK(placements::faults_of(nodes).empty());
  CHECK(placements::faults_of({{"worker", "", 0, {node_role::worker}, 0}}).size() == 1);
}

TEST_CASE("placement: what changes is told in few words") {
  placement before{{node_role::worker, node_role::gateway}, 10, {}, ""};
  placement after{{node_role::worker, node_role::notifier}, 20, {}, ""};
  CHECK(placements::difference(before, after) == "+notifier -gateway concurrency 10 -> 20");
  CHECK(placements::difference(before, before).empty());
  CHECK(placements::follows({{node_role::gateway, node_role::worker}, {}, 10, {}}, before));
  CHECK_FALSE(placements::follows({{node_role::worker}, {node_role::gateway}, 10, {}}, before));
  CHECK_FALSE(placements::follows({{node_role::worker, node_role::gateway}, {}, 11, {}}, before));
}

TEST_SUITE_END();
