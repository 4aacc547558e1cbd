#include "tests/support/bulk_jobs.hpp"
#include "tests/support/world.hpp"

#include <doctest/doctest.h>

// What KIE counts, and what a restart must not cost.

using namespace neurocards::test;
using namespace std::chrono_literals;

namespace {

void replace_option(world& w, const std::string& key, const std::string& value) {
  std::erase_if(w.options, [&](const auto& x) { return x.starts_with("--" + key + "="); });
  w.options.push_back("--" + key + "=" + value);
}

/// Jobs of one user, with the photo of an order of the ordinary kind.
void add_jobs(world& w, int count) {
  w.db.add_user(1, count);
  add_bulk_jobs(w.db, 1, count, "bulk");
  w.db.sql("NOTIFY jobs");
}

struct polls {
  int64_t all = 0;
  int64_t refused = 0;
};

polls polls_so_far(world& w) {
  const auto calls = w.services.get("calls?service=kie&operation=recordInfo&last=1");
  const auto& counters = calls.at("counters");
  if (!counters.contains("kie.recordInfo"))
    return {};
  const auto& x = counters.at("kie.recordInfo");
  return {x.at("total").get<int64_t>(), x.at("codes").value("429", int64_t{0})};
}

} // namespace

TEST_SUITE_BEGIN("e2e/kie_limits");

TEST_CASE("e2e: forty tasks are looked at within KIE's limit by one, two and three workers") {
  for (int workers = 1; workers <= 3; ++workers) {
    CAPTURE(workers);
    world w;
    w.variables["KIE_API_KEY"] = "kie-secret-one";
    w.services.post("settings", {{"kie_time", 3'600'000}});
    replace_option(w, "kie.query-budget", "10");
    replace_option(w, "kie.poll-interval", "500ms"); // more than the limit allows
    replace_option(w, "worker.concurrency", std::to_string(1 + 40 / workers));
    for (int i = 0; i < workers; ++i)
      w.start_node();
    w.order(7);
    w.expect(7, "🎬 Генерация запущена!");
    add_jobs(w, 39);
    wait_until("forty tasks", [&] {
      return w.db.number("SELECT count(*) FROM jobs WHERE kie_task_id IS NOT NULL") == 40;
    });
    CHECK(w.db.number("SELECT count(DISTINCT claimed_by) FROM jobs") == workers);
    w.services.post("settings", {{"kie_limits", true}});
    // The workers hear of each other within seconds. From then on hardly any look is refused.
    polls before = polls_so_far(w);
    const auto good_stretch = [&] {
      const auto now = polls_so_far(w);
      if (now.all - before.all < 100)
        return false;
      const bool good = now.refused - before.refused <= 1;
      before = now;
      return good;
    };
    wait_until("a hundred looks, one of them refused at most", good_stretch, 90s);
  }
}

TEST_CASE("e2e: a node that is stopped waits longer for a creation that KIE answers late") {
  world w;
  w.services.post("settings", {{"kie_time", 2'000}});
  w.options.emplace_back("--drain.limit=1s");
  w.services.post("script", {{"service", "kie"}, {"operation", "createTask"}, {"delay", 6'000}});
  auto& first = w.start_node();
  w.order(7);
  wait_until("the creation", [&] {
    return w.db.number("SELECT count(*) FROM jobs WHERE intent_at IS NOT NULL") == 1;
  });
  first.signal(SIGTERM);
  CHECK(first.wait() == 0);
  CHECK(w.db.value("SELECT status || ' ' || (kie_task_id IS NOT NULL) FROM jobs") == "queued true");
  w.start_node();
  w.expect(7, "✅ Видео готово!");
  CHECK(w.services.get("tasks").at("count").get<int64_t>() == 1);
  CHECK(w.db.number("SELECT attempts FROM jobs") == 1);
  w.db.check_promises();
}

TEST_CASE("e2e: an answer of createTask that cannot be read costs no attempt") {
  for (const auto* state : {"malformed", "empty", "html"}) {
    CAPTURE(state);
    world w;
    w.services.post("script", {{"service", "kie"}, {"operation", "createTask"}, {"how", state}});
    w.start_node();
    w.order(7);
    w.expect(7, "✅ Видео готово!");
    CHECK(w.db.number("SELECT attempts FROM jobs") == 1);
    CHECK(w.db.number("SELECT count(*) FROM job_tasks") == 2);
    w.db.check_promises();
  }
}

TEST_CASE("e2e: a refused key hands the job over to the next key for free") {
  world w;
  w.services.post("script", {{"service", "kie"},
                             {"operation", "createTask"},
                             {"match", {{"key", "kie-secret-one"}}},
                             {"count", 0},
                             {"code", 401},
                             {"message", "You do not have access permissions"}});
  w.services.post("script", {{"service", "kie"},
                             {"operation", "file-stream-upload"},
                             {"match", {{"key", "kie-secret-one"}}},
                             {"count", 0},
                             {"code", 401},
                             {"message", "You do not have access permissions"}});
  w.options.emplace_back("--credits.welcome=3");
  w.start_node();
  w.order(7, 3);
  wait_until("three videos", [&] {
    return w.db.number("SELECT count(*) FROM jobs WHERE status = 'completed'") == 3;
  });
  CHECK(w.db.number("SELECT max(attempts) FROM jobs") == 1);
  CHECK(w.db.number("SELECT count(*) FROM kie_keys WHERE blocked_until > now()") == 1);
  w.db.check_promises();
}

TEST_CASE("e2e: what KIE says of one user's task stops nobody else") {
  world w;
  w.services.post("script", {{"service", "kie"},
                             {"operation", "task"},
                             {"count", 3},
                             {"fail_msg", "Unauthorized: not enough credits, this interface is "
                                          "temporarily paused, too many requests"}});
  w.start_node();
  w.order(7);
  w.expect(7, "❌");
  CHECK(w.db.number("SELECT count(*) FROM kie_keys WHERE blocked_until > now()") == 0);
  CHECK(w.db.number("SELECT count(*) FROM kie_models WHERE blocked_until > now()") == 0);
  w.order(8);
  w.expect(8, "✅ Видео готово!");
  w.db.check_promises();
}

TEST_SUITE_END();
