#include "protocol/store/conversations.hpp"
#include "protocol/store/nodes.hpp"
#include "protocol/store/provider.hpp"
#include "protocol/store/queue.hpp"
#include "tests/support/postgres.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <future>

#include <pqxx/transaction>

using namespace neurocards;
using namespace neurocards::test;
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

  void half_a_day_passes() {
    db.sql("UPDATE old_files SET due_at = due_at - interval '12 hours' WHERE taken_at IS NULL");
  }

  void no_draft() { db.sql("UPDATE sessions SET state = 'idle', data = '{}'"); }

  /// Time passes for what is noted.
  void age_notes() {
    db.sql("UPDATE old_files SET since = since - interval '100 days', due_at = due_at - interval "
           "'100 days' WHERE taken_at IS NULL");
  }

  /// A task that the job `name` went on without.
  void abandon_task(const std::string& token, const std::string& name) {
    db.sql(
      "INSERT INTO job_tasks (token, job_id, attempt, kie_account, kie_api_key, model, task_id, "
      "abandoned_at) SELECT '"
      + token + "', id, 1, 'a', 'k', 'm', 'task-' || '" + token
      + "', now() FROM jobs WHERE idempotency_key = '" + name + "'");
  }

  store::transition give(const std::string& token) {
    return *ask.ask(store::give_video{token, storage_key{"videos/late-" + token}, 9});
  }

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

TEST_SUITE_BEGIN("integration/db/old_files");

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
  db.sql("UPDATE old_files SET due_at = due_at - interval '9 minutes 50 s'");
  CHECK(take().empty());
  db.sql("UPDATE old_files SET due_at = due_at - interval '10 s'");
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

TEST_CASE_FIXTURE(
  files_fixture,
  "old files: the photo of a draft stays, that of a dropped draft goes within a day") {
  draft("photos/1");
  CHECK(db.number("SELECT count(*) FROM old_files") == 0);
  draft("photos/2"); // another photo instead
  CHECK(db.value("SELECT string_agg(key, ',') FROM old_files") == "photos/1");
  CHECK(take().empty()); // not at once
  half_a_day_passes();
  CHECK(take() == keys{"photos/1"});
  no_draft();
  half_a_day_passes();
  CHECK(take() == keys{"photos/2"});
}

TEST_CASE_FIXTURE(files_fixture,
                  "old files: a draft nobody touched is dropped, and then its photo") {
  draft("photos/1");
  CHECK(ask.ask(store::sweep{store::sweep_kind::drafts, keep})->rows == 0);
  db.sql("UPDATE sessions SET updated_at = now() - interval '91 days'");
  CHECK(ask.ask(store::sweep{store::sweep_kind::drafts, keep})->rows == 1);
  CHECK(db.value("SELECT state || data FROM sessions") == "awaiting_template{\"v\": 1}");
  CHECK(take().empty());
  half_a_day_passes();
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

TEST_CASE_FIXTURE(
  files_fixture, "old files: those that cannot be removed let all others go, and come back later") {
  for (int i = 0; i < 40; ++i)
    add_job("stuck:" + std::to_string(i), "", 200);
  add_job("good", "", 100);
  for (int i = 0; i < 4; ++i) // an operator's fault keeps them; nobody reports them as removed
    CHECK(take(10).size() == 10);
  CHECK(take(10) == keys{"videos/good"});
  CHECK(take(10).empty());
  // Ten minutes, twenty, … a day at most.
  CHECK(db.number("SELECT extract(epoch FROM max(due_at - taken_at)) FROM old_files") == 600);
  for (int round = 0; round < 9; ++round) {
    db.sql("UPDATE old_files SET due_at = now()");
    CHECK(take().size() == 41);
  }
  CHECK(db.number("SELECT extract(epoch FROM max(due_at) - now())::int FROM old_files") == 86400);
}

TEST_CASE_FIXTURE(files_fixture, "old files: what is still needed does not end a round") {
  for (int i = 0; i < 30; ++i) { // of one product: its photo serves a young job, too
    add_job("old:" + std::to_string(i), "photos/" + std::to_string(i), 100);
    if (i % 3 == 0)
      add_job("young:" + std::to_string(i), "photos/" + std::to_string(i), 1);
  }
  size_t gone = 0;
  int rounds = 0;
  for (store::old_files taken{{}, true}; taken.more && rounds < 100; ++rounds) {
    taken = *ask.ask(store::take_old_files{keep, 7});
    gone += taken.keys.size();
    ask.ask(store::files_removed{taken.keys});
  }
  CHECK(gone == 50); // 30 videos and 20 photos
  CHECK(rounds < 30);
  CHECK(db.number("SELECT count(*) FROM old_files WHERE removed_at IS NULL AND due_at > now() + "
                  "interval '88 days'")
        == 10);
}

TEST_CASE_FIXTURE(files_fixture, "old files: a shorter storage.keep is felt at once") {
  add_job("1", "photos/1", 50);
  draft("photos/1");
  no_draft(); // ordered: noted, and judged half a day later
  half_a_day_passes();
  CHECK(take().empty());
  const auto taken = *ask.ask(store::take_old_files{24h * 7, 100});
  CHECK(taken.keys.size() == 2);
}

TEST_CASE_FIXTURE(
  files_fixture,
  "old files: a draft that begins while its photo is noted for the first time keeps it, "
  "or does not begin") {
  // Nothing of the photo is noted yet, so there is no row that could be locked.
  SUBCASE("the draft comes first") {
    add_job("old", "photos/1", 91);
    const auto other = db.connect();
    pqxx::work tx{*other};
    tx.exec0("INSERT INTO sessions (chat_id, state, data) VALUES (7, 'x', '{\"v\": 1, "
             "\"order\": {\"photo\": \"photos/1\"}}')");
    CHECK(take() == keys{"videos/old"});
    tx.commit();
    CHECK(db.value("SELECT data #>> '{order,photo}' FROM sessions") == "photos/1");
    age_notes();
    CHECK(take().empty());
  }
  SUBCASE("the photo is taken first") {
    add_job("old", "photos/1", 91);
    const auto other = db.connect();
    pqxx::work tx{*other};
    CHECK(tx.exec("SELECT key FROM take_old_files('90 days', 100)").size() == 2);
    auto begun = std::async(std::launch::async, [this] { draft("photos/1"); });
    const auto third = db.connect();
    CHECK(eventually([&] {
      return pqxx::nontransaction{*third}
               .exec1("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND "
                      "datname = current_database()")[0]
               .as<int>()
             == 1;
    }));
    tx.commit();
    begun.get();
    CHECK(db.value("SELECT data FROM sessions") == "{\"v\": 1}");
  }
}

TEST_CASE_FIXTURE(files_fixture, "files: a late video that was stored in vain leaves the storage, "
                                 "one that was sent stays, however often it is told") {
  using store::transition;
  add_job("x", "photos/x", 1, "failed");
  abandon_task("sent", "x");
  abandon_task("vain", "x");
  db.sql("UPDATE job_tasks SET settled_at = now() WHERE token = 'vain'");
  CHECK(give("sent") == transition::done);
  CHECK(give("sent") == transition::lease_lost); // whoever did not hear the answer
  CHECK(give("vain") == transition::lease_lost);
  CHECK(give("unknown") == transition::lease_lost);
  CHECK(take() == std::vector<std::string>{}); // a message is coming to the user
  db.sql("UPDATE notifications SET sent_at = now()");
  db.sql("UPDATE old_files SET due_at = now()");
  CHECK(take() == std::vector<std::string>{"videos/late-vain"});
  // Its task was abandoned once more, and its video is sent after all.
  db.sql("UPDATE job_tasks SET settled_at = NULL WHERE token = 'vain'");
  CHECK(give("vain") == transition::done);
  db.sql("UPDATE notifications SET sent_at = now()");
  CHECK(take() == std::vector<std::string>{});
}

TEST_SUITE_END();
