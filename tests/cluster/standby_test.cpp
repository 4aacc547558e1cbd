#include "tests/cluster/cluster.hpp"

#include <doctest/doctest.h>

using namespace neurocards::cluster;

namespace {

/// Hosts of which two share a role; the first of them leads.
struct standbys : world {
  standbys(const std::string& role, const std::vector<std::string>& others)
    : world({{"first", {role}}, {"second", {role}}, {"rest", others, 50}}) {
    start("first");
    wait("first to lead", [&] { return leads("first", role); });
    start("second");
    start("rest");
  }

  bool leads(const std::string& host, const std::string& role) const {
    return logged(host, "leader.role_gained role=" + role);
  }

  /// What is ordered now is placed with the hosts that are left.
  void go_on() {
    const auto before = videos();
    crowd(3, 1, 3);
    wait("more videos", [&] { return videos() > before; });
  }

  void lose_first_and_expect_second(const std::string& role) {
    CHECK_FALSE(leads("second", role));
    const trouble meanwhile{*this};
    lose_power("first");
    wait("second to lead", [&] { return leads("second", role); });
  }
};

} // namespace

TEST_CASE("cluster: when the gateway's host loses its power, the standby answers within seconds") {
  standbys w{"gateway", {"notifier", "worker", "coordinator"}};
  w.crowd(6, 1, 1);
  w.insatiable = true;
  w.wait("the first video", [&] { return w.videos() > 0; });
  w.lose_first_and_expect_second("gateway");
  w.expect_answer();
  w.go_on();
  w.finish();
}

TEST_CASE("cluster: when the notifier's host loses its power, the standby sends what is written") {
  standbys w{"notifier", {"gateway", "worker", "coordinator"}};
  w.crowd(6, 1, 1);
  w.insatiable = true;
  w.wait("the first video", [&] { return w.videos() > 0; });
  w.lose_first_and_expect_second("notifier");
  w.go_on();
  w.finish();
}
