#pragma once

#include "tests/chaos/database_troubles.hpp"
#include "tests/support/front.hpp"
#include "tests/support/verdict.hpp"

#include <deque>
#include <optional>

namespace neurocards::test::chaos {

using clock = std::chrono::steady_clock;

/// What really happened in a round, for the report and for the judgement.
struct diary {
  std::map<std::string, int> done; // deeds by name; "skipped": the node was away already
  std::map<std::string, int> faults;
  int starts = 0;      // of nodes
  int ended_alone = 0; // nodes that ended though nobody told them to
  int slow_drains = 0; // nodes that had to be killed after SIGTERM
  std::vector<test::disturbance> may_double;
};

/// The places of the nodes: in each one process at a time, started again whenever it is gone.
class node_places {
public:
  node_places(test::world&, diary&, const plan_options&);

  /// False: the node is away already.
  bool strike(const event&);
  /// SIGHUP, also while it drains. False: the node is away, or frozen.
  bool reload(const event&);
  /// Starts, wakes and buries what is due.
  void step();
  /// Lets everything run again, and waits until every node is ready.
  void calm();
  size_t ready() const;

private:
  struct place {
    std::vector<std::string> options;
    std::string url;
    test::process* node = nullptr;                // null: away
    std::optional<clock::time_point> wake;        // of a frozen one
    std::optional<clock::time_point> last_chance; // of a draining one
    clock::time_point back{};                     // when one that is away starts
    milliseconds away{0};
  };

  void give_addresses(bool webhook);
  void start(place&);
  void bury(place&);

  test::world& world_;
  diary& diary_;
  std::vector<place> places_;
  std::optional<test::front> public_; // with webhooks: what Telegram and KIE know of us
};

/// One round: customers, nodes and a plan, until everything is quiet again.
class arena {
public:
  explicit arena(plan_options);

  /// Plays the plan, then clears all faults and waits until nothing is left to do.
  void play();

  test::scene everything() { return {world.db, world.services, customers, notes.may_double}; }

  test::world world;
  diary notes;
  std::deque<customer> customers;

private:
  void happen(const event&);
  void add_fault(const event&);
  void step();
  void wait_until_quiet();

  plan_options options_;
  node_places nodes_;
  database_troubles troubles_{world.db};
};

} // namespace neurocards::test::chaos
