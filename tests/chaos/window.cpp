#include "tests/chaos/window.hpp"
#include "tests/support/bulk_jobs.hpp"

#include <algorithm>

namespace neurocards::test::chaos {

using namespace std::chrono_literals;

namespace {

constexpr int64_t user = 7;

/// Saving a task waits for whoever holds lock number 1 of the database.
constexpr const char* gate = R"(
  CREATE FUNCTION wait_at_the_gate() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    PERFORM pg_advisory_xact_lock_shared(1);
    RETURN NEW;
  END $$;
  CREATE TRIGGER gate BEFORE UPDATE OF task_id ON job_tasks
    FOR EACH ROW WHEN (NEW.task_id IS DISTINCT FROM OLD.task_id) EXECUTE FUNCTION wait_at_the_gate();
)";

void run(pqxx::connection& on, const std::string& sql) {
  pqxx::nontransaction{on}.exec(sql);
}

} // namespace

window_round::window_round(window_options o) : options_(o) {
  for (const auto* x : {"--limits.unfinished-jobs=0", "--limits.messages-per-minute=0",
                        "--limits.photos-per-hour=0", "--credits.welcome=100000",
                        "--db.lease=1500ms", "--db.heartbeat=300ms"})
    world.options.emplace_back(x);
  if (options_
        .callbacks) // longer than any task: a job whose task does not come back would be stuck
    world.options.emplace_back("--kie.orphan-grace=10min");
  for (int i = 0; i < options_.workers; ++i)
    workers_.push_back(
      {"worker-" + std::to_string(i + 1), "127.0.0.1:" + std::to_string(test::free_port())});
  world.services.post("settings", {{"kie_time", 500}, {"calls_kept", 10}});
  if (options_.runware) {
    world.variables["KIE_API_KEY"] = "";
    world.variables["RUNWARE_API_KEY"] = "runware-secret";
    world.variables["RUNWARE_API_URL"] = world.services.url() + "/runware/v1";
  }
}

window_bill window_round::play() {
  try {
    return play_on();
  } catch (const std::exception& err) { // say what hangs
    std::string jobs;
    for (const auto& row : world.db.sql("SELECT to_jsonb(j) - 'prompt' FROM jobs j "
                                        "WHERE status <> 'completed'"))
      jobs += std::string{row[0].c_str()} + '\n';
    throw std::runtime_error(err.what() + (" with\n" + jobs) + outputs());
  }
}

window_bill window_round::play_on() {
  start_bot();
  start_workers();
  order_first();
  run(*world.db.connect(), gate);
  while (bill_.kills < options_.kills)
    strike();
  bill_.tasks = tasks();
  bill_.jobs = jobs();
  bill_.adopted = world.db.number("SELECT count(*) FROM job_events WHERE what = 'task.adopted'");
  return bill_;
}

void window_round::start_bot() {
  world.start_node({R"(--cluster.nodes=[{name="bot",roles=["gateway","notifier"]}])"});
}

/// Each takes no more jobs than it is to have in its hands when it dies, so that all have some.
void window_round::start_workers() {
  for (auto& x : workers_) {
    std::vector<std::string> own{"--http.listen=" + x.address,
                                 R"(--cluster.nodes=[{name=")" + x.name
                                   + R"(",roles=["worker"],concurrency=)"
                                   + std::to_string(options_.jobs) + "}]"};
    if (options_.callbacks)
      own.push_back("--http.public-url=http://" + x.address);
    x.program = &world.launch_node(own);
  }
  for (const auto& x : workers_)
    wait_until(x.name,
               [&] { return test::web_get("http://" + x.address + "/readyz").status == 200; });
}

std::string window_round::outputs() const {
  std::string result;
  for (const auto& x : workers_)
    if (x.program)
      result += x.name + '\n' + x.program->output();
  return result;
}

/// By the bot, for the photo of all later ones.
void window_round::order_first() {
  world.order(user);
  world.expect(user, "✅ Видео готово!");
  if (options_.callbacks) // from here on tasks end when we say so
    world.services.post("settings", {{"kie_time", 3'600'000}});
}

void window_round::strike() {
  ++strikes_;
  const auto before = tasks();
  const auto lock = world.db.connect();
  run(*lock, "SELECT pg_advisory_lock(1)");
  add_bulk_jobs(world.db, user, jobs_of_a_strike(), "window", jobs());
  wait_for_window(before + jobs_of_a_strike());
  for (const auto& x : workers_) {
    x.program->kill();
    ++bill_.kills;
  }
  forget_the_dead();
  run(*lock, "SELECT pg_advisory_unlock(1)");
  start_workers();
  if (options_.callbacks)
    end_tasks(before);
  finish_all();
}

/// The provider has answered all, has fetched the photos it was told of, and every worker is about
/// to commit.
void window_round::wait_for_window(int64_t expected) {
  wait_until("workers with the answers in their hands", [&] {
    return tasks() == expected && (!options_.callbacks || photos_fetched() == expected)
           && workers_wait();
  });
}

bool window_round::workers_wait() {
  return world.db.number("SELECT count(DISTINCT a.application_name) FROM pg_locks l "
                         "JOIN pg_stat_activity a ON a.pid = l.pid "
                         "WHERE l.locktype = 'advisory' AND NOT l.granted "
                         "AND a.application_name LIKE 'neurocards worker-%' "
                         "AND a.datname = current_database()")
         == options_.workers;
}

/// What the dead workers had sent to the database would be committed after their death. That moment
/// is harmless; ours is the one before: the statement never got there.
void window_round::forget_the_dead() {
  const std::string dead = "pg_stat_activity WHERE datname = current_database() "
                           "AND application_name LIKE 'neurocards worker-%'";
  world.db.sql("SELECT pg_terminate_backend(pid) FROM " + dead);
  wait_until("the server to drop the connections of the dead",
             [&] { return world.db.number("SELECT count(*) FROM " + dead) == 0; });
}

/// By turns while the dead still hold the jobs, and when others have taken them over and wait for
/// the callbacks.
void window_round::end_tasks(int64_t first) {
  if (strikes_ % 2 == 0) {
    wait_until("the next workers to take over", [this] {
      return world.db.number("SELECT count(*) FROM jobs j JOIN nodes n ON n.incarnation = "
                             "j.claimed_by WHERE j.kie_task_id IS NULL AND n.fenced_at IS NULL")
             == jobs_of_a_strike();
    });
    bill_.waited += jobs_of_a_strike();
  }
  const auto all = world.services.get("tasks").at("tasks");
  for (auto i = static_cast<size_t>(first); i < all.size(); ++i)
    world.services.post("kie/end", {{"task", all[i].at("task")}, {"state", "success"}});
}

/// Before the next kill: a job that four workers die on without progress is given up, and rightly.
void window_round::finish_all() {
  wait_until("all videos", [this] {
    return world.db.number("SELECT count(*) FROM jobs WHERE status <> 'completed'") == 0;
  });
}

int64_t window_round::tasks() {
  if (options_.runware)
    return world.services.get("calls?service=runware&operation=videoInference")
      .at("counters")
      .value("/runware.videoInference/codes/200"_json_pointer, int64_t{0});
  return world.services.get("tasks?last=1").at("count").get<int64_t>();
}

int64_t window_round::jobs() {
  return world.db.number("SELECT count(*) FROM jobs");
}

int64_t window_round::photos_fetched() {
  const auto counters = world.services.get("calls?service=kie&operation=fetch").at("counters");
  return counters.contains("kie.fetch") ? counters.at("kie.fetch").at("total").get<int64_t>() : 0;
}

} // namespace neurocards::test::chaos
