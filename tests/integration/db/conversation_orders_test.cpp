#include "tests/integration/db/conversation_steps.hpp"

#include <map>

#include <doctest/doctest.h>

using namespace neurocards;
using namespace neurocards::test;
using namespace std::chrono_literals;
using store::order_outcome;

TEST_SUITE_BEGIN("integration/db/conversation_orders");

TEST_CASE_FIXTURE(
  conversation_fixture,
  "conversation store: welcome credits come once, whatever the version of the terms") {
  for (const auto* version : {"v1", "v2"}) {
    auto x = step();
    x.agreed = store::consent{version, 2};
    ask.ask(x);
  }
  CHECK(db.number("SELECT credits FROM users") == 2);
  CHECK(db.value("SELECT terms_version FROM users") == "v2");
  db.check_promises();
}

TEST_CASE_FIXTURE(conversation_fixture,
                  "conversation store: an order creates all jobs of its draft, or none") {
  auto rich = step();
  rich.agreed = store::consent{"v1", 4};
  ask.ask(rich);
  auto x = step();
  x.order = order(draft_id{uuid::random()}, 3);
  const auto accepted = *ask.ask(x);
  CHECK(accepted.order == order_outcome::accepted);
  CHECK(accepted.credits == 1);
  CHECK(db.number("SELECT count(*) FROM jobs WHERE status = 'queued'") == 3);
  CHECK(db.value("SELECT state FROM sessions") == "idle");
  auto y = step();
  y.order = order(draft_id{uuid::random()}, 3);
  const auto refused = *ask.ask(y);
  CHECK(refused.applied);
  CHECK(refused.order == order_outcome::insufficient);
  CHECK(refused.credits == 1);
  CHECK(db.number("SELECT count(*) FROM jobs") == 3);
  CHECK(db.value("SELECT state FROM sessions") == "awaiting_confirmation");
  CHECK(texts() == "accepted {balance},no credits");
  db.check_promises();
}

TEST_CASE_FIXTURE(conversation_fixture,
                  "conversation store: pressing twice orders once, in one batch and in two") {
  auto rich = step();
  rich.agreed = store::consent{"v1", 10};
  ask.ask(rich);
  const draft_id draft{uuid::random()};
  std::vector<std::future<caf::expected<store::step_outcome>>> asked;
  for (int i = 0; i < 4; ++i) {
    auto x = step();
    x.order = order(draft, 2);
    asked.push_back(ask.start(x));
  }
  std::map<order_outcome, int> outcomes;
  for (auto& x : asked)
    ++outcomes[x.get()->order];
  CHECK(outcomes[order_outcome::accepted] == 1);
  CHECK(outcomes[order_outcome::repeated] == 3);
  CHECK(db.number("SELECT count(*) FROM jobs") == 2);
  CHECK(db.number("SELECT credits FROM users") == 8);
  db.check_promises();
}

TEST_CASE_FIXTURE(
  conversation_fixture,
  "conversation store: orders of one user in one batch share his balance in their order") {
  auto rich = step();
  rich.agreed = store::consent{"v1", 5};
  ask.ask(rich);
  std::vector<store::commit_step> steps;
  for (int i = 0; i < 3; ++i) {
    steps.push_back(step());
    steps.back().order = order(draft_id{uuid::random()}, i == 1 ? 5 : 2);
  }
  const auto outcomes = commit_together(steps);
  CHECK(outcomes[0]->order == order_outcome::accepted);
  CHECK(outcomes[1]->order == order_outcome::insufficient);
  CHECK(outcomes[2]->order == order_outcome::accepted);
  CHECK(db.number("SELECT credits FROM users") == 1);
  CHECK(texts() == "accepted {balance},no credits,accepted {balance}");
  db.check_promises();
}

TEST_CASE_FIXTURE(
  conversation_fixture,
  "conversation store: orders of one user on two nodes at once spend no credit twice") {
  auto rich = step();
  rich.agreed = store::consent{"v1", 3};
  ask.ask(rich);
  const auto blocker = db.connect();
  pqxx::work lock{*blocker};
  lock.exec("SELECT FROM users FOR UPDATE");
  std::vector<std::unique_ptr<lanes>> nodes;
  std::vector<std::future<caf::expected<store::step_outcome>>> asked;
  for (const int64_t chat : {7, -70}) {
    nodes.push_back(
      std::make_unique<lanes>(db::database_config{.connection = db.config(), .lock_wait = 10s}));
    auto x = step();
    x.update = put(chat);
    x.chat = chat_id{chat};
    x.order = order(draft_id{uuid::random()}, 2);
    asked.push_back(nodes.back()->start(x));
    REQUIRE(eventually([&] {
      return static_cast<size_t>(db.number("SELECT count(*) FROM pg_stat_activity WHERE datname = "
                                           "current_database() AND wait_event_type = 'Lock'"))
             == asked.size();
    }));
  }
  lock.commit();
  std::map<order_outcome, int> outcomes;
  for (auto& x : asked)
    ++outcomes[x.get()->order];
  CHECK(outcomes[order_outcome::accepted] == 1);
  CHECK(outcomes[order_outcome::insufficient] == 1);
  CHECK(db.number("SELECT credits FROM users") == 1);
  CHECK(db.number("SELECT count(*) FROM jobs") == 2);
  db.check_promises();
}

TEST_CASE_FIXTURE(conversation_fixture, "conversation store: a payment brings its credits once") {
  for (int i = 0; i < 2; ++i) {
    auto x = step();
    x.bought = store::purchase{"charge-1", 10, "XTR", 500, "pack:10", {{{}, R"({"n": 1})"}}};
    CHECK(ask.ask(x)->credits == 10);
  }
  CHECK(db.number("SELECT count(*) FROM credit_ledger l, notifications WHERE l.kind = 'purchase'")
        == 1); // and it was thanked for once
  CHECK(db.value("SELECT fresh FROM record_purchase(7, 'charge-1', 10, 'XTR', 500)") == "f");
  CHECK(db.value("SELECT fresh FROM record_purchase(7, 'charge-2', 1, 'XTR', 50)") == "t");
  CHECK(db.refusal("SELECT record_purchase(8, 'charge-3', 1, 'XTR', 50)") == "NC002");
  db.check_promises();
}

TEST_CASE_FIXTURE(conversation_fixture,
                  "conversation store: a payment without credits is written down once") {
  auto x = step();
  x.bought = store::purchase{"charge-1", 0, "XTR", 77, "gold"};
  CHECK(ask.ask(x)->applied);
  auto again = step();
  again.bought = x.bought;
  CHECK(ask.ask(again)->applied);
  CHECK(db.value("SELECT credits || ' ' || amount || ' ' || payload FROM payments") == "0 77 gold");
  CHECK(db.number("SELECT count(*) FROM credit_ledger") == 0);
  db.check_promises();
}

TEST_SUITE_END();
