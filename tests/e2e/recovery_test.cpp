#include "tests/e2e/both_modes.hpp"
#include "tests/support/bulk_jobs.hpp"

#include <algorithm>
#include <set>

using namespace neurocards::test;
using namespace std::chrono_literals;

namespace {

int64_t tasks_of(world& w) {
  return w.services.get("tasks").at("count").get<int64_t>();
}

} // namespace

TEST_SUITE_BEGIN("e2e/recovery");

TEST_CASE("e2e: a killed worker's tasks are resumed by another, none is created twice") {
  world w;
  w.services.post("settings", {{"kie_time", 8'000}});
  constexpr int jobs = 500;
  auto& first = w.start_node();
  // The photo of all of them: put there by an order of the ordinary kind.
  w.order(7);
  w.expect(7, "🎬 Генерация запущена!");
  w.db.add_user(1, jobs);
  add_bulk_jobs(w.db, 1, jobs, "bulk");
  w.db.sql("NOTIFY jobs");
  wait_until("all tasks", [&] {
    return w.db.number("SELECT count(*) FROM jobs WHERE kie_task_id IS NOT NULL") == jobs + 1;
  });
  first.kill();
  const auto created = tasks_of(w);
  CHECK(created == jobs + 1);
  const auto dead = w.db.value("SELECT claimed_by FROM jobs LIMIT 1");
  w.start_node();
  wait_until(
    "all tasks to be looked after again within the lease and five seconds",
    [&] {
      return w.db.number(
               "SELECT count(*) FROM jobs WHERE status = 'queued' OR (status = 'processing' "
               "AND claimed_by = '"
               + dead + "')")
             == 0;
    },
    3s + 5s);
  wait_until(
    "all videos",
    [&] { return w.db.number("SELECT count(*) FROM jobs WHERE status = 'completed'") == jobs + 1; },
    120s);
  CHECK(tasks_of(w) == created);
  CHECK(w.db.number("SELECT max(attempts) FROM jobs") == 1);
  w.db.check_promises();
}

TEST_CASE("e2e: SIGTERM gives jobs back with their tasks, the next node goes on") {
  world w;
  w.services.post("settings", {{"kie_time", 5'000}});
  auto& first = w.start_node();
  w.order(7);
  w.expect(7, "🎬 Генерация запущена!");
  first.signal(SIGTERM);
  CHECK(first.wait() == 0);
  CHECK(w.db.value("SELECT status FROM jobs") == "queued");
  CHECK(w.db.value("SELECT kie_task_id IS NOT NULL FROM jobs") == "t");
  w.start_node();
  w.expect(7, "✅ Видео готово!");
  CHECK(tasks_of(w) == 1);
  CHECK(w.db.number("SELECT attempts FROM jobs") == 1);
  w.db.check_promises();
}

TEST_CASE("e2e: a worker that drains claims nothing, whatever comes into the queue") {
  world w;
  w.options.emplace_back("--drain.limit=1s");
  // Its answer is waited for by a drain, so that the node lives on for a while.
  w.services.post("script", {{"service", "kie"}, {"operation", "createTask"}, {"delay", 4'000}});
  auto& node = w.start_node();
  w.order(7);
  wait_until("the creation", [&] {
    return w.db.number("SELECT count(*) FROM jobs WHERE intent_at IS NOT NULL") == 1;
  });
  node.signal(SIGTERM);
  wait_until("the drain", [&] { return node.output().find("run.stops") != std::string::npos; });
  w.db.add_user(1, 1);
  const auto late = w.db.add_job(1, "late"); // notifies; there is room for it
  const auto since = std::chrono::steady_clock::now();
  CHECK(node.wait() == 0);
  CHECK(std::chrono::steady_clock::now() - since > 1s); // five intervals of claims
  CHECK(w.db.value("SELECT status || ' ' || claim || ' ' || (started_at IS NULL) FROM jobs "
                   "WHERE id = '"
                   + late + "'")
        == "queued 0 true");
  CHECK(w.db.value("SELECT status || ' ' || (kie_task_id IS NOT NULL) FROM jobs WHERE id <> '"
                   + late + "'")
        == "queued true");
  w.db.check_promises();
}

TEST_CASE("e2e: updates that come while no node runs are answered later, each once") {
  world w{each_mode()};
  auto& first = w.start_node();
  w.services.post("send", {{"user", 7}, {"text", "/start"}});
  wait_until("the terms", [&] { return !w.services.said_to(7).empty(); });
  first.kill();
  w.services.post("send", {{"user", 7}, {"text", "/help"}});
  w.start_node();
  wait_until("an answer", [&] {
    return w.db.number("SELECT count(*) FROM updates WHERE handled_at IS NOT NULL") == 2
           && w.db.number("SELECT count(*) FROM notifications WHERE sent_at IS NULL") == 0;
  });
  // The terms and one answer to /help; a message under way at the kill may come once more.
  const auto said = w.services.said_to(7);
  CHECK(w.db.number("SELECT count(*) FROM notifications") == 2);
  CHECK(std::set<std::string>(said.begin(), said.end()).size() == 2);
  CHECK(std::count(said.begin(), said.end(), said.back()) == 1);
  w.db.check_promises();
}

TEST_CASE("e2e: a frozen worker that comes back is fenced and changes nothing") {
  world w;
  w.services.post("settings", {{"kie_time", 6'000}});
  auto& first = w.start_node();
  w.order(7);
  w.expect(7, "🎬 Генерация запущена!");
  first.signal(SIGSTOP);
  w.start_node();
  w.expect(7, "✅ Видео готово!");
  first.signal(SIGCONT);
  wait_until("the fence",
             [&] { return first.output().find("health.fenced") != std::string::npos; });
  CHECK(w.times_said(7, "✅ Видео готово!") == 1);
  CHECK(tasks_of(w) == 1);
  w.db.check_promises();
}

namespace {

/// A node that KIE can call back.
void start_public_node(world& w, const std::vector<std::string>& more) {
  const auto address = "127.0.0.1:" + std::to_string(neurocards::test::free_port());
  w.options[0] = "--http.listen=" + address;
  w.options.push_back("--http.public-url=http://" + address);
  w.options.insert(w.options.end(), more.begin(), more.end());
  w.start_node();
}

/// The next creation does its work at KIE, and we are not told.
void lose_an_answer(world& w) {
  w.services.post(
    "script",
    {{"service", "kie"}, {"operation", "createTask"}, {"how", "cut"}, {"takes_effect", true}});
}

} // namespace

TEST_CASE("e2e: a task whose creation was not answered is adopted when KIE calls back in time") {
  world w;
  w.services.post("settings", {{"kie_time", 1'500}});
  start_public_node(w, {"--kie.orphan-grace=1min"});
  lose_an_answer(w);
  w.order(7);
  w.expect(7, "✅ Видео готово!");
  CHECK(tasks_of(w) == 1);
  CHECK(w.db.number("SELECT count(*) FROM job_events WHERE what = 'task.adopted'") == 1);
  CHECK(w.db.number("SELECT attempts FROM jobs") == 1);
  w.db.check_promises();
}

TEST_CASE("e2e: a video that comes after its job went on is a gift") {
  world w;
  w.services.post("settings", {{"kie_time", 3'600'000}}); // tasks end when we say so
  start_public_node(w, {"--kie.orphan-grace=100ms", "--kie.backoff-initial=100ms"});
  lose_an_answer(w);
  w.order(7);
  wait_until("a second task", [&] {
    return tasks_of(w) == 2
           && w.db.number("SELECT count(*) FROM jobs WHERE kie_task_id IS NULL") == 0;
  });
  const auto all = w.services.get("tasks").at("tasks");
  for (const auto& task : all)
    w.services.post("kie/end", {{"task", task.at("task")}, {"state", "success"}});
  w.expect(7, "✅ Видео готово!");
  w.expect(7, "🎁");
  CHECK(w.times_said(7, "✅ Видео готово!") == 1);
  CHECK(w.times_said(7, "🎁") == 1);
  CHECK(w.db.number("SELECT count(*) FROM credit_ledger WHERE kind = 'charge'") == 1);
  w.db.check_promises();
}

namespace {

/// `count` jobs of user 1, with the photo of another's order.
void order_many(world& w, int count, const std::string& key) {
  add_bulk_jobs(w.db, 1, count, key);
  w.db.sql("NOTIFY jobs");
}

void end_all_tasks(world& w) {
  const auto all = w.services.get("tasks").at("tasks");
  for (const auto& task : all)
    w.services.post("kie/end", {{"task", task.at("task")}, {"state", "success"}});
}

} // namespace

TEST_CASE("e2e: six jobs with living tasks outlive four kills of their node") {
  world w;
  w.services.post("settings", {{"kie_time", 3'600'000}}); // tasks end when we say so
  auto* node = &w.start_node();
  w.order(7);
  w.db.add_user(1, 5);
  order_many(w, 5, "bulk");
  const auto count = [&](const std::string& condition) {
    return w.db.number("SELECT count(*) FROM jobs WHERE " + condition);
  };
  wait_until("six tasks", [&] { return count("kie_task_id IS NOT NULL") == 6; });
  for (int i = 0; i < 4; ++i) {
    node->kill();
    const auto dead = w.db.value("SELECT string_agg(incarnation::text, ''',''') FROM nodes");
    node = &w.start_node();
    wait_until("the next node to hold one of them", [&] {
      return count("status = 'processing' AND claimed_by NOT IN ('" + dead + "')") > 0;
    });
  }
  wait_until("all to be polled again", [&] { return count("status = 'processing'") == 6; });
  CHECK(tasks_of(w) == 6);
  end_all_tasks(w);
  wait_until("all videos", [&] { return count("status = 'completed'") == 6; });
  CHECK(count("attempts > 1") == 0);
  w.db.check_promises();
}

TEST_CASE("e2e: a job that kills its workers fails, and no other") {
  world w;
  w.services.post("settings", {{"kie_time", 300}});
  w.options.push_back("--worker.claim-interval=200ms");
  // Nobody comes to anything before he is killed.
  w.services.post("script", {{"service", "openai"},
                             {"operation", "chat"},
                             {"how", "pass"},
                             {"delay", 3'000},
                             {"count", 0}});
  auto* node = &w.start_node();
  w.order(7);
  w.expect(7, "✅ Видео готово!");
  w.db.add_user(1, 5);
  order_many(w, 1, "guilty");
  order_many(w, 4, "innocent");
  const std::string guilty = "idempotency_key LIKE 'guilty:%'";
  const auto let_go = [&] { // what steps back for a while is due at once
    w.db.sql("UPDATE jobs SET run_at = now() WHERE status = 'queued' AND run_at > now()");
  };
  int kills = 0;
  std::string dead = "00000000-0000-0000-0000-000000000000";
  wait_until(
    "the guilty one to fail",
    [&] {
      let_go();
      // By the node that runs: one that is dead has it until it is missed, and whoever runs
      // meanwhile, perhaps with one of the others, must not die for that.
      if (w.db.number(
            "SELECT count(*) FROM jobs WHERE status = 'processing' AND kie_task_id IS NULL "
            "AND claimed_by NOT IN ('"
            + dead + "') AND " + guilty)
          == 1) {
        node->kill();
        ++kills;
        dead = w.db.value("SELECT string_agg(incarnation::text, ''',''') FROM nodes");
        node = &w.start_node();
      }
      return w.db.number("SELECT count(*) FROM jobs WHERE status = 'failed'") > 0;
    },
    120s);
  CHECK(w.db.number("SELECT count(*) FROM jobs WHERE status = 'failed' AND " + guilty) == 1);
  CHECK(kills >= 3);
  wait_until(
    "all others", // suspects, each alone
    [&] {
      let_go();
      return w.db.number("SELECT count(*) FROM jobs WHERE status = 'completed'") == 5;
    },
    120s);
  w.db.check_promises();
}

TEST_CASE("e2e: a claim that its node never heard of is taken up all the same") {
  world w;
  w.services.post("settings", {{"kie_time", 300}});
  w.start_node();
  w.order(7);
  w.expect(7, "✅ Видео готово!");
  w.db.add_user(1, 1);
  // As when the connection is cut under claim_jobs(), and its statement ends behind the node's
  // back.
  w.db.sql("DO $$ BEGIN PERFORM create_job_and_consume_credit(1, 'ad', 'lost', (SELECT "
           "product_image_url FROM jobs LIMIT 1), jsonb_build_object('product_name', 'mug', "
           "'product_text', 'mug', 'kind', 'ad', 'template_id', 'ad')); "
           "PERFORM claim_jobs((SELECT incarnation FROM nodes), 10); END $$");
  wait_until("its video", [&] {
    return w.db.value("SELECT status FROM jobs WHERE idempotency_key = 'lost'") == "completed";
  });
  CHECK(w.db.number("SELECT max(claim) FROM jobs") == 1);
  w.db.check_promises();
}

TEST_SUITE_END();
