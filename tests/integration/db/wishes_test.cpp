#include "protocol/store/conversations.hpp"
#include "protocol/store/inbox.hpp"
#include "tests/integration/db/conversation_steps.hpp"

#include <thread>

#include <doctest/doctest.h>

// What users do with their orders afterwards, and how many they may have in the making.

using namespace neurocards;
using namespace neurocards::test;
using store::order_outcome;

namespace {

constexpr const char* node = "00000000-0000-4000-8000-000000000001";

struct wishes_fixture : step_fixture {
  order_outcome take_back(const std::string& job, int64_t user = 7) {
    auto x = step(user);
    x.cancelled = store::cancellation{job_id{*uuid::parse(job)},
                                      {{notification_kind::reply, R"({"text": "too late"})"}}};
    return ask.ask(x)->order;
  }

  void send_again(const std::string& job, int64_t user = 7) {
    auto x = step(user);
    x.resent = job_id{*uuid::parse(job)};
    CHECK(ask.ask(x)->applied);
  }

  void claim_all() { db.sql("SELECT claim_jobs('" + std::string{node} + "', 1000)"); }

  /// A job that has its video, which was sent.
  std::string completed_job() {
    const auto job = db.add_job(7, "draft:" + std::to_string(++last_update));
    claim_all();
    db.sql("SELECT complete_jobs(ARRAY['" + job + "'::uuid], ARRAY['" + node
           + "'::uuid], '{videos/a.mp4}', '{1000}')");
    db.sql("SELECT mark_sent(array_agg(id), '{55}', '{BAAC-1}') FROM notifications WHERE job_id = '"
           + job + "'");
    return job;
  }

  int64_t waiting_videos() {
    return db.number(
      "SELECT count(*) FROM notifications WHERE kind = 'job_done' AND sent_at IS NULL");
  }
};

} // namespace

TEST_SUITE_BEGIN("integration/db/wishes");

TEST_CASE_FIXTURE(wishes_fixture, "wishes: a job that waits is taken back once, with its credit") {
  db.add_user(7, 1);
  db.add_user(8, 1);
  const auto job = db.add_job(7, "draft:0");
  CHECK(take_back(job, 8) == order_outcome::too_late); // not his
  CHECK(db.number("SELECT credits FROM users WHERE tg_user_id = 7") == 0);
  CHECK(take_back(job) == order_outcome::cancelled);
  CHECK(take_back(job) == order_outcome::too_late);
  CHECK(db.number("SELECT credits FROM users WHERE tg_user_id = 7") == 1);
  CHECK(db.value("SELECT status || ' ' || (error_details->>'class') FROM jobs")
        == "failed CANCELLED");
  CHECK(db.number("SELECT count(*) FROM notifications WHERE job_id = '" + job
                  + "' AND kind = 'job_failed' AND (payload->>'cancelled')::boolean")
        == 1);
  CHECK(db.number("SELECT count(*) FROM notifications WHERE payload->>'text' = 'too late'") == 2);
  db.check_promises();
}

TEST_CASE_FIXTURE(wishes_fixture, "wishes: what KIE works on, or may work on, is not taken back") {
  db.add_user(7, 3);
  const auto job = db.add_job(7, "draft:0");
  claim_all();
  CHECK(take_back(job) == order_outcome::too_late);
  const std::string fence = "(ARRAY[id], ARRAY[claimed_by], ";
  db.sql("SELECT record_intents" + fence + "'{token}', '{k}', '{a}', 1000, '{m}') FROM jobs");
  db.sql("SELECT release_jobs('" + std::string{node} + "')");
  CHECK(take_back(job) == order_outcome::too_late); // its creation may still be answered
  claim_all();
  db.sql("SELECT record_tasks" + fence + "'{task}') FROM jobs");
  db.sql("SELECT release_jobs('" + std::string{node} + "')");
  CHECK(take_back(job) == order_outcome::too_late);
  CHECK(db.value("SELECT status FROM jobs") == "queued");
  db.check_promises();
}

TEST_CASE_FIXTURE(wishes_fixture, "wishes: of a claim and a cancellation one wins, for every job") {
  constexpr int count = 60;
  db.add_user(7, count);
  std::vector<std::string> jobs;
  for (int i = 0; i < count; ++i)
    jobs.push_back(db.add_job(7, "draft:" + std::to_string(i)));
  std::thread claimer{[&] {
    const auto on = db.connect();
    for (int i = 0; i < count; ++i)
      pqxx::nontransaction{*on}.exec("SELECT claim_jobs('" + std::string{node} + "', 1)");
  }};
  int cancelled = 0;
  for (auto job = jobs.rbegin(); job != jobs.rend(); ++job)
    cancelled += take_back(*job) == order_outcome::cancelled;
  claimer.join();
  CHECK(db.number("SELECT count(*) FROM jobs WHERE status = 'failed'") == cancelled);
  CHECK(db.number("SELECT count(*) FROM jobs WHERE status = 'processing'") == count - cancelled);
  CHECK(db.number("SELECT credits FROM users WHERE tg_user_id = 7") == cancelled);
  db.check_promises();
}

TEST_CASE_FIXTURE(wishes_fixture, "wishes: a video is sent again, not twice at a time") {
  db.add_user(7, 1);
  db.add_user(8, 1);
  const auto job = completed_job();
  CHECK(waiting_videos() == 0);
  send_again(job, 8); // not his
  CHECK(waiting_videos() == 0);
  send_again(job);
  send_again(job);
  CHECK(waiting_videos() == 1);
  CHECK(db.number("SELECT count(*) FROM job_events WHERE what = 'sent_again'") == 1);
  CHECK(db.value("SELECT video_file_id FROM due_notices(10) WHERE kind = 'job_done'") == "BAAC-1");
  db.check_promises();
  // So it is when both presses are in one transaction.
  db.sql("UPDATE notifications SET sent_at = now()");
  db.sql("SELECT wishes_of_users('{0,0}', '{t,t}', '{7,7}', '{}', '{}', '{1,2}', ARRAY[id, id]) "
         "FROM jobs");
  CHECK(waiting_videos() == 1);
  CHECK(db.number("SELECT count(*) FROM job_events WHERE what = 'sent_again'") == 2);
  // Swept in the meantime, it is written anew.
  db.sql("DELETE FROM notifications");
  send_again(job);
  CHECK(waiting_videos() == 1);
}

TEST_CASE_FIXTURE(wishes_fixture, "wishes: the history tells what can be done, page by page") {
  db.add_user(7, 5);
  const auto made = completed_job();
  const auto flying = db.add_job(7, "draft:1");
  claim_all();
  const auto waiting = db.add_job(7, "draft:2");
  store::load_conversation question;
  question.chat = chat_id{7};
  question.user = user_id{7};
  question.history = 2;
  const auto first = *ask.ask(question);
  REQUIRE(first.history.size() == 2);
  CHECK(to_string(first.history[0].id) == waiting);
  CHECK(first.history[0].waits);
  CHECK_FALSE(first.history[0].has_video);
  CHECK(to_string(first.history[1].id) == flying);
  CHECK_FALSE(first.history[1].waits);
  question.skipped = 2;
  const auto second = *ask.ask(question);
  REQUIRE(second.history.size() == 1);
  CHECK(to_string(second.history[0].id) == made);
  CHECK(second.history[0].has_video);
  // Gone from our storage, Telegram still has it; without Telegram's id there is none.
  db.sql(
    "INSERT INTO old_files (key, tg_user_id, since, taken_at) VALUES ('videos/a.mp4', 7, now(), "
    "now())");
  CHECK(ask.ask(question)->history[0].has_video);
  db.sql("UPDATE jobs SET video_file_id = NULL");
  CHECK_FALSE(ask.ask(question)->history[0].has_video);
}

TEST_CASE_FIXTURE(wishes_fixture,
                  "wishes: an order beyond the unfinished jobs is refused and waits") {
  db.add_user(7, 20);
  const auto order = [&](int count, int most) {
    auto x = step();
    const draft_id draft{uuid::random()};
    x.order = store::new_order{};
    x.order->draft = draft;
    x.order->most_unfinished = most;
    for (int i = 0; i < count; ++i)
      x.order->jobs.push_back({order_template::ugc, to_string(draft) + ":" + std::to_string(i),
                               storage_key{"photos/a.jpg"}, R"({"product_text": "mug"})"});
    x.order->accepted_session = {"idle", "{}"};
    x.order->refused_session = {"awaiting_confirmation", "{}"};
    x.order->too_many_notifications = {{notification_kind::reply, R"({"text": "too many"})"}};
    return ask.ask(x)->order;
  };
  CHECK(order(3, 5) == order_outcome::accepted);
  CHECK(order(3, 5) == order_outcome::too_many);
  CHECK(db.value("SELECT state FROM sessions") == "awaiting_confirmation");
  CHECK(db.number("SELECT count(*) FROM notifications WHERE payload->>'text' = 'too many'") == 1);
  CHECK(order(2, 5) == order_outcome::accepted);
  CHECK(order(1, 5) == order_outcome::too_many);
  claim_all();
  CHECK(order(1, 5) == order_outcome::too_many); // in the making is unfinished as well
  CHECK(order(1, 0) == order_outcome::accepted); // 0: any number
  db.sql("UPDATE jobs SET status = 'failed', error = 'e' WHERE status = 'processing'");
  CHECK(order(4, 5) == order_outcome::accepted);
  db.check_promises();
}

TEST_SUITE_END();
