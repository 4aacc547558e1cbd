#include "protocol/store/conversations.hpp"
#include "protocol/store/nodes.hpp"
#include "protocol/store/outages.hpp"
#include "protocol/store/outbox.hpp"
#include "protocol/store/provider.hpp"
#include "protocol/store/queue.hpp"
#include "tests/support/postgres.hpp"

#include <doctest/doctest.h>

using namespace neurocards;
using namespace neurocards::test;

namespace {

/// The error is the one for a person to act on, and names the word.
template <class Answer>
void check_refused(const caf::expected<Answer>& answer) {
  REQUIRE(!answer);
  CHECK(answer.error() == ec::misconfigured);
  CHECK(to_string(answer.error()).find("someday") != std::string::npos);
}

} // namespace

TEST_SUITE_BEGIN("integration/db/unknown_word");

TEST_CASE_FIXTURE(store_fixture, "words: an unknown verdict on a task is an error, not a verdict") {
  db.sql("CREATE OR REPLACE FUNCTION adopt_task(p_token text, p_task text) "
         "RETURNS TABLE(verdict text, job_id uuid, holder uuid) LANGUAGE sql AS "
         "$$ SELECT 'someday', NULL::uuid, NULL::uuid $$");
  check_refused(ask.ask(store::adopt_task{"token", task_id{"task"}}));
}

TEST_CASE_FIXTURE(store_fixture, "words: an unknown verdict on an intent is an error") {
  db.sql(
    "CREATE OR REPLACE FUNCTION record_intents("
    "p_jobs uuid[], p_nodes uuid[], p_tokens text[], p_keys text[], p_accounts text[], "
    "p_budget int, p_models text[], p_claims int[] DEFAULT NULL, p_photos text[] DEFAULT NULL, "
    "p_photo_ages_ms bigint[] DEFAULT NULL, p_key_providers text[] DEFAULT NULL, "
    "p_model_providers text[] DEFAULT NULL, p_prepared text[] DEFAULT NULL) "
    "RETURNS TABLE(pos bigint, verdict text, key text, model text, wait_ms bigint, provider text) "
    "LANGUAGE sql AS $$ SELECT 1::bigint, 'someday', '', '', 0::bigint, '' $$");
  check_refused(ask.ask(store::record_intent{}));
}

TEST_CASE_FIXTURE(store_fixture, "words: an unknown origin of a failure is an error") {
  db.sql("CREATE OR REPLACE FUNCTION report_failures(p_provider text, p_watcher uuid, "
         "p_reached boolean, p_stages text[], p_jobs uuid[], p_users bigint[], p_reason text, "
         "p_lease interval) RETURNS text LANGUAGE sql AS $$ SELECT 'someday' $$");
  check_refused(ask.ask(store::report_failures{}));
}

TEST_CASE_FIXTURE(store_fixture, "words: an unknown kind of message hides no other one") {
  db.sql("INSERT INTO notifications (chat_id, kind) VALUES (1, 'reply'), (1, 'someday'), (2, "
         "'job_started')");
  const auto page = ask.ask(store::due_notifications{});
  REQUIRE(page);
  REQUIRE(page->notifications.size() == 2);
  CHECK(page->notifications[0].kind == notification_kind::reply);
  CHECK(page->notifications[1].kind == notification_kind::job_started);
  REQUIRE(page->foreign.size() == 1);
  CHECK(page->foreign[0].kind == "someday");
  // What a notifier does with it: the newer node finds it when it is due.
  ask.ask(store::defer_notification{page->foreign[0].id, std::chrono::minutes{1}, "unknown", true});
  CHECK(ask.ask(store::due_notifications{})->foreign.empty());
  db.sql("UPDATE notifications SET run_at = now()");
  CHECK(ask.ask(store::due_notifications{})->foreign.size() == 1);
}

TEST_CASE_FIXTURE(store_fixture, "words: a job of an unknown status hides no other one") {
  db.add_user(7, 2);
  db.add_job(7, "one");
  const auto known = db.add_job(7, "two");
  db.sql("ALTER FUNCTION job_summaries(bigint[], int[], uuid[], int[]) RENAME TO true_summaries");
  db.sql("CREATE FUNCTION job_summaries(p_users bigint[], p_limits int[], p_jobs uuid[], "
         "p_skipped int[]) RETURNS TABLE(pos bigint, again boolean, id uuid, status text, "
         "template_type text, product_name "
         "text, product_text text, user_prompt text, extra_wishes text, photo text, created_at "
         "timestamptz, waits boolean, has_video boolean) LANGUAGE sql AS $$ SELECT s.pos, s.again, "
         "s.id, CASE WHEN s.id = '"
         + known
         + "' THEN s.status ELSE 'someday' END, s.template_type, s.product_name, s.product_text, "
           "s.user_prompt, s.extra_wishes, s.photo, s.created_at, s.waits, s.has_video "
           "FROM true_summaries(p_users, p_limits, p_jobs, p_skipped) s $$");
  const auto view = ask.ask(store::load_conversation{.update = {},
                                                     .chat = chat_id{7},
                                                     .user = user_id{7},
                                                     .history = 5,
                                                     .skipped = 0,
                                                     .ledger = 0,
                                                     .job = {}});
  REQUIRE(view);
  REQUIRE(view->history.size() == 1);
  CHECK(to_string(view->history[0].id) == known);
  CHECK(view->history[0].status == job_status::queued);
}

TEST_CASE_FIXTURE(store_fixture, "words: a movement of an unknown kind hides no other one") {
  db.add_user(7, 2);
  db.sql("ALTER TABLE credit_ledger DROP CONSTRAINT ledger_kind_is_known");
  db.sql("INSERT INTO credit_ledger (tg_user_id, kind, amount) VALUES (7, 'someday', 1), "
         "(7, 'purchase', 5)");
  const auto view = ask.ask(store::load_conversation{.update = {},
                                                     .chat = chat_id{7},
                                                     .user = user_id{7},
                                                     .history = 0,
                                                     .skipped = 0,
                                                     .ledger = 2,
                                                     .job = {}});
  REQUIRE(view);
  REQUIRE(view->ledger.size() == 1);
  CHECK(view->ledger[0].kind == ledger_kind::purchase);
  CHECK(view->ledger[0].amount == 5);
}

TEST_CASE_FIXTURE(store_fixture, "words: an order of an unknown template is a commercial") {
  db.add_user(7, 1);
  const auto job = db.add_job(7, "one");
  db.sql("UPDATE jobs SET template_type = 'someday'");
  const incarnation node{uuid::random()};
  ask.ask(store::heartbeat{node, "w", "worker", "1", "{}"});
  const auto claimed =
    ask.ask(store::claim_jobs{node, 5, {{"a", {key_fingerprint{"k1"}}}}, 20, {"m"}});
  REQUIRE(claimed);
  REQUIRE(claimed->jobs.size() == 1);
  CHECK(to_string(claimed->jobs[0].id) == job);
  CHECK(claimed->jobs[0].template_type == order_template::ad);
}

TEST_SUITE_END();
