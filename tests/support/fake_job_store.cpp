#include "tests/support/fake_job_store.hpp"

#include <caf/action.hpp>
#include <caf/actor_cast.hpp>
#include <caf/send.hpp>

#include <utility>

namespace neurocards::test {

namespace {

using actor = fake_job_store::actor;

/// What the store answers: templates over all its requests, of this file alone.
struct script {
  fake_job_store& its;

  template <class Request>
  caf::result<typename Request::answer> reply(actor::pointer self, const Request& request) const {
    const std::string name{Request::traits.name};
    its.log.note(name);
    its.asked.emplace_back(request);
    if (its.failures_left > 0 && (its.out_of_reach == name || its.out_of_reach == "all")) {
      --its.failures_left;
      return caf::make_error(its.trouble, name);
    }
    if (!its.answers.holds(name))
      return answer_to(request);
    auto promise = self->make_response_promise<typename Request::answer>();
    its.answers.keep([*this, promise, request]() mutable { promise.deliver(answer_to(request)); });
    return promise;
  }

  template <class Request>
  typename Request::answer answer_to(const Request&) const {
    if constexpr (std::is_same_v<typename Request::answer, store::transition>)
      return its.lease_lost_at == Request::traits.name ? store::transition::lease_lost
                                                       : store::transition::done;
    else
      return {};
  }

  store::count answer_to(const store::release_jobs& change) const {
    return {static_cast<int>(change.jobs.size())};
  }

  store::adoption answer_to(const store::adopt_task&) const {
    store::adoption result;
    result.outcome = store::adoption::verdict::adopted;
    return result;
  }

  store::intent_outcome answer_to(const store::record_intent&) const {
    if (its.lease_lost_at == "record_intent")
      return {};
    if (its.intents.empty())
      return its.granted;
    auto result = its.intents.front();
    its.intents.pop_front();
    return result;
  }

  store::claimed_jobs answer_to(const store::claim_jobs&) const {
    store::claimed_jobs result;
    if (!its.due.empty()) {
      result.jobs = its.due.front();
      its.due.pop_front();
    }
    return result;
  }

  store::claimed_jobs answer_to(const store::held_jobs&) const {
    return {std::exchange(its.held, {})};
  }

  template <class Request>
  auto on(actor::pointer self) const {
    return [*this, self](const Request& call) { return reply(self, call); };
  }

  actor::behavior_type behavior(actor::pointer self) const {
    return fake_job_store::requests::visit(
      [*this, self]<class... Requests>() { return actor::behavior_type{on<Requests>(self)...}; });
  }
};

} // namespace

fake_job_store::fake_job_store(journal& to) : log(to) {}

fake_job_store::actor fake_job_store::start(actor_fixture& in) {
  handle =
    in.own(in.sys.spawn([this](actor::pointer self) { return script{*this}.behavior(self); }));
  return handle;
}

void fake_job_store::release() {
  for (auto& answer : answers.release())
    caf::anon_send(caf::actor_cast<caf::actor>(handle), caf::make_action(std::move(answer)));
}

} // namespace neurocards::test
