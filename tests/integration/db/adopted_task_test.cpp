#include "tests/integration/db/claim_fixture.hpp"

#include <doctest/doctest.h>

using namespace neurocards;
using namespace neurocards::test;
using namespace std::chrono_literals;
using verdict = store::intent_outcome::verdict;

TEST_SUITE_BEGIN("integration/db/adopted_task");

TEST_CASE_FIXTURE(
  claim_fixture,
  "adopted task: a job that waits for its next try takes back a task KIE made after all") {
  using adoption = store::adoption::verdict;
  add_jobs(1);
  const auto job = claim(us, 1).jobs.at(0).id;
  const auto first = *ask.ask(intent(us, job, "t1"));
  ask.ask(store::retry_job{us, job, {}, 1h, true, true, true});
  CHECK(ask.ask(store::adopt_task{"t1", task_id{"task-1"}})->outcome == adoption::adopted);
  CHECK(ask.ask(store::late_tasks{})->tasks.empty());
  CHECK(*ask.ask(store::give_video{"t1", storage_key{"videos/late.mp4"}, 9})
        == store::transition::lease_lost);
  const auto again = claim(us, 1).jobs.at(0); // at once, whatever the pause was
  CHECK(again.task.value == "task-1");
  CHECK(again.key == first.key);
  CHECK(again.model == first.model);
  CHECK(again.attempts == 1);
  // Also a job that was claimed for the next try and has announced nothing yet.
  ask.ask(store::retry_job{us, job, {}, 0ms, true, true, true});
  CHECK(claim(us, 1).jobs.at(0).attempts == 2);
  CHECK(ask.ask(store::adopt_task{"t1", task_id{"task-1"}})->outcome == adoption::adopted);
  CHECK(ask.ask(intent(us, job, "t2"))->outcome == verdict::lease_lost);
}

TEST_CASE_FIXTURE(claim_fixture,
                  "adopted task: a callback's task is adopted, known, late or unknown") {
  using adoption = store::adoption::verdict;
  add_jobs(1);
  const auto job = claim(us, 1).jobs.at(0).id;
  ask.ask(intent(us, job, "t1"));
  CHECK(ask.ask(store::adopt_task{"nobody", task_id{"x"}})->outcome == adoption::unknown);
  const auto adopted = *ask.ask(store::adopt_task{"t1", task_id{"task-1"}});
  CHECK(adopted.outcome == adoption::adopted);
  CHECK(adopted.job == job);
  CHECK(db.number("SELECT count(*) FROM notifications WHERE kind = 'job_started'") == 1);
  CHECK(ask.ask(store::adopt_task{"t1", task_id{"task-1"}})->outcome == adoption::known);
  CHECK(*ask.ask(store::record_task{us, job, task_id{"task-1"}}) == store::transition::done);
  // The task ended badly, and the job begins anew: its late callback changes nothing.
  ask.ask(store::retry_job{us, job, {}, 0ms, true, true});
  CHECK(ask.ask(store::adopt_task{"t1", task_id{"task-1"}})->outcome == adoption::late);
  CHECK(db.number("SELECT count(*) FROM jobs WHERE kie_task_id IS NULL") == 1);
  // Of the second creation nobody knew the outcome, and the job went on to a third.
  claim(us, 1);
  ask.ask(intent(us, job, "t2"));
  ask.ask(intent(us, job, "t3"));
  CHECK(ask.ask(store::adopt_task{"t2", task_id{"task-2"}})->outcome == adoption::late);
  const auto late = ask.ask(store::late_tasks{})->tasks;
  REQUIRE(late.size() == 1);
  CHECK(late[0].token == "t2");
  CHECK(late[0].task.value == "task-2");
  CHECK(*ask.ask(store::give_video{"t2", storage_key{"videos/late.mp4"}, 9})
        == store::transition::done);
  CHECK(*ask.ask(store::give_video{"t2", storage_key{"videos/late.mp4"}, 9})
        == store::transition::lease_lost);
  CHECK(db.number("SELECT count(*) FROM notifications WHERE kind = 'gift_video'") == 1);
  CHECK(ask.ask(store::late_tasks{})->tasks.empty());
  db.check_promises();
}

TEST_CASE_FIXTURE(claim_fixture, "adopted task: a task whose creation was under way when an "
                                 "operator stepped in brings a late video") {
  using adoption = store::adoption::verdict;
  add_jobs(1);
  const auto job = claim(us, 1).jobs.at(0).id;
  ask.ask(intent(us, job, "t1"));
  db.sql("SELECT operator_retry_job('" + to_string(job) + "')");
  claim(us, 1);
  ask.ask(intent(us, job, "t2"));
  CHECK(ask.ask(store::adopt_task{"t1", task_id{"task-1"}})->outcome == adoption::late);
  db.sql("SELECT operator_fail_job('" + to_string(job) + "', 'by hand')");
  CHECK(ask.ask(store::adopt_task{"t2", task_id{"task-2"}})->outcome == adoption::late);
  CHECK(ask.ask(store::late_tasks{})->tasks.size() == 2);
  for (const auto* token : {"t1", "t2"})
    CHECK(*ask.ask(store::give_video{token, storage_key{"videos/late.mp4"}, 9})
          == store::transition::done);
  db.check_promises();
}

TEST_CASE_FIXTURE(
  claim_fixture, "adopted task: a task that outlived its poll time is polled until it is settled") {
  add_jobs(1);
  const auto job = claim(us, 1).jobs.at(0).id;
  ask.ask(intent(us, job, "t1"));
  ask.ask(store::record_task{us, job, task_id{"task-1"}});
  ask.ask(store::retry_job{us, job, {}, 0ms, true, true, true});
  CHECK(ask.ask(store::late_tasks{})->tasks.size() == 1);
  CHECK(*ask.ask(store::settle_task{"t1"}) == store::transition::done);
  CHECK(ask.ask(store::late_tasks{})->tasks.empty());
}

TEST_SUITE_END();
