#include "bench/simulation/installation.hpp"

#include "domain/poll_times.hpp"

namespace neurocards::simulation {

namespace {

using namespace std::chrono_literals;

constexpr time_point midnight{1000h}; // whole slots of the budgets begin with it

time_point time_of(double hour) {
  return midnight + from_seconds(hour * 3'600);
}

} // namespace

installation::installation(const conditions& given)
  : given_(given), chance_(given.seed), now_(time_of(given.from_hour)),
    end_(time_of(given.from_hour + given.hours)), counted_from_(time_of(given.measured_from)),
    counted_to_(time_of(given.measured_to)),
    keys_(given.equipment, given.services, given.generation.create_budget),
    claims_(given.generation.create_budget * given.equipment.accounts),
    query_spacing_(
      poll_times::query_spacing(given.generation.query_budget, given.equipment.nodes)) {
  for (int i = 0; i < given.equipment.bots; ++i) {
    bots_.emplace_back(given.notifier.rate, given.notifier.per_chat_rate);
    open_orders_.emplace_back();
  }
  nodes_.resize(static_cast<size_t>(given.equipment.nodes));
  for (auto& x : nodes_)
    x.free_from.resize(keys_.count());
}

double installation::hour_of(time_point time) const {
  return seconds(time - midnight) / 3'600;
}

figures installation::run() {
  for (uint32_t i = 0; i < bots_.size(); ++i) {
    plan_visit(i);
    if (given_.equipment.refreshes)
      plan(0s, happening::progress_checked, i);
  }
  for (uint32_t i = 0; i < nodes_.size(); ++i)
    plan(0s, happening::node_claims, i);
  while (!agenda_.empty()) {
    const auto next = agenda_.take();
    if (next.when >= end_)
      break;
    now_ = next.when;
    happen(next);
  }
  return figures_of(given_, counts_);
}

void installation::happen(const event& x) {
  switch (x.kind) {
    case happening::user_comes:
      return come(x.subject);
    case happening::user_acts:
      return act(x.subject);
    case happening::bot_may_send:
      return send(x.subject);
    case happening::message_answered:
      return end_of_message(x.subject);
    case happening::node_claims: {
      plan(with_jitter(given_.worker.claim_interval * 9 / 10, random()), happening::node_claims,
           x.subject);
      return claim(x.subject);
    }
    case happening::job_due:
      return enqueue(x.subject);
    case happening::script_written:
      return end_script(x.subject);
    case happening::creation_tried:
      return try_creation(x.subject);
    case happening::creation_answered:
      return end_creation(x.subject);
    case happening::poll_due:
      return poll(x.subject);
    case happening::poll_answered:
      return end_poll(x.subject);
    case happening::video_kept:
      return end_job(x.subject, true);
    case happening::progress_checked:
      return check_progress(x.subject);
  }
}

} // namespace neurocards::simulation
