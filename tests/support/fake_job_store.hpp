#pragma once

#include "tests/support/actor_fixture.hpp"
#include "tests/support/journal.hpp"

#include <doctest/doctest.h>

#include <deque>
#include <variant>

namespace neurocards::test {

template <class Request>
constexpr const char* request_name = "?";
template <>
inline constexpr const char* request_name<store::claim_jobs> = "claim_jobs";
template <>
inline constexpr const char* request_name<store::held_jobs> = "held_jobs";
template <>
inline constexpr const char* request_name<store::record_prompt> = "record_prompt";
template <>
inline constexpr const char* request_name<store::record_intent> = "record_intent";
template <>
inline constexpr const char* request_name<store::record_task> = "record_task";
template <>
inline constexpr const char* request_name<store::retry_job> = "retry_job";
template <>
inline constexpr const char* request_name<store::complete_job> = "complete_job";
template <>
inline constexpr const char* request_name<store::fail_job> = "fail_job";
template <>
inline constexpr const char* request_name<store::release_jobs> = "release_jobs";
template <>
inline constexpr const char* request_name<store::add_job_event> = "add_job_event";
template <>
inline constexpr const char* request_name<store::rest_key> = "rest_key";
template <>
inline constexpr const char* request_name<store::rest_model> = "rest_model";
template <>
inline constexpr const char* request_name<store::adopt_task> = "adopt_task";

/// What the database would say to a worker. Fields are the script; `asked` is what came.
struct fake_job_store {
  using request =
    std::variant<store::claim_jobs, store::held_jobs, store::record_prompt, store::record_intent,
                 store::record_task, store::retry_job, store::complete_job, store::fail_job,
                 store::release_jobs, store::add_job_event, store::rest_key, store::rest_model,
                 store::adopt_task>;

  explicit fake_job_store(journal& to) : log(to) {}

  job_store_actor start(actor_fixture& in) {
    handle = in.own(in.sys.spawn([this](job_store_actor::pointer self) { return behavior(self); }));
    return handle;
  }

  /// The last request of a kind.
  template <class Request>
  const Request& last() const {
    const Request* result = nullptr;
    for (const auto& x : asked)
      if (const auto* match = std::get_if<Request>(&x))
        result = match;
    REQUIRE_MESSAGE(result, request_name<Request> << " was never asked");
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
  job_store_actor handle;

private:
  template <class Request>
  caf::result<typename Request::answer> reply(job_store_actor::pointer self, const Request& what) {
    const char* name = request_name<Request>;
    log.note(name);
    asked.emplace_back(what);
    if (failures_left > 0 && (out_of_reach == name || out_of_reach == "all")) {
      --failures_left;
      return caf::make_error(trouble, name);
    }
    if (!answers.holds(name))
      return answer_to(what);
    auto promise = self->make_response_promise<typename Request::answer>();
    answers.keep([this, promise, what]() mutable { promise.deliver(answer_to(what)); });
    return promise;
  }

  template <class Request>
  typename Request::answer answer_to(const Request&) {
    if constexpr (std::is_same_v<typename Request::answer, store::transition>)
      return lease_lost_at == request_name<Request> ? store::transition::lease_lost
                                                    : store::transition::done;
    else
      return {};
  }

  store::count answer_to(const store::release_jobs& what) {
    return {static_cast<int>(what.jobs.size())};
  }

  store::adoption answer_to(const store::adopt_task&) {
    store::adoption result;
    result.what = store::adoption::verdict::adopted;
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
  auto on(job_store_actor::pointer self) {
    return [this, self](const Request& what) { return reply(self, what); };
  }

  job_store_actor::behavior_type behavior(job_store_actor::pointer self) {
    return {
      on<store::claim_jobs>(self),    on<store::held_jobs>(self),   on<store::record_prompt>(self),
      on<store::record_intent>(self), on<store::record_task>(self), on<store::retry_job>(self),
      on<store::complete_job>(self),  on<store::fail_job>(self),    on<store::release_jobs>(self),
      on<store::add_job_event>(self), on<store::rest_key>(self),    on<store::rest_model>(self),
      on<store::adopt_task>(self)};
  }
};

} // namespace neurocards::test
