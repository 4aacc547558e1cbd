#include "tests/support/postgres.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include <pqxx/transaction>

using namespace neurocards;
using namespace neurocards::testing;
using namespace std::chrono_literals;

namespace {

constexpr std::chrono::seconds keep = 90 * 24h;

struct files_fixture : store_fixture {
  files_fixture() { db.add_user(7, 0); }

  /// A job of user 7 as it stands `days` after its end, or under way.
  void add_job(const std::string& name, const std::string& photo, int days,
               const std::string& status = "completed") {
    const auto ended = "now() - interval '" + std::to_string(days) + " days'";
    const bool done = status == "completed" || status == "failed";
    db.sql("INSERT INTO jobs (tg_user_id, template_type, idempotency_key, product_image_url, "
           "product_text, status, error, video_url, created_at, started_at, finished_at, "
           "claimed_by) VALUES "
           "(7, 'ad', '"
           + name + "', '" + photo + "', 'a mug', '" + status + "', "
           + (status == "failed" ? "'no'" : "NULL") + ", "
           + (status == "completed" ? "'videos/" + name + "'" : "NULL") + ", " + ended + ", "
           + ended + ", " + (done ? ended : "NULL") + ", "
           + (status == "processing" ? "gen_random_uuid()" : "NULL") + ")");
  }

  void draft(const std::string& photo) {
    db.sql("INSERT INTO sessions (chat_id, state, data) VALUES (7, 'awaiting_template', "
           "'{\"v\": 1, \"order\": {\"photo\": \""
           + photo + "\"}}') ON CONFLICT (chat_id) DO UPDATE SET data = EXCLUDED.data");
  }

  void no_draft() { db.sql("UPDATE sessions SET state = 'idle', data = '{}'"); }

  /// Time passes for what is noted.
  void age_notes() { db.sql("UPDATE old_files SET since = since - interval '100 days'"); }

  std::vector<std::string> take(int limit = 100) {
    std::vector<std::string> result;
    const auto taken = *ask.ask(store::take_old_files{keep, limit});
    for (const auto& key : taken.keys)
      result.push_back(key.value);
    std::ranges::sort(result);
    return result;
  }
};

using keys = std::vector<std::string>;

} // namespace

TEST_CASE_FIXTURE(files_fixture,
                  "old files: those of jobs that ended long ago are given out, once") {
  add_job("old", "photos/old", 91);
  add_job("failed", "photos/failed", 91, "failed");
  add_job("new", "photos/new", 89);
  CHECK(take() == keys{"photos/failed", "photos/old", "videos/old"});
  CHECK(take().empty());
  ask.ask(store::files_removed{{storage_key{"photos/old"}, storage_key{"videos/old"}}});
  CHECK(db.number("SELECT count(*) FROM old_files WHERE removed_at IS NOT NULL") == 2);
  // What was not confirmed is tried again after a while.
  db.sql("UPDATE old_files SET taken_at = now() - interval '11 minutes'");
  CHECK(take() == keys{"photos/failed"});
}

TEST_CASE_FIXTURE(files_fixture, "old files: a photo that a living job needs stays") {
  for (const auto* status : {"queued", "processing", "completed"}) {
    CAPTURE(status);
    const std::string name = status;
    add_job(name + ":old", "photos/" + name, 91);
    add_job(name + ":again", "photos/" + name, 1, status);
    CHECK(take() == keys{"videos/" + name + ":old"});
  }
  age_notes();
  CHECK(take().empty()); // however long it has been noted
}

TEST_CASE_FIXTURE(files_fixture, "old files: a photo goes when the last of its jobs is old") {
  add_job("old", "photos/1", 91);
  add_job("again", "photos/1", 10);
  CHECK(take() == keys{"videos/old"});
  db.sql("SET session_replication_role = replica"); // time passes for jobs that have ended
  db.sql(
    "UPDATE jobs SET created_at = created_at - interval '80.5 days', started_at = started_at - "
    "interval '80.5 days', finished_at = finished_at - interval '80.5 days' "
    "WHERE idempotency_key = 'again'");
  db.sql("SET session_replication_role = origin");
  age_notes();
  CHECK(take() == keys{"photos/1", "videos/again"});
}

TEST_CASE_FIXTURE(files_fixture, "old files: nothing goes of somebody who has messages coming") {
  add_job("old", "photos/old", 91);
  db.sql("INSERT INTO notifications (chat_id, kind) VALUES (7, 'job_completed')");
  CHECK(take().empty());
  db.sql("UPDATE notifications SET sent_at = now()");
  CHECK(take().empty()); // an hour later
  age_notes();
  CHECK(take() == keys{"photos/old", "videos/old"});
}

TEST_CASE_FIXTURE(files_fixture,
                  "old files: the photo of a draft stays, that of a dropped draft goes in time") {
  draft("photos/1");
  CHECK(db.number("SELECT count(*) FROM old_files") == 0);
  draft("photos/2"); // another photo instead
  CHECK(db.value("SELECT string_agg(key, ',') FROM old_files") == "photos/1");
  CHECK(take().empty()); // not for another `keep`
  age_notes();
  CHECK(take() == keys{"photos/1"});
  no_draft();
  age_notes();
  CHECK(take() == keys{"photos/2"});
}

TEST_CASE_FIXTURE(files_fixture,
                  "old files: a draft nobody touched is dropped, and then its photo") {
  draft("photos/1");
  CHECK(ask.ask(store::sweep{keep})->value == 0);
  db.sql("UPDATE sessions SET updated_at = now() - interval '91 days'");
  CHECK(ask.ask(store::sweep{keep})->value == 1);
  CHECK(db.value("SELECT state || data FROM sessions") == "awaiting_template{\"v\": 1}");
  CHECK(take().empty());
  age_notes();
  CHECK(take() == keys{"photos/1"});
}

TEST_CASE_FIXTURE(files_fixture,
                  "old files: one more video of an old product keeps its photo alive") {
  add_job("old", "photos/1", 91);
  draft("photos/1");
  CHECK(take() == keys{"videos/old"});
  no_draft(); // ordered: the new job needs it now
  add_job("again", "photos/1", 0, "queued");
  age_notes();
  CHECK(take().empty());
}

TEST_CASE_FIXTURE(files_fixture, "old files: no draft begins with a photo that is on its way out") {
  add_job("old", "photos/1", 91);
  CHECK(take() == keys{"photos/1", "videos/old"});
  draft("photos/1");
  CHECK(db.value("SELECT data FROM sessions") == "{\"v\": 1}");
  // Who asks for one more video sees that there is no photo.
  store::load_conversation question;
  question.chat = chat_id{7};
  question.user = user_id{7};
  question.job = job_id{*uuid::parse(db.value("SELECT id FROM jobs"))};
  const auto view = *ask.ask(question);
  REQUIRE(view.job);
  CHECK(view.job->photo.value.empty());
  CHECK(view.job->product_text == "a mug");
}

TEST_CASE_FIXTURE(files_fixture,
                  "old files: a draft that begins while its photo is judged is not let down") {
  add_job("old", "photos/1", 91);
  draft("photos/1");
  CHECK(take() == keys{"videos/old"});
  no_draft();
  age_notes(); // the photo is due
  // The draft comes first and has not committed: the photo is passed over.
  const auto other = db.connect();
  {
    pqxx::work tx{*other};
    tx.exec0("UPDATE sessions SET data = '{\"v\": 1, \"order\": {\"photo\": \"photos/1\"}}'");
    CHECK(take().empty());
    tx.commit();
  }
  age_notes();
  CHECK(take().empty());
}

TEST_CASE_FIXTURE(files_fixture,
                  "old files: many at once are shared out between nodes, in batches") {
  for (int i = 0; i < 60; ++i)
    add_job(std::to_string(i), "photos/" + std::to_string(i), 100);
  lanes second{{.connection = db.config()}};
  keys all;
  for (int round = 0; round < 20; ++round) {
    auto one = ask.start(store::take_old_files{keep, 10});
    auto two = second.start(store::take_old_files{keep, 10});
    for (auto* answer : {&one, &two}) {
      const auto taken = *answer->get();
      for (const auto& key : taken.keys)
        all.push_back(key.value);
    }
  }
  CHECK(all.size() == 120);
  std::ranges::sort(all);
  CHECK(std::ranges::adjacent_find(all) == all.end());
}
