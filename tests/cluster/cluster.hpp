#pragma once

#include "tests/cluster/ground.hpp"
#include "tests/support/verdict.hpp"
#include "tests/support/world.hpp"

#include <functional>
#include <optional>

namespace neurocards::cluster {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

/// One entry of `cluster.nodes`.
struct entry {
  std::string name; // of the node and of its host
  std::vector<std::string> roles;
  int concurrency = 0;
};
using entries = std::vector<entry>;

inline const std::vector<std::string> all_roles{"gateway", "notifier", "worker", "coordinator"};

/// Hosts with addresses of their own, one node on each, and customers who order. Every host has its
/// own copy of cluster.conf, as hosts have.
class world {
  ground& ground_; // before everything that needs PostgreSQL

public:
  /// Plugs in the hosts of the entries and writes the file for each; starts nothing.
  explicit world(entries);
  ~world();

  testing::migrated_database db;
  std::unique_ptr<testing::sandbox_process> services;
  std::deque<testing::customer> customers;
  std::vector<testing::disturbance> may_double;

  network& net() { return ground_.net; }

  // ── hosts ──────────────────────────────────────────────────────────────────────────────────────

  /// Plugs in a host whose copy of the file holds these entries.
  void add_host(const std::string& name, const entries& file);

  /// Writes a host's copy of cluster.conf anew.
  void write_file(const std::string& host, const entries& file);

  /// Starts `neurocards run` on the host; the second waits until it is ready.
  test::process& launch(const std::string& host, const std::vector<std::string>& options = {});
  test::process& start(const std::string& host);
  void start_all();

  test::process& node(const std::string& host) { return *nodes_.at(host); }
  bool is_ready(const std::string& host);

  /// What `neurocards run` wrote on the host, over all its starts.
  std::string log(const std::string& host) const;
  bool logged(const std::string& host, const std::string& part) const;

  /// How many incarnations of the host's node there have been.
  int joined(const std::string& host) const;

  /// SIGKILL to every program of the host.
  void kill(const std::string& host);

  /// The host is gone without a good-bye: not even its connections are closed.
  void lose_power(const std::string& host);

  /// Lets messages sent from now until the returned object ends be sent twice.
  class trouble {
  public:
    explicit trouble(world& w) : world_(w), from_(std::chrono::system_clock::now()) {}
    ~trouble() { world_.may_double.push_back({from_, std::chrono::system_clock::now()}); }
    trouble(const trouble&) = delete;
    trouble& operator=(const trouble&) = delete;

  private:
    world& world_;
    std::chrono::system_clock::time_point from_;
  };

  // ── orders ─────────────────────────────────────────────────────────────────────────────────────

  /// New customers who want `orders` orders of `videos` each.
  void crowd(size_t size, int orders, int videos);

  /// From now on a customer who has all he wanted wants one more video; or no longer.
  bool insatiable = false;

  /// Waits, while the customers go on.
  void wait(const std::string& what, const std::function<bool()>& condition,
            milliseconds limit = 60s);

  /// Tasks never end until `finish_tasks`.
  void hold_tasks();
  void finish_tasks();

  int64_t tasks();                            // created at KIE
  int64_t placed() const;                     // videos whose order was confirmed
  int64_t in_flight(const std::string& node); // jobs that KIE works on for a node
  int64_t videos();                           // delivered, as the database knows

  /// Sends /help as a customer nobody else uses, and waits for the answer; returns how long it
  /// took.
  milliseconds answer_time();

  /// Lets everything come to its end, and judges it.
  testing::bill finish();

private:
  testing::scene everything() { return {db, *services, customers, may_double}; }
  std::string folder_of(const std::string& host) const;

  test::temporary_directory folder_;
  std::map<std::string, std::unique_ptr<test::process>> nodes_;
  std::vector<std::string> hosts_;
  int64_t next_user_ = 1001;
};

} // namespace neurocards::cluster
