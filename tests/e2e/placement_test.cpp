#include "tests/support/bulk_jobs.hpp"
#include "tests/support/world.hpp"

#include <fstream>

#include <doctest/doctest.h>

using namespace neurocards::test;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

/// Nodes of one cluster.conf on this machine, the first with the coordinator.
struct cluster_world : world {
  const std::string file = folder().file("hosts.conf");
  const uint16_t port = free_port();

  /// Writes the file whole or not at all, as an operator's editor does.
  void write(const std::vector<std::string>& nodes) {
    std::ofstream out{file + ".new"};
    out << "cluster { nodes = [\n";
    for (const auto& node : nodes)
      out << "  { " << node << " },\n";
    out << "] }\n";
    out.close();
    std::rename((file + ".new").c_str(), file.c_str());
  }

  std::string first(const std::string& roles) const {
    return R"(name = "first", host = "127.0.0.1", port = )" + std::to_string(port) + ", roles = ["
           + roles + "]";
  }

  static std::string other(const std::string& name, const std::string& roles, int concurrency = 0) {
    return "name = \"" + name + R"(", host = "127.0.0.1", port = 0, roles = [)" + roles
           + "], concurrency = " + std::to_string(concurrency);
  }

  process& start(const std::string& name) {
    return start_node({"--config-file=" + file, "--node=" + name});
  }

  /// Asked without the file, which may be bad.
  json status() { return json::parse(verb({"status", "--json"}).output); }

  /// The roles a living node runs according to its heartbeat, comma-separated; "" while there is
  /// none.
  std::string roles_of(const std::string& name) {
    return db.value("SELECT coalesce(max(roles), '') FROM nodes WHERE name = '" + name
                    + "' AND left_at IS NULL AND fenced_at IS NULL");
  }

  /// What the leading coordinator sees of a node; null: nothing.
  json seen(const std::string& name) {
    const auto all = status();
    if (all["cluster"].is_object())
      for (const auto& x : all["cluster"]["nodes"])
        if (x["name"] == name)
          return x;
    return nullptr;
  }

  void wait_for_roles(const std::string& name, const std::string& roles) {
    wait_until(name + " runs " + roles, [&] { return roles_of(name) == roles; });
  }
};

} // namespace

TEST_SUITE_BEGIN("e2e/placement");

TEST_CASE("e2e: roles start, move and end as cluster.conf says after SIGHUP") {
  cluster_world w;
  w.write(
    {w.first(R"("gateway", "notifier", "coordinator")"), w.other("second", R"("worker")", 3)});
  auto& coordinator = w.start("first");
  w.start("second");
  w.wait_for_roles("second", "worker");
  wait_until("the connection", [&] {
    auto second = w.seen("second"); // what it has not reported yet reads as null
    return !second.is_null() && second["connection"] == "connected" && second["capacity"] == 3;
  });

  SUBCASE("concurrency changes without a restart of the role") {
    w.write(
      {w.first(R"("gateway", "notifier", "coordinator")"), w.other("second", R"("worker")", 9)});
    coordinator.signal(SIGHUP);
    wait_until("capacity 9", [&] { return w.seen("second")["capacity"] == 9; });
    CHECK(w.db.number("SELECT count(*) FROM nodes WHERE name = 'second'") == 1);
  }

  SUBCASE("a role moves, and orders go on") {
    w.write({w.first(R"("notifier", "worker", "coordinator")"), w.other("second", R"("gateway")")});
    CHECK(w.verb({"reload", "--config-file=" + w.file}).code == 0);
    w.wait_for_roles("second", "gateway");
    w.wait_for_roles("first", "coordinator,notifier,worker");
    w.order(7);
    w.expect(7, "✅ Видео готово!");
  }

  SUBCASE("a bad file is refused as a whole, and status says so") {
    w.write({w.first(R"("gateway", "notifier", "coordinator")"), w.other("second", R"("wurker")")});
    coordinator.signal(SIGHUP);
    wait_until("the refusal", [&] { return !w.status()["cluster"]["file_faults"].empty(); });
    const auto fault = w.status()["cluster"]["file_faults"][0].get<std::string>();
    CHECK(fault.find("cluster.nodes[1].roles: \"wurker\" is unknown") != std::string::npos);
    CHECK(w.roles_of("second") == "worker");
    w.write(
      {w.first(R"("gateway", "notifier", "coordinator")"), w.other("second", R"("worker")", 4)});
    coordinator.signal(SIGHUP);
    wait_until("the good file", [&] { return w.seen("second")["capacity"] == 4; });
    CHECK(w.status()["cluster"]["file_faults"].empty());
  }
  w.db.check_promises();
}

TEST_CASE("e2e: a worker host is added and removed under load, no job is lost or repeated") {
  cluster_world w;
  w.services.post("settings", {{"kie_time", 2'000}});
  const auto base =
    w.first(R"("gateway", "notifier", "coordinator", "worker")") + ", concurrency = 5";
  w.write({base});
  auto& coordinator = w.start("first");
  w.order(7);
  w.expect(7, "🎬 Генерация запущена!");

  // The second host is there before the file lists it: it runs nothing.
  const auto early = w.folder().file("second.conf");
  w.write({base, w.other("second", R"("worker")", 15)});
  std::rename(w.file.c_str(), early.c_str());
  w.write({base});
  w.start_node({"--config-file=" + early, "--node=second"});
  wait_until("second, unlisted", [&] {
    auto second = w.seen("second"); // what it has not reported yet reads as null
    return !second.is_null() && second["listed"] == false && second.contains("runs");
  });
  CHECK(w.seen("second")["runs"].empty());

  constexpr int jobs = 60;
  w.db.add_user(1, jobs);
  add_bulk_jobs(w.db, 1, jobs, "bulk");
  const auto processing = [&] {
    return w.db.number("SELECT count(*) FROM jobs WHERE status = 'processing'");
  };
  wait_until("5 in flight", [&] { return processing() == 5; });
  w.write({base, w.other("second", R"("worker")", 15)});
  coordinator.signal(SIGHUP);
  wait_until("20 in flight", [&] { return processing() == 20; });
  w.write({base});
  coordinator.signal(SIGHUP);
  wait_until("second has given everything back", [&] {
    return w.db.number("SELECT count(*) FROM jobs j JOIN nodes n ON n.incarnation = j.claimed_by "
                       "WHERE n.name = 'second'")
             == 0
           && w.roles_of("second").empty();
  });
  wait_until(
    "all videos",
    [&] { return w.db.number("SELECT count(*) FROM jobs WHERE status = 'completed'") == jobs + 1; },
    90s);
  CHECK(w.services.get("tasks").at("count") == jobs + 1);
  CHECK(w.db.number("SELECT max(attempts) FROM jobs") == 1);
  w.db.check_promises();
}

TEST_SUITE_END();
