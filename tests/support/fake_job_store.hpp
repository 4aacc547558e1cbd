#pragma once

#include "protocol/store/kie.hpp"
#include "protocol/store/queue.hpp"
#include "protocol/store/request_list.hpp"
#include "tests/support/actor_fixture.hpp"
#include "tests/support/journal.hpp"

#include <doctest/doctest.h>

#include <deque>
#include <variant>

namespace neurocards::test {

/// What the database would say to a worker. Fields are the script; `asked` is what came.
struct fake_job_store {
  /// What `queue_claimer` and `generation` ask.
  using requests =
    store::request_list<store::claim_jobs, store::held_jobs, store::record_prompt,
                        store::record_intent, store::record_task, store::retry_job,
                        store::complete_job, store::fail_job, store::release_jobs,
                        store::cool_down_key, store::cool_down_model, store::adopt_task>;
  using request = requests::apply<std::variant>;
  using actor = requests::apply<store_actor>;

  explicit fake_job_store(journal& to) : log(to) {}

  actor start(actor_fixture& in) {
    handle = in.own(in.sys.spawn([this](actor::pointer self) { return behavior(self); }));
    return handle;
  }

  /// The last request of a kind.
  template <class Request>
  const Request& last() const {
    const Request* result = nullptr;
    for (const auto& x : asked)
      if (const auto* match = std::get_if<Request>(&x))
        result = match;
    REQUIRE_MESSAGE(result, Request::traits.name << " was never asked");
    return *result;
  }

  /// Answers what was kept back.
  void release() {
    for (auto& answer : answers.release())
      caf::anon_send(caf::actor_cast<caf::actor>(handle), caf::make_action(std::move(answer)));
  }

  journal& log;
  std::vector<request> asked;
  std::string out_of_reach;     // name of requests that fail for now; "all" for every one
  ec trouble = ec::unavailable; // how they fail
  int failures_left = 0;        // how many more
  std::string lease_lost_at;    // name of the request that is told so
  std::deque<store::intent_outcome> intents; // empty: granted
  store::intent_outcome granted;
  std::deque<std::vector<claimed_job>> due; // one entry per claim; empty: nothing is due
  bool more = false;
  std::vector<claimed_job> held;
  brake answers;
  actor handle;

private:
  template <class Request>
  caf::result<typename Request::answer> reply(actor::pointer self, const Request& call) {
    const std::string name{Request::traits.name};
    log.note(name);
    asked.emplace_back(call);
    if (failures_left > 0 && (out_of_reach == name || out_of_reach == "all")) {
      --failures_left;
      return caf::make_error(trouble, name);
    }
    if (!answers.holds(name))
      return answer_to(call);
    auto promise = self->make_response_promise<typename Request::answer>();
    answers.keep([this, promise, call]() mutable { promise.deliver(answer_to(call)); });
    return promise;
  }

  template <class Request>
  typename Request::answer answer_to(const Request&) {
    if constexpr (std::is_same_v<typename Request::answer, store::transition>)
      return lease_lost_at == Request::traits.name ? store::transition::lease_lost
                                                   : store::transition::done;
    else
      return {};
  }

  store::count answer_to(const store::release_jobs& change) {
    return {static_cast<int>(change.jobs.size())};
  }

  store::adoption answer_to(const store::adopt_task&) {
    store::adoption result;
    result.outcome = store::adoption::verdict::adopted;
    return result;
  }

  store::intent_outcome answer_to(const store::record_intent&) {
    if (lease_lost_at == "record_intent")
      return {};
    if (intents.empty())
      return granted;
    auto result = intents.front();
    intents.pop_front();
    return result;
  }

  store::claimed_jobs answer_to(const store::claim_jobs&) {
    store::claimed_jobs result;
    if (!due.empty()) {
      result.jobs = due.front();
      due.pop_front();
    }
    result.more = more;
    return result;
  }

  store::claimed_jobs answer_to(const store::held_jobs&) {
    return {std::exchange(held, {}), false};
  }

  template <class Request>
  auto on(actor::pointer self) {
    return [this, self](const Request& sent) { return reply(self, sent); };
  }

  actor::behavior_type behavior(actor::pointer self) {
    return requests::visit(
      [this, self]<class... Requests>() { return actor::behavior_type{on<Requests>(self)...}; });
  }
};

} // namespace neurocards::test
