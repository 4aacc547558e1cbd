#include "bench/simulation/figures.hpp"

#include "domain/poll_times.hpp"

#include <algorithm>

namespace neurocards::simulation {

namespace {

using namespace std::chrono_literals;

/// CPU of PostgreSQL, in ms, for one row of each statement in batches: the 0.47 ms of a life by the
/// shares of its statements (docs/performance.md). A step of a conversation costs what an order
/// does.
constexpr double step_ms = 0.127;
constexpr double transition_ms = 0.056; // a claim, an intent, a task, a completion, a retry
constexpr double prompt_ms = 0.03;
constexpr double message_ms = 0.07; // read as due, marked as sent

/// The same one by one: a job through whole programs costs 3 ms then.
constexpr double alone = 3.0 / 0.47;

constexpr double job_node_ms = 3.5; // CPU of our processes for each job
constexpr double node_mb = 48;
constexpr double task_mb = 0.005;
constexpr double conversation_mb = 0.006;
constexpr double cores = 1; // that each worker, and PostgreSQL, is asked to do with

double per_job_kinds_ms(const counts& seen) {
  return transition_ms
           * static_cast<double>(seen.claims + seen.creations + seen.created + seen.completed
                                 + seen.retried + seen.polls / 20)
         + prompt_ms * static_cast<double>(seen.claims)
         + step_ms * static_cast<double>(seen.replies + seen.orders)
         + message_ms * static_cast<double>(seen.messages)
         + transition_ms * static_cast<double>(seen.refreshes);
}

double polls_there_are(const conditions& given) {
  const auto& equipment = given.equipment;
  const auto spacing = poll_times::query_spacing(given.generation.query_budget, equipment.nodes);
  return equipment.nodes * equipment.accounts * equipment.keys_per_account / seconds(spacing);
}

} // namespace

const char* name_of(resource x) {
  constexpr std::array<const char*, resources> names{
    "new tasks of the accounts", "polls of the keys",  "messages of the bots", "scripts at once",
    "places of the workers",     "CPU of the workers", "CPU of PostgreSQL"};
  return names[static_cast<size_t>(x)];
}

const char* step_beyond(resource x) {
  constexpr std::array<const char*, resources> steps{
    "another account",
    "another key for each account, or fewer workers",
    "another bot",
    "a higher openai.concurrency, or another worker",
    "another worker",
    "another worker",
    "more cores for PostgreSQL; a read replica for reports"};
  return steps[static_cast<size_t>(x)];
}

resource figures::binds() const {
  return static_cast<resource>(std::ranges::max_element(used) - used.begin());
}

figures figures_of(const conditions& given, const counts& seen) {
  figures result;
  result.counts = seen;
  result.hours = given.measured_to - given.measured_from;
  const double time = result.hours * 3'600;
  const auto per_second = [time](uint64_t count) { return static_cast<double>(count) / time; };
  const auto& equipment = given.equipment;
  result.jobs_per_hour = static_cast<double>(seen.completed) / result.hours;
  result.creations_per_second = per_second(seen.creations);
  result.polls_per_second = per_second(seen.polls);
  result.messages_per_second = per_second(seen.messages);
  if (seen.completed > 0)
    result.messages_per_job =
      static_cast<double>(seen.messages) / static_cast<double>(seen.completed);
  result.node_cores = per_second(seen.completed) * job_node_ms / 1e3 / equipment.nodes;
  result.server_cores_merged = per_job_kinds_ms(seen) / 1e3 / time;
  result.server_cores = result.server_cores_merged * alone;
  result.node_mb = node_mb + task_mb * static_cast<double>(seen.most_on_a_node);
  result.conversations_mb =
    conversation_mb * per_second(seen.orders) * seconds(config::session{}.idle_timeout);

  const auto use = [&result](resource x, double amount, double limit) {
    result.used[static_cast<size_t>(x)] = amount / limit;
  };
  use(resource::creations, result.creations_per_second,
      given.generation.create_budget / 10.25 * equipment.accounts);
  use(resource::polls, result.polls_per_second, polls_there_are(given));
  use(resource::messages, result.messages_per_second, given.notifier.rate * 0.994 * equipment.bots);
  use(resource::scripts, seen.script_seconds / time, given.openai.concurrency * equipment.nodes);
  use(resource::places, static_cast<double>(seen.most_on_a_node), given.worker.concurrency);
  use(resource::node_cpu, result.node_cores, cores);
  use(resource::server_cpu, result.server_cores, cores);
  return result;
}

} // namespace neurocards::simulation
