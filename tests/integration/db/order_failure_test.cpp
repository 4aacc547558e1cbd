#include "protocol/fwd.hpp"
#include "protocol/store/conversations.hpp"
#include "protocol/store/inbox.hpp"
#include "tests/integration/db/failing_statements.hpp"
#include "tests/support/postgres.hpp"

#include <doctest/doctest.h>

using namespace neurocards;
using namespace neurocards::test;
using store::order_outcome;

namespace {

/// The confirmation of an order of three videos, as a conversation hands it to the store.
store::commit_step confirmation() {
  store::commit_step result;
  result.update = update_id{1};
  result.chat = chat_id{7};
  result.who = {user_id{7}, "ann", "Ann", "en"};
  store::new_order order;
  order.draft = draft_id{uuid::random()};
  for (int i = 0; i < 3; ++i)
    order.jobs.push_back({order_template::ugc, to_string(order.draft) + ":" + std::to_string(i),
                          storage_key{"photos/a.jpg"}, R"({"product_text": "mug"})"});
  order.accepted_session = {"idle", "{}"};
  order.accepted_notifications = {{notification_kind::reply, R"({"text": "accepted"})"}};
  order.refused_session = {"awaiting_confirmation", "{}"};
  order.refused_notifications = {{notification_kind::reply, R"({"text": "no credits"})"}};
  order.repeated_notifications = {{notification_kind::reply, R"({"text": "ordered already"})"}};
  result.order = order;
  return result;
}

} // namespace

TEST_SUITE_BEGIN("integration/db/order_failure");

TEST_CASE_FIXTURE(
  store_fixture,
  "order failure: a failure at any statement of a confirmation leaves nothing behind") {
  db.add_user(7, 5);
  ask.ask(store::put_updates{{{update_id{1}, chat_id{7}, "callback_query", "{}"}}});
  failing_statements points{db};
  for (const auto* function : {"apply_steps", "decide_orders", "insert_jobs"})
    CHECK_MESSAGE(points.statements_of(function) >= 2, std::string{function});
  const auto before = points.contents();
  CHECK(before.at("updates").find("callback_query") != std::string::npos);
  const auto step = confirmation();
  int64_t failures = 0;
  for (;; ++failures) {
    CAPTURE(failures);
    points.fail_at(failures + 1);
    const auto got = ask.ask(step);
    if (points.passed() == failures) { // nothing was left to fail
      REQUIRE(got);
      CHECK(got->order == order_outcome::accepted);
      break;
    }
    REQUIRE_FALSE(got);
    REQUIRE(points.contents() == before);
  }
  // 3 jobs and 3 charges, before, after and at the commit, and the statements around them.
  CHECK(failures > 40);
  CHECK(db.number("SELECT count(*) FROM jobs WHERE status = 'queued'") == 3);
  CHECK(db.number("SELECT credits FROM users") == 2);
  CHECK(db.value("SELECT state FROM sessions") == "idle");
  CHECK(db.value("SELECT payload->>'text' FROM notifications") == "accepted");
  db.check_promises();
}

TEST_CASE_FIXTURE(
  migrated_database,
  "order failure: a failure at any statement of the published creation leaves nothing behind") {
  add_user(7, 5);
  failing_statements points{*this};
  const auto before = points.contents();
  int64_t failures = 0;
  for (;; ++failures) {
    CAPTURE(failures);
    points.fail_at(failures + 1);
    const auto code = refusal("SELECT create_job_and_consume_credit(7, 'ugc', 'k', 'p', '{}')");
    if (points.passed() == failures) { // nothing was left to fail
      REQUIRE(code.empty());
      break;
    }
    REQUIRE(code == "P0001");
    REQUIRE(points.contents() == before);
  }
  CHECK(failures > 15);
  CHECK(number("SELECT count(*) FROM jobs") == 1);
  CHECK(number("SELECT credits FROM users") == 4);
  check_promises();
}

TEST_SUITE_END();
