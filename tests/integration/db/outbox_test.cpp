#include "protocol/store/outbox.hpp"
#include "tests/support/postgres.hpp"

#include <doctest/doctest.h>

using namespace neurocards;
using namespace neurocards::test;
using namespace std::chrono_literals;

namespace {

struct outbox_fixture : store_fixture {
  int64_t add(int64_t chat, const std::string& kind = "reply") {
    return db.number("INSERT INTO notifications (chat_id, kind) VALUES (" + std::to_string(chat)
                     + ", '" + kind + "') RETURNING id");
  }

  std::vector<int64_t> due(int limit = 100, std::vector<chat_id> busy = {}) {
    std::vector<int64_t> result;
    const auto page = *ask.ask(store::due_notifications{limit, std::move(busy)});
    for (const auto& x : page.notifications)
      result.push_back(x.id.value);
    return result;
  }

  void sent(int64_t id) { ask.ask(store::mark_sent{notification_id{id}, 5, {}}); }
};

using ids = std::vector<int64_t>;

} // namespace

TEST_SUITE_BEGIN("integration/db/outbox");

TEST_CASE_FIXTURE(
  outbox_fixture,
  "outbox: notifications of a chat come in their order, each chat before any chat twice") {
  const auto a1 = add(1);
  const auto a2 = add(1);
  const auto b1 = add(2);
  const auto a3 = add(1);
  CHECK(due() == ids{a1, b1, a2, a3});
  CHECK(due(2) == ids{a1, b1});
  CHECK(due(100, {chat_id{1}}) == ids{b1});
  sent(a1);
  CHECK(due() == ids{a2, b1, a3});
  CHECK(db.number("SELECT message_id FROM notifications WHERE sent_at IS NOT NULL") == 5);
}

TEST_CASE_FIXTURE(outbox_fixture,
                  "outbox: what follows a deferred notification in its chat waits with it") {
  const auto a1 = add(1);
  const auto a2 = add(1);
  const auto b1 = add(2);
  ask.ask(store::defer_notification{notification_id{a1}, 1h, "flood"});
  CHECK(due() == ids{b1});
  db.sql("UPDATE notifications SET run_at = now() WHERE id = " + std::to_string(a1));
  CHECK(due() == ids{b1, a1, a2});
  CHECK(db.number("SELECT tries FROM notifications WHERE id = " + std::to_string(a1)) == 1);
  sent(a1);
  ask.ask(store::defer_notification{notification_id{a1}, 1h, "late"}); // settled: stays so
  CHECK(due() == ids{a2, b1});
}

TEST_CASE_FIXTURE(outbox_fixture,
                  "outbox: a deferred notification in the middle ends its chat's page") {
  const auto a1 = add(1);
  const auto a2 = add(1);
  add(1);
  ask.ask(store::defer_notification{notification_id{a2}, 1h, "x"});
  CHECK(due() == ids{a1});
}

TEST_CASE_FIXTURE(
  outbox_fixture,
  "outbox: a dropped notification is settled with its reason, a block is remembered") {
  db.add_user(1, 0);
  const auto a1 = add(1);
  add(1);
  const auto other = add(2);
  ask.ask(
    store::drop_notification{notification_id{a1}, "Forbidden: bot was blocked by the user", true});
  CHECK(due() == ids{other}); // whatever else waited for the one who blocked us is settled, too
  CHECK(db.value("SELECT blocked_at IS NOT NULL FROM users WHERE tg_user_id = 1") == "t");
  CHECK(db.value("SELECT error FROM notifications ORDER BY id LIMIT 1")
        == "Forbidden: bot was blocked by the user");
}

TEST_CASE_FIXTURE(outbox_fixture, "outbox: a late refusal drops only what was written before it") {
  db.add_user(1, 0);
  const auto a1 = add(1);
  add(1);
  db.sql("UPDATE notifications SET created_at = now() - interval '1 minute'");
  const auto newer = add(1, "job_done");
  const auto half_a_minute_ago = std::chrono::steady_clock::now() - 30s;
  ask.ask(store::drop_notification{notification_id{a1}, "Forbidden", true, half_a_minute_ago});
  CHECK(due() == ids{newer}); // is refused itself, if he is still away
  CHECK(db.value("SELECT blocked_at IS NOT NULL FROM users") == "t");
  CHECK(db.number("SELECT count(*) FROM notifications WHERE dropped_at IS NOT NULL") == 2);
}

TEST_CASE_FIXTURE(outbox_fixture, "outbox: who came back after the refusal is not silenced by it") {
  db.add_user(1, 0);
  db.add_user(2, 0);
  const auto refused = add(1);
  const auto waiting = add(1, "job_done");
  const auto other = add(2);
  db.sql("UPDATE notifications SET created_at = now() - interval '1 minute'");
  db.sql("UPDATE users SET returned_at = now() - interval '10 seconds'");
  const auto asked = std::chrono::steady_clock::now();
  ask.ask(store::drop_notification{notification_id{refused}, "Forbidden", true, asked - 30s});
  ask.ask(store::drop_notification{notification_id{other}, "Forbidden", true,
                                   asked - 5s}); // left once more
  CHECK(due() == ids{refused, waiting});
  CHECK(db.value("SELECT string_agg(tg_user_id::text, ' ') FROM users WHERE blocked_at IS NOT NULL")
        == "2");
}

TEST_CASE_FIXTURE(outbox_fixture, "outbox: a late video says whether its job was refunded") {
  db.add_user(7, 3);
  db.add_job(7, "k");
  db.sql("INSERT INTO notifications (chat_id, job_id, kind, payload) SELECT 7, id, 'gift_video', "
         "'{\"video\": \"v\"}' FROM jobs");
  const auto payload = [&] {
    return ask.ask(store::due_notifications{})->notifications.at(0).payload;
  };
  CHECK(payload() == R"({"video": "v", "refunded": false})"); // its second attempt is under way
  db.sql("SELECT operator_fail_job(id, 'x') FROM jobs");
  CHECK(payload() == R"({"video": "v", "refunded": true})");
}

TEST_CASE_FIXTURE(outbox_fixture, "outbox: a job's notification brings what its rendering needs") {
  db.add_user(7, 3);
  db.sql("UPDATE users SET language_code = 'en'");
  db.add_job(7, "k");
  db.sql("SELECT claim_jobs(gen_random_uuid(), 1)");
  db.sql("UPDATE jobs SET model = 'sora'");
  db.sql("SELECT complete_job(id, claimed_by, 'videos/v.mp4', 77) FROM jobs");
  const auto page = *ask.ask(store::due_notifications{});
  REQUIRE(page.notifications.size() == 1);
  const auto& x = page.notifications[0];
  CHECK(x.kind == notification_kind::job_done);
  CHECK(x.chat.value == 7);
  CHECK(x.language == "en");
  CHECK(x.attempts == 1);
  CHECK(x.model == "sora");
  CHECK(x.credits == 2);
  CHECK(x.video.value == "videos/v.mp4");
  CHECK(x.video_bytes == 77);
  REQUIRE(x.job);
  ask.ask(store::mark_sent{x.id, 1, "file-1"});
  CHECK(db.value("SELECT video_file_id FROM jobs") == "file-1");
}

TEST_CASE_FIXTURE(
  outbox_fixture,
  "outbox: a page is cheap with a hundred thousand waiting, whoever they wait for") {
  db.sql("INSERT INTO notifications (chat_id, kind, sent_at) SELECT i, 'reply', now() FROM "
         "generate_series(1, 100000) i");
  db.sql("INSERT INTO notifications (chat_id, kind) SELECT CASE WHEN i % 2 = 0 THEN 1 ELSE i END, "
         "'reply' "
         "FROM generate_series(1, 100000) i");
  db.sql("UPDATE notifications SET run_at = now() + interval '1 h' WHERE sent_at IS NULL AND "
         "chat_id % 5 = 0");
  db.sql("ANALYZE notifications");
  const auto buffers = [&](const std::string& busy) {
    // What the page reads, not how long it takes: 8 kB blocks, a hit or a read each.
    db.sql("SELECT count(*) FROM due_notices(500, '" + busy + "')"); // plans and hint bits
    const auto plan = db.value(
      "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) SELECT * FROM due_notices(500, '" + busy + "')");
    db.sql("CREATE TABLE IF NOT EXISTS plans (plan json)");
    db.sql("TRUNCATE plans");
    db.sql("INSERT INTO plans VALUES ('" + plan + "')");
    return db.number("SELECT (plan->0->'Plan'->>'Shared Hit Blocks')::int + "
                     "(plan->0->'Plan'->>'Shared Read Blocks')::int FROM plans");
  };
  CHECK(due(500).size() == 500);
  CHECK(buffers("{}") < 20'000);
  CHECK(buffers("{1,3,5,7}") < 20'000);
}

TEST_SUITE_END();
