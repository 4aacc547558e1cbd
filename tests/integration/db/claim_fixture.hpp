#pragma once

#include "protocol/store/nodes.hpp"
#include "protocol/store/provider.hpp"
#include "protocol/store/queue.hpp"
#include "tests/support/postgres.hpp"

namespace neurocards::test {

/// Claims and intents of a node with two accounts and two models.
struct claim_fixture : store_fixture {
  incarnation us{uuid::random()};
  std::vector<store::account> accounts{{"a", {key_fingerprint{"k1"}, key_fingerprint{"k2"}}},
                                       {"b", {key_fingerprint{"k3"}}}};

  void add_jobs(int count) {
    db.add_user(7, count);
    for (int i = 0; i < count; ++i)
      db.add_job(7, "draft:" + std::to_string(i));
  }

  store::claimed_jobs claim(incarnation node, int limit, int budget = 1000) {
    return *ask.ask(store::claim_jobs{node, limit, accounts, budget, {"m1", "m2"}});
  }

  store::record_intent intent(incarnation node, job_id job, const std::string& token,
                              int budget = 1000) {
    return {node, job, token, accounts, budget, {"m1", "m2"}};
  }
};

} // namespace neurocards::test
