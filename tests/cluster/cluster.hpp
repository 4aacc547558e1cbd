#pragma once

#include "tests/cluster/certificates.hpp"
#include "tests/cluster/ground.hpp"
#include "tests/support/verdict.hpp"
#include "tests/support/world.hpp"

#include <functional>
#include <optional>

namespace neurocards::test::cluster {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using test::built;
using test::updates_by;

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
  explicit world(entries, test::updates_by = test::updates_by::polling);

  /// Database and hosts have another program at first.
  world(entries, const std::string& program);
  ~world();

  test::migrated_database db;
  std::unique_ptr<test::sandbox_process> services;
  std::deque<test::customer> customers;
  std::vector<test::disturbance> may_double;

  /// More variables of the environment of nodes that are started from now on.
  std::map<std::string, std::string> variables;

  network& net() { return ground_.net; }

  /// The host of Telegram, KIE and OpenAI.
  static constexpr const char* internet = "internet";

  // ── hosts ──────────────────────────────────────────────────────────────────────────────────────

  /// Plugs in a host whose copy of the file holds these entries.
  void add_host(const std::string& name, const entries& file);

  /// Writes a host's copy of cluster.conf anew.
  void write_file(const std::string& host, const entries& file);

  /// The same with any text.
  void write_text(const std::string& host, const std::string& text);

  /// The settings of every host beyond its nodes: short times, no limits for customers.
  static std::string short_times();

  /// Runs a verb on a host to its end, with the host's copy of the file.
  test::world::verb_result verb(const std::string& host, std::vector<std::string> words);

  /// The host has our program from its next start on, and a file that only that may understand.
  void install(const std::string& host, const entries& file);

  /// What the host's node shows and trusts from its next start on; otherwise what the authority of
  /// the cluster issued for it.
  void give_papers(const std::string& host, const papers& x) { papers_[host] = x; }
  const papers& own_papers(const std::string& host) const { return papers_.at(host); }
  authority others() const { return authority{ground_.folder() + "/other-authority"}; }

  /// The port of every node.
  static constexpr uint16_t port = 4242;

  /// Lets the host's node read its copy of the file again.
  void reread(const std::string& host) { node(host).signal(SIGHUP); }

  /// Starts `neurocards run` on the host; the second waits until it is ready.
  test::process& launch(const std::string& host, const std::vector<std::string>& options = {});
  test::process& start(const std::string& host);
  void start_all();

  test::process& node(const std::string& host) { return *nodes_.at(host); }
  bool runs(const std::string& host) const { return nodes_.contains(host); }
  bool is_ready(const std::string& host);

  /// What `/api/status` says on the host; null when it does not answer.
  nlohmann::json status(const std::string& host);

  /// What the leading coordinator sees, as told on `host`: all of it, whether a node is "connected"
  /// or "away", how many jobs it may hold.
  nlohmann::json cluster(const std::string& host);
  std::string connection(const std::string& host, const std::string& of_node);
  int capacity(const std::string& host, const std::string& of_node);

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

  /// From now on a customer who has placed all his orders wants one more video; or no longer.
  bool insatiable = false;

  /// Waits, while the customers go on; prints how long it took.
  void wait(const std::string& subject, const std::function<bool()>& condition,
            milliseconds limit = 60s);

  /// Tasks never end until `finish_tasks`.
  void hold_tasks();
  void finish_tasks();

  int64_t tasks();                            // created at KIE
  int64_t placed() const;                     // videos whose order was confirmed
  int64_t in_flight(const std::string& node); // jobs that KIE works on for a node
  int64_t videos();                           // delivered, as the database knows

  /// Writes as somebody nobody has seen, and waits until he is answered.
  void expect_answer();

  /// Lets everything come to its end, and judges it.
  test::bill finish();

private:
  void step();
  test::scene everything() { return {db, *services, customers, may_double}; }
  std::string folder_of(const std::string& host) const;
  std::map<std::string, std::string> environment() const;
  void tell_what_happened();

  std::string http_settings(const std::string& host);
  std::string http_address(const std::string& host);

  test::temporary_directory folder_;
  std::optional<test::front> front_; // with webhooks: what Telegram and KIE know of the cluster
  void set_up(const entries&);

  std::map<std::string, papers> papers_;
  std::map<std::string, std::string> programs_; // of hosts that have another release's
  std::map<std::string, std::unique_ptr<test::process>> nodes_;
  std::vector<std::string> hosts_;
  int64_t next_user_ = 1001;
};

} // namespace neurocards::test::cluster
