#include "tests/support/postgres.hpp"

#include "domain/ended.hpp"
#include "domain/expectation.hpp"
#include "protocol/store/conversations.hpp"
#include "protocol/store/history.hpp"

#include <doctest/doctest.h>

using namespace neurocards;
using namespace neurocards::test;

namespace {

struct durations_fixture : store_fixture {
  durations_fixture() { db.add_user(7, 1000); }
  ~durations_fixture() { db.check_promises(); }

  /// Videos that ended `ended` ago, `made` seconds after they were begun, `waited` after they were
  /// ordered. `expected`: a literal of the column.
  void add_videos(int count, const std::string& ended, int waited, int made,
                  const std::string& expected, const std::string& model = "sora") {
    db.sql("SELECT create_job_and_consume_credit(7, 'ugc', 'v' || gen_random_uuid(), 'p', '{}') "
           "FROM generate_series(1, "
           + std::to_string(count) + ")");
    const auto seconds = [](int x) { return " - interval '" + std::to_string(x) + " s'"; };
    db.sql("UPDATE jobs SET status = 'completed', video_url = 'v', model = '" + model
           + "', expected = " + expected + ", attempts = 1, finished_at = now() - interval '"
           + ended + "', started_at = now() - interval '" + ended + "'" + seconds(made)
           + ", created_at = now() - interval '" + ended + "'" + seconds(made + waited)
           + " WHERE status = 'queued'");
    db.sql("INSERT INTO notifications (chat_id, job_id, kind, payload, sent_at) "
           "SELECT j.tg_user_id, j.id, 'job_done', '{}', now() FROM jobs j "
           "WHERE j.status = 'completed' "
           "AND NOT EXISTS (SELECT FROM notifications n WHERE n.job_id = j.id)");
  }

  expectation::past seen() {
    const auto got = ask.ask(store::read_durations{});
    REQUIRE(got);
    return expectation::parse_past(got->text);
  }

  std::string outlook() {
    const auto got = ask.ask(store::load_conversation{{}, chat_id{7}, user_id{7}, 0, 0, 0, {}});
    REQUIRE(got);
    return got->outlook;
  }
};

} // namespace

TEST_SUITE_BEGIN("integration/db/durations");

TEST_CASE_FIXTURE(durations_fixture, "durations: an empty past says nothing") {
  const auto got = seen();
  CHECK(got.made.empty());
  CHECK(got.rate == 0);
  CHECK(got.guesses.empty());
}

TEST_CASE_FIXTURE(durations_fixture,
                  "durations: of the model that made the newest video, lately or at least twenty") {
  add_videos(30, "2 h", 10, 300, "NULL");
  add_videos(5, "30 min", 10, 999, "NULL", "another");
  add_videos(12, "1 min", 10, 120, "NULL");
  const auto got = seen();
  CHECK(got.made.size() == 20);
  CHECK(std::ranges::count(got.made, 120) == 12);
  CHECK(std::ranges::count(got.made, 300) == 8);
  CHECK(got.rate == doctest::Approx(12 / 600.0).epsilon(0.001));
  add_videos(30, "20 s", 10, 60, "NULL", "another");
  CHECK(std::ranges::count(seen().made, 60) == 30);
  CHECK(seen().made.size() == 35);
}

TEST_CASE_FIXTURE(durations_fixture, "durations: guesses are told with what became of them") {
  add_videos(2, "1 min", 30, 120, "'{100,200,60,240}'");
  add_videos(1, "2 min", 30, 120, "NULL");
  db.sql("SELECT create_job_and_consume_credit(7, 'ugc', 'open', 'p', '{\"expected\": [10, 20]}')");
  db.sql("UPDATE jobs SET created_at = now() - interval '500 s' WHERE status = 'queued'");
  const auto got = seen();
  REQUIRE(got.guesses.size() == 3);
  CHECK(got.guesses[0].guess == expectation::range{10, 20});
  CHECK_FALSE(got.guesses[0].ended);
  CHECK(got.guesses[0].took == 500);
  CHECK(got.guesses[1].guess == expectation::range{100, 200});
  CHECK(got.guesses[1].ended);
  CHECK(got.guesses[1].took == 150);
}

TEST_CASE_FIXTURE(durations_fixture, "durations: what is kept is told with each conversation") {
  CHECK(outlook().empty());
  const expectation::outlook x{{60, 120}, 0.5, 1.25, true};
  REQUIRE(ask.ask(store::keep_outlook{expectation::to_json(x)}));
  CHECK(expectation::parse_outlook(outlook()) == x);
  REQUIRE(ask.ask(store::keep_outlook{}));
  CHECK(outlook().empty());
}

TEST_CASE_FIXTURE(durations_fixture, "durations: an ended video tells whether the told time held") {
  add_videos(1, "1 min", 30, 120, "'{100,200,120,180}'"); // 150 s
  add_videos(1, "50 s", 30, 170, "'{100,200,120,180}'");  // 200 s
  add_videos(1, "40 s", 30, 120, "'{100,200}'");          // nothing was told
  db.sql("UPDATE settings SET value = value || jsonb_build_object('finished_at', now() - interval "
         "'1 h') WHERE key = 'ended'");
  const auto got = ask.ask(store::take_ended{});
  REQUIRE(got);
  const auto news = ended::parse(got->text);
  REQUIRE(news);
  REQUIRE(news->jobs.size() == 3);
  CHECK(news->jobs[0].hit == true);
  CHECK(news->jobs[1].hit == false);
  CHECK_FALSE(news->jobs[2].hit);
}

TEST_CASE_FIXTURE(durations_fixture,
                  "durations: a progress message tells the range until it has passed") {
  const std::string draft = "01a00000-0000-4000-8000-000000000001";
  db.sql("SELECT create_job_and_consume_credit(7, 'ugc', '" + draft
         + ":0', 'p', '{\"expected\": [100, 200, 60, 240]}')");
  db.sql("UPDATE jobs SET created_at = now() - interval '150 s'");
  const auto told = [&] {
    return db.value("SELECT concat_ws(' ', s->>'minutes', s->>'low', s->>'high') FROM card_state('"
                    + draft + "') AS s");
  };
  CHECK(told().empty());
  db.sql("UPDATE jobs SET kie_task_id = 't', model = 'sora', task_created_at = now() - interval "
         "'70 s'");
  CHECK(told() == "2 1 4");
  db.sql("UPDATE jobs SET created_at = now() - interval '250 s'");
  CHECK(told() == "1"); // of filming: the range has passed
}

TEST_SUITE_END();
