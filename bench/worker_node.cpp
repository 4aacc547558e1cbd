#include "bench/worker_node.hpp"

#include "actors/database.hpp"
#include "actors/health.hpp"
#include "actors/http_agent.hpp"
#include "actors/timer_wheel.hpp"
#include "base/uuid.hpp"
#include "bench/stand_ins.hpp"
#include "clients/kie.hpp"

#include <caf/actor_registry.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

namespace neurocards::bench {

namespace {

using namespace std::chrono_literals;

/// Everything that would slow a node down on purpose is out of the way.
config::all settings(const surroundings& around) {
  config::all result;
  result.kie.models = one_model();
  result.kie.poll_interval =
    std::chrono::duration_cast<decltype(result.kie.poll_interval)>(around.poll_interval);
  result.kie.create_budget = 1'000'000;
  result.kie.query_budget = 1'000'000;
  result.notifier.rate = 1e6;
  result.notifier.per_chat_rate = 1e6;
  result.worker.concurrency = 60'000;
  for (const auto* key : {"bench-key-one", "bench-key-two"})
    result.secrets.kie_accounts.push_back({secret{key}});
  result.openai.required = false;
  if (around.script_begun)
    result.secrets.openai_key = secret{"bench-key"};
  return result;
}

services services_of(caf::actor_system& sys, const test::empty_database& db,
                     const std::string& folder, const surroundings& around) {
  const auto all = settings(around);
  metrics counts{sys};
  const auto web = obliging_web(sys);
  const auto provider_url = around.provider_url.empty() ? "https://kie.bench" : around.provider_url;
  const auto to_provider =
    around.provider_url.empty() ? web : sys.spawn<http_agent_impl>(http::engine_config{});
  const auto at_once = [](const auto& task, const auto& done) { done(task()); };
  services result{
    all,
    {"bench", "127.0.0.1", 0, {node_role::worker, node_role::notifier}, 0},
    counts,
    db.config(),
    files_in(folder),
    {},
    telegram::api{"http://telegram.bench", secret{"1:x"}, 30s},
    {{kie::service(kie::api{provider_url, "https://upload.bench", 30s}), all.secrets.kie_accounts,
      std::make_shared<reachability>(), to_provider}},
    notifications::notification_config{all.kie.models, all.kie.max_attempts, 50 * 1000 * 1000, ""},
    nullptr,
    at_once,
    at_once,
    web,
    std::make_shared<reachability>(),
    obliging_web(sys),
    sys.spawn<database_impl>(db::database_config{.connection = db.config()}, counts),
    {},
    obliging_store(sys, around.script_begun),
    {},
    std::make_shared<std::atomic<int>>(0),
    std::make_shared<role_watch>(),
    [] { return true; },
    {}};
  result.in_force = changeable<config::all>{all};
  result.health = sys.spawn<health_impl>(
    health_config{"bench", "worker,notifier", "bench", 30s, 5s, {}}, result.database);
  return result;
}

std::filesystem::path fresh_folder() {
  const auto base = std::filesystem::exists("/dev/shm") ? std::filesystem::path{"/dev/shm"}
                                                        : std::filesystem::temp_directory_path();
  const auto result = base / ("neurocards-bench-" + to_string(uuid::random()));
  std::filesystem::create_directories(result);
  return result;
}

} // namespace

worker_node::worker_node(caf::actor_system& sys, const test::empty_database& db,
                         const surroundings& around)
  : folder_(fresh_folder()), sys_(sys), wheel_(start_timer_wheel(sys)),
    services_(services_of(sys, db, folder_.string(), around)) {
  roles_.resize(2);
  worker_role(sys, services_).start(roles_[0]);
  notifier_role(sys, services_).start(roles_[1]);
}

worker_node::~worker_node() {
  caf::scoped_actor self{sys_};
  for (auto& role : roles_) {
    for (const auto& actor : role.draining)
      self->request(actor, 20s, drain_atom_v).receive([] {}, [](const caf::error&) {});
    for (const auto& actor : role.others)
      caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
  }
  roles_.clear();
  for (const auto* name : {"queue_claimer", "notifier", timer_wheel::name})
    sys_.registry().erase(name);
  end_services(services_);
  wheel_ = nullptr;
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

} // namespace neurocards::bench
