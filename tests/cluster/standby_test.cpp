#include "tests/cluster/cluster.hpp"

#include <doctest/doctest.h>

using namespace neurocards::test::cluster;

namespace {

/// Hosts of which two share a role; the first of them leads.
struct standbys : world {
  standbys(const std::string& role, const std::vector<std::string>& others,
           updates_by mode = updates_by::polling)
    : world({{"first", {role}}, {"second", {role}}, {"rest", others, 50}}, mode) {
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

/// While people order.
void lose_the_gateway(standbys& w) {
  w.crowd(6, 1, 1);
  w.insatiable = true;
  w.wait("the first video", [&] { return w.videos() > 0; });
  w.lose_first_and_expect_second("gateway");
  w.expect_answer();
  w.go_on();
  w.finish();
}

} // namespace

TEST_SUITE_BEGIN("cluster/standby");

TEST_CASE("cluster: when the gateway's host loses its power, the standby answers within seconds") {
  standbys w{"gateway", {"notifier", "worker", "coordinator"}};
  lose_the_gateway(w);
}

TEST_CASE(
  "cluster: with webhooks a gateway's host loses its power, what it was brought is answered") {
  standbys w{"gateway", {"notifier", "worker", "coordinator"}, updates_by::webhook};
  lose_the_gateway(w);
  CHECK(w.db.number("SELECT count(*) FROM updates WHERE handled_at IS NULL") == 0);
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

TEST_CASE("cluster: a gateway and notifier cut off from Telegram only leaves both to the standby") {
  const std::vector<std::string> both{"gateway", "notifier"};
  world w{entries{{"bot-1", both}, {"bot-2", both}, {"rest", {"worker", "coordinator"}, 20}}};
  const auto leads = [&](const std::string& host) {
    return std::ranges::all_of(both, [&](const std::string& role) {
      return w.logged(host, "leader.role_gained role=" + role);
    });
  };
  w.start("bot-1");
  w.wait("bot-1 to lead", [&] { return leads("bot-1"); });
  w.start("bot-2");
  w.start("rest");
  w.crowd(4, 1, 1);
  w.insatiable = true;
  w.wait("the first video", [&] { return w.videos() > 0; });
  const auto cut = std::chrono::system_clock::now();
  w.net().cut("bot-1", world::internet);
  w.wait("bot-2 to lead", [&] { return leads("bot-2"); });
  w.expect_answer();
  const auto before = w.videos();
  w.wait("more videos", [&] { return w.videos() > before; });
  w.net().heal("bot-1", world::internet);
  // Answers of Telegram were lost, and what bot-1 had under way may arrive only now: TCP tries
  // again ever more rarely, at the latest after as long as the cut has lasted.
  const auto healed = std::chrono::system_clock::now();
  w.may_double.push_back({cut, healed + (healed - cut)});
  w.finish();
}

TEST_SUITE_END();
