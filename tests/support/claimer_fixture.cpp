#include "tests/support/claimer_fixture.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>

namespace neurocards::test {

claimer_fixture::claimer_fixture() {
  web.says("kie.recordInfo", {generating()});
}

claimer_fixture::~claimer_fixture() = default;

void claimer_fixture::start(int capacity) {
  claimer = own(sys.spawn<queue_claimer_impl>(
    claimer_config{[capacity] { return capacity; }, 2s, [this] { return provider_is_silent; }},
    job_store, context()));
  settle();
}

void claimer_fixture::lease(incarnation who) {
  caf::anon_send(claimer, lease_atom_v, who);
  settle();
}

void claimer_fixture::wake() {
  caf::anon_send(claimer, wake_atom_v);
  settle();
}

void claimer_fixture::drain() {
  own(sys.spawn([this](caf::event_based_actor* asker) {
    asker->request(claimer, caf::infinite, drain_atom_v)
      .then([this] { drained = "done"; }, [this](const caf::error&) { drained = "failed"; });
  }));
  settle();
}

node_stats claimer_fixture::stats() {
  node_stats result;
  own(sys.spawn([this, &result](caf::event_based_actor* asker) {
    asker->request(claimer, caf::infinite, stats_atom_v)
      .then([&result](const node_stats& x) { result = x; }, [](const caf::error&) {});
  }));
  settle();
  return result;
}

std::vector<claimed_job> claimer_fixture::begun(int n) {
  std::vector<claimed_job> result;
  for (int i = 0; i < n; ++i)
    result.push_back(begun_job(0s)); // no look before 15 s
  return result;
}

int claimer_fixture::in_flight() {
  return static_cast<int>(counts.in_flight().value());
}

std::vector<int> claimer_fixture::limits() const {
  std::vector<int> result;
  for (const auto& x : db.asked)
    if (const auto* claim = std::get_if<store::claim_jobs>(&x))
      result.push_back(claim->limit);
  return result;
}

} // namespace neurocards::test
