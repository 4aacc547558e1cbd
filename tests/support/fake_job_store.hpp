#pragma once

#include "protocol/store/provider.hpp"
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

  explicit fake_job_store(journal& to);
  actor start(actor_fixture& in);

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
  void release();

  journal& log;
  std::vector<request> asked;
  std::string out_of_reach;     // name of requests that fail for now; "all" for every one
  ec trouble = ec::unavailable; // how they fail
  int failures_left = 0;        // how many more
  std::string lease_lost_at;    // name of the request that is told so
  std::deque<store::intent_outcome> intents; // empty: granted
  store::intent_outcome granted;
  std::deque<std::vector<claimed_job>> due; // one entry per claim; empty: nothing is due
  std::vector<claimed_job> held;
  brake answers;
  actor handle;
};

} // namespace neurocards::test
