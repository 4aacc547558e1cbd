#include "protocol/store/outbox.hpp"
#include "tests/support/postgres.hpp"

#include <doctest/doctest.h>

using namespace neurocards;
using namespace neurocards::test;
using namespace std::chrono_literals;

namespace {

struct order_fixture : store_fixture {
  int64_t add(int64_t chat, const std::string& kind = "reply", const std::string& job = "NULL",
              const std::string& payload = "{}") {
    return db.number("INSERT INTO notifications (chat_id, kind, job_id, payload) VALUES ("
                     + std::to_string(chat) + ", '" + kind + "', " + job + ", '" + payload
                     + "') RETURNING id");
  }

  std::vector<int64_t> due() {
    std::vector<int64_t> result;
    const auto page = *ask.ask(store::due_notifications{});
    for (const auto& x : page.notifications)
      result.push_back(x.id.value);
    return result;
  }

  void defer(int64_t id, bool aside) {
    ask.ask(store::defer_notification{notification_id{id}, 1h, "500", aside});
  }

  void make_due(int64_t id) {
    db.sql("UPDATE notifications SET run_at = now() WHERE id = " + std::to_string(id));
  }

  notification_kind last_kind() {
    return ask.ask(store::due_notifications{})->notifications.back().kind;
  }
};

using ids = std::vector<int64_t>;

} // namespace

TEST_SUITE_BEGIN("integration/db/outbox_order");

TEST_CASE_FIXTURE(
  order_fixture,
  "outbox order: what stands aside is passed by its chat, and comes when it is due") {
  const auto stuck = add(1, "job_done");
  const auto a2 = add(1);
  const auto b1 = add(2);
  const auto a3 = add(1);
  defer(stuck, true);
  CHECK(due() == ids{a2, b1, a3});
  make_due(stuck);
  CHECK(due() == ids{a2, b1, a3, stuck}); // behind what has not been tried yet
  defer(a2, false);
  CHECK(due() == ids{b1, stuck}); // it does not wait for others either
  defer(stuck, false);
  make_due(a2);
  CHECK(due() == ids{b1, a2, a3}); // aside once, aside for good
  CHECK(db.number("SELECT tries FROM notifications WHERE id = " + std::to_string(stuck)) == 2);
}

TEST_CASE_FIXTURE(order_fixture, "outbox order: what is sent again takes its old place") {
  const auto stuck = add(1, "job_done");
  const auto a2 = add(1);
  defer(stuck, true);
  db.sql("SELECT send_again(ARRAY[" + std::to_string(stuck) + "]::bigint[], 'x')");
  CHECK(due() == ids{stuck, a2});
}

TEST_CASE_FIXTURE(order_fixture,
                  "outbox order: progress that was passed by its job's end is said no more") {
  db.add_user(7, 3);
  const auto job = db.add_job(7, "k:0");
  const auto started = add(7, "job_started", "'" + job + "'");
  defer(started, true);
  make_due(started);
  CHECK(last_kind() == notification_kind::job_started);
  db.sql("SELECT claim_jobs(gen_random_uuid(), 1)");
  db.sql("SELECT complete_job(id, claimed_by, 'videos/v.mp4', 77) FROM jobs");
  CHECK(last_kind() == notification_kind::overtaken);
}

TEST_CASE_FIXTURE(order_fixture,
                  "outbox order: a stuck video keeps no progress message from being edited") {
  db.add_user(7, 3);
  const auto draft = to_string(uuid::random());
  db.add_job(7, draft + ":0");
  db.sql("INSERT INTO cards (draft_id, chat_id, message_id) VALUES ('" + draft + "', 7, 5)");
  const auto stuck = add(7, "job_done");
  CHECK(db.number("SELECT paint_cards(10)") == 0);
  defer(stuck, true);
  CHECK(db.number("SELECT paint_cards(10)") == 1);
  db.sql("UPDATE notifications SET aside = true, run_at = now() + interval '1 h'");
  db.sql("UPDATE jobs SET kie_task_id = 't', task_created_at = now()");
  CHECK(db.number("SELECT paint_cards(10)") == 0); // one edit at a time
}

TEST_CASE_FIXTURE(order_fixture,
                  "outbox order: a job's word goes to the place where it was ordered") {
  db.add_user(7, 5);
  const auto draft = to_string(uuid::random());
  db.sql("SELECT create_job_and_consume_credit(7, 'ugc', '" + draft
         + ":0', 'photos/a.jpg', '{\"product_text\": \"a mug\", \"place\": {\"thread\": 8}}')");
  db.sql("SELECT create_job_and_consume_credit(7, 'ugc', 'other:0', 'photos/a.jpg', "
         "'{\"product_text\": \"a mug\"}')");
  CHECK(db.value("SELECT string_agg(coalesce(place::text, 'none'), ' ' ORDER BY id) FROM jobs")
        == R"({"thread": 8} none)");
  db.sql("INSERT INTO cards (draft_id, chat_id, message_id) VALUES ('" + draft + "', 7, 5)");
  CHECK(db.number("SELECT paint_cards(10)") == 1);
  add(7, "reply", "NULL", R"({"text": "x", "place": {"thread": 9}})");
  db.sql("SELECT operator_fail_job(id, 'x') FROM jobs ORDER BY id");
  db.sql("INSERT INTO notifications (chat_id, job_id, kind) "
         "SELECT 7, id, 'gift_video' FROM jobs ORDER BY id LIMIT 1");
  const auto page = *ask.ask(store::due_notifications{});
  std::vector<std::string> places;
  for (const auto& x : page.notifications)
    places.push_back(std::string{to_string(x.kind)} + " " + x.place);
  CHECK(places
        == std::vector<std::string>{R"(card {"thread": 8})", R"(reply {"thread": 9})",
                                    R"(job_failed {"thread": 8})", "job_failed ",
                                    R"(gift_video {"thread": 8})"});
}

TEST_CASE_FIXTURE(order_fixture,
                  "outbox order: what was read from a video serves whenever it is sent again") {
  db.add_user(7, 3);
  db.add_job(7, "k:0");
  db.sql("SELECT claim_jobs(gen_random_uuid(), 1)");
  db.sql("SELECT complete_job(id, claimed_by, 'videos/v.mp4', 77) FROM jobs");
  const auto first = ask.ask(store::due_notifications{})->notifications.at(0);
  CHECK_FALSE(first.facts.known());
  ask.ask(store::mark_sent{first.id, 1, "file-1", {720, 1280, 15}});
  db.sql("SELECT operator_resend_video(id) FROM jobs");
  const auto again = ask.ask(store::due_notifications{})->notifications.at(0);
  CHECK(again.video_file_id == "file-1");
  CHECK(again.facts == video_facts{720, 1280, 15});
  ask.ask(store::mark_sent{again.id, 2, "file-2"}); // an id, of which nothing more is known
  CHECK(db.value("SELECT video_facts->>'width' FROM jobs") == "720");
}

TEST_SUITE_END();
