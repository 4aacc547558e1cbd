#pragma once

#include <chrono>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace neurocards::test::chaos {

using std::chrono::milliseconds;

/// What can happen in a round.
enum class deed {
  order,          // a customer orders
  kill,           // SIGKILL to a node, which is started again
  freeze,         // SIGSTOP to a node, later SIGCONT
  drain,          // SIGTERM to a node, which is started again once it has ended
  reload,         // SIGHUP to a node, whatever it is doing
  break_postgres, // the server is killed and started, or at least every connection is cut
  standby,        // a standby stands in the place of the primary, until it is promoted
  lock_rows,      // a stranger's transaction holds rows
  fault,          // the simulated services misbehave for the next few calls
};

/// The name in reports.
std::string to_string(deed);

struct event {
  milliseconds time{0}; // since the beginning of the round
  deed kind = deed::order;
  size_t target = 0;      // customer, node, or row of faults()
  milliseconds length{0}; // how long a node is away, a server a standby, rows are held
  int count = 0;          // videos of an order, calls that go wrong

  bool operator==(const event&) const = default;
};

/// One way in which the simulated services can misbehave: a rule of sandbox/README.md without its
/// count.
struct fault {
  const char* name;
  const char* rule;        // JSON
  bool loses_sent = false; // a message reaches its chat, but the bot is not told
};
const std::vector<fault>& faults();

struct plan_options {
  uint64_t seed = 1;
  milliseconds length{0};
  size_t customers = 12;
  size_t nodes = 3;
  bool webhook = false; // Telegram brings updates instead of being asked for them
};

/// The events of a round in the order of their time. The same options give the same plan, on every
/// machine: only the engine of the standard library is used, whose numbers are fixed.
std::vector<event> make_plan(const plan_options&);

} // namespace neurocards::test::chaos
