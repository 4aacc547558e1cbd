#include "protocol/store/kie.hpp"
#include "protocol/store/outages.hpp"
#include "protocol/store/queue.hpp"
#include "tests/support/postgres.hpp"

#include <doctest/doctest.h>

using namespace neurocards;
using namespace neurocards::testing;

namespace {

/// The error is the one for a person to act on, and names the word.
template <class Answer>
void check_refused(const caf::expected<Answer>& answer) {
  REQUIRE(!answer);
  CHECK(answer.error() == ec::misconfigured);
  CHECK(to_string(answer.error()).find("someday") != std::string::npos);
}

} // namespace

TEST_CASE_FIXTURE(store_fixture, "words: an unknown verdict on a task is an error, not a verdict") {
  db.sql("CREATE OR REPLACE FUNCTION adopt_task(p_token text, p_task text) "
         "RETURNS TABLE(verdict text, job_id uuid, holder uuid) LANGUAGE sql AS "
         "$$ SELECT 'someday', NULL::uuid, NULL::uuid $$");
  check_refused(ask.ask(store::adopt_task{"token", kie_task_id{"task"}}));
}

TEST_CASE_FIXTURE(store_fixture, "words: an unknown verdict on an intent is an error") {
  db.sql(
    "CREATE OR REPLACE FUNCTION record_intents("
    "p_jobs uuid[], p_nodes uuid[], p_tokens text[], p_keys text[], p_accounts text[], "
    "p_budget int, p_models text[], p_claims int[] DEFAULT NULL, p_photos text[] DEFAULT NULL, "
    "p_photo_ages_ms bigint[] DEFAULT NULL) "
    "RETURNS TABLE(pos bigint, verdict text, key text, model text, wait_ms bigint) "
    "LANGUAGE sql AS $$ SELECT 1::bigint, 'someday', '', '', 0::bigint $$");
  check_refused(ask.ask(store::record_intent{}));
}

TEST_CASE_FIXTURE(store_fixture, "words: an unknown origin of a failure is an error") {
  db.sql("CREATE OR REPLACE FUNCTION report_failures(p_provider text, p_watcher uuid, "
         "p_reached boolean, p_stages text[], p_jobs uuid[], p_users bigint[], p_reason text, "
         "p_lease interval) RETURNS text LANGUAGE sql AS $$ SELECT 'someday' $$");
  check_refused(ask.ask(store::report_failures{}));
}
