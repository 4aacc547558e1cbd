#include "tests/support/world.hpp"

#include <algorithm>

#include <doctest/doctest.h>

using namespace neurocards::test;

namespace {

/// Videos of user 8 that took 30 s each, as they were expected to, the last of them a minute ago.
void add_past(world& w, int videos) {
  w.db.add_user(8, videos);
  w.db.sql("SELECT create_job_and_consume_credit(8, 'ugc', 'past:' || i, 'p', '{}') "
           "FROM generate_series(1, "
           + std::to_string(videos) + ") AS i");
  w.db.sql("UPDATE jobs SET status = 'completed', video_url = 'v', attempts = 1, "
           "expected = '{20,40}', created_at = now() - interval '90 s', "
           "started_at = now() - interval '90 s', finished_at = now() - interval '1 min'");
  w.db.sql("INSERT INTO notifications (chat_id, job_id, kind, payload, sent_at) "
           "SELECT tg_user_id, id, 'job_done', '{}', now() FROM jobs");
}

} // namespace

TEST_SUITE_BEGIN("e2e/expectation");

TEST_CASE("e2e: an order is told how long it takes, and whether that held is counted") {
  world w;
  add_past(w, 60);
  w.start_node();
  wait_until("what orders are told", [&] {
    return w.db.value(
             "SELECT coalesce((SELECT value->>'holds' FROM settings WHERE key = 'outlook'), '')")
           == "true";
  });
  w.order(7);
  w.expect(7, "✅ Видео готово!");
  CHECK(std::ranges::any_of(w.services.said_to(7), [](const std::string& text) {
    return text.find("Обычно это занимает не больше 1 минуты.") != std::string::npos;
  }));
  wait_until("the count of times that held", [&] {
    return web_get(w.node_url() + "/metrics").body.find("neurocards_eta_total{hit=\"true\"} 1")
           != std::string::npos;
  });
  w.db.check_promises();
}

TEST_SUITE_END();
