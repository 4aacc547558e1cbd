#include "tests/support/bulk_jobs.hpp"
#include "tests/support/world.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <map>

#include <doctest/doctest.h>

using namespace neurocards::test;
using namespace std::chrono_literals;

/// Bot, worker and database, each for itself: none holds up what the others can do alone.

namespace {

enum class unit : uint8_t { bot, worker, database };

constexpr std::array all_units{unit::bot, unit::worker, unit::database};

const char* name_of(unit x) {
  return x == unit::bot ? "bot" : x == unit::worker ? "worker" : "database";
}

/// An installation as it is shipped: a node of the bot's roles, one of a worker's, a database.
struct installation : world {
  std::map<unit, process*> nodes;

  installation() {
    services.post("settings", {{"kie_time", 500}});
    options.emplace_back("--credits.welcome=5");
    std::ofstream out{file_};
    out << R"(cluster { nodes = [
      { name = "bot", host = "127.0.0.1", port = )"
        << neurocards::test::free_port() << R"(, roles = ["gateway", "notifier", "coordinator"] },
      { name = "worker-1", host = "127.0.0.1", port = 0, roles = ["worker"], concurrency = 5 },
    ] })";
  }

  /// Begins to start it; nobody waits for anybody.
  void launch(unit x) {
    if (x == unit::database)
      return db.come_back();
    nodes[x] = &launch_node(options_of(x));
  }

  void start(unit x) {
    if (x == unit::database)
      return db.come_back();
    nodes[x] = &start_node(options_of(x));
    urls_[x] = node_url();
  }

  void stop(unit x) {
    if (x == unit::database)
      return db.go_away();
    nodes[x]->signal(SIGTERM);
    CHECK(nodes[x]->wait() == 0);
  }

  int readiness(unit x) { return web_get(urls_[x] + "/readyz").status; }
  bool alive(unit x) { return web_get(urls_[x] + "/healthz").status == 200; }

  void send(int64_t user, const std::string& text) {
    services.post("send", {{"user", user}, {"text", text}});
  }

  /// Another job of somebody whose first has a photo.
  void add_jobs(int64_t user, int count, const std::string& key) {
    add_bulk_jobs(db, user, count, key);
  }

  int64_t jobs(const std::string& condition) {
    return db.number("SELECT count(*) FROM jobs WHERE " + condition);
  }

private:
  std::vector<std::string> options_of(unit x) const {
    return {"--config-file=" + file_,
            std::string{"--node="} + (x == unit::bot ? "bot" : "worker-1")};
  }

  const std::string file_ = folder().file("hosts.conf");
  std::map<unit, std::string> urls_;
};

/// Milliseconds until a new user's `/start` is answered, for each of `count` users, sorted.
std::vector<double> start_times(world& w, int64_t first_user, int count) {
  std::vector<double> result;
  for (int64_t user = first_user; user < first_user + count; ++user) {
    const auto begin = std::chrono::steady_clock::now();
    w.services.post("send", {{"user", user}, {"text", "/start"}});
    wait_until("an answer to /start", [&] { return !w.services.said_to(user).empty(); });
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
    result.push_back(took.count());
  }
  std::ranges::sort(result);
  return result;
}

} // namespace

TEST_SUITE_BEGIN("e2e/independence");

TEST_CASE_FIXTURE(installation,
                  "e2e: whoever of bot, worker and database stops, the others do their work") {
  start(unit::bot);
  start(unit::worker);
  order(7);
  expect(7, "✅ Видео готово!");

  SUBCASE("without the bot the worker makes videos; they are delivered when it is back") {
    stop(unit::bot);
    add_jobs(7, 3, "bulk");
    db.sql("NOTIFY jobs");
    wait_until("the videos", [&] { return jobs("status = 'completed'") == 4; });
    CHECK(readiness(unit::worker) == 200);
    CHECK(times_said(7, "✅ Видео готово!") == 1);
    start(unit::bot);
    wait_until("the delivery", [&] { return times_said(7, "✅ Видео готово!") == 4; });
  }
  SUBCASE("without the worker the bot talks and takes orders; they are made when it is back") {
    stop(unit::worker);
    order(8);
    expect(8, "✅ Принял! 1 видео запущена");
    send(8, "/help");
    wait_until("the answer", [&] {
      return db.number("SELECT count(*) FROM updates WHERE handled_at IS NULL") == 0;
    });
    CHECK(readiness(unit::bot) == 200);
    CHECK(jobs("status = 'queued' AND tg_user_id = 8 AND claim = 0") == 1);
    start(unit::worker);
    expect(8, "✅ Видео готово!");
  }
  SUBCASE("without the database both stay, say so, and go on where they were") {
    services.post("settings", {{"kie_time", 1'500}});
    order(8);
    expect(8, "🎬 Генерация запущена!");
    stop(unit::database);
    send(9, "/start");
    for (const auto x : {unit::bot, unit::worker}) {
      CAPTURE(std::string{name_of(x)});
      wait_until("the fault to be told", [&] { return readiness(x) == 503; });
      CHECK(alive(x));
    }
    start(unit::database);
    expect(8, "✅ Видео готово!");
    wait_until("the answer", [&] { return !services.said_to(9).empty(); });
    for (const auto x : {unit::bot, unit::worker}) {
      wait_until("readiness", [&] { return readiness(x) == 200; });
      CHECK(nodes[x]->running());
    }
    CHECK(services.get("tasks").at("count") == 2);
  }
  db.check_promises();
}

TEST_CASE("e2e: bot, worker and database start in every order") {
  auto order_of_start = all_units;
  std::ranges::sort(order_of_start);
  int orders = 0;
  do {
    std::string names;
    for (const auto x : order_of_start)
      names += std::string{name_of(x)} + " ";
    CAPTURE(names);
    installation w;
    w.stop(unit::database);
    for (const auto x : order_of_start) {
      w.launch(x);
      if (x == unit::database)
        continue;
      // The next one starts when this one is on its way and has found the database, or not.
      wait_until("its first words", [&] { return !w.nodes[x]->output().empty(); });
      CHECK(w.nodes[x]->running());
    }
    w.send(7, "/start");
    wait_until("the bot", [&] { return !w.services.said_to(7).empty(); });
    w.db.add_user(1, 1);
    w.db.add_job(1, "first");
    wait_until("the worker", [&] { return w.jobs("started_at IS NOT NULL") == 1; });
    for (const auto& [x, node] : w.nodes)
      CHECK_MESSAGE(node->running(), std::string{name_of(x)});
    w.db.check_promises();
    ++orders;
  } while (std::ranges::next_permutation(order_of_start).found);
  CHECK(orders == 6);
}

TEST_CASE(
  "e2e: with a thousand jobs before a KIE that is a black hole /start is answered as ever") {
  world w;
  w.options.emplace_back("--worker.concurrency=1000");
  w.services.post("settings", {{"kie_time", 300}});
  w.start_node();
  w.order(7);
  w.expect(7, "✅ Видео готово!");
  const auto before = start_times(w, 100, 20);
  for (const auto* service : {"kie", "openai"})
    w.services.post("script",
                    {{"service", service}, {"operation", "*"}, {"how", "hang"}, {"count", 0}});
  w.db.add_user(1, 1000);
  add_bulk_jobs(w.db, 1, 1000, "bulk");
  w.db.sql("NOTIFY jobs");
  wait_until("the worker to be full of them", [&] {
    return w.db.number("SELECT count(*) FROM jobs WHERE status = 'processing'") >= 900;
  });
  const auto loaded = start_times(w, 200, 20);
  const auto p95 = [](const std::vector<double>& x) { return x[x.size() * 95 / 100 - 1]; };
  CAPTURE(p95(before));
  CHECK(p95(loaded) <= 1'000);
  CHECK(w.db.number("SELECT count(*) FROM jobs WHERE status = 'completed'") == 1);
  w.db.check_promises();
}

TEST_SUITE_END();
