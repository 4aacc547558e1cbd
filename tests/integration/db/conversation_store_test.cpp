#include "tests/integration/db/conversation_steps.hpp"

#include <doctest/doctest.h>

#include <pqxx/transaction>

using namespace neurocards;
using namespace neurocards::test;
using store::order_outcome;

namespace {

constexpr auto reply = notification_kind::reply;

} // namespace

TEST_SUITE_BEGIN("integration/db/conversation_store");

TEST_CASE_FIXTURE(conversation_fixture,
                  "conversation store: updates are stored once and told apart from known ones") {
  const store::inbox_update one{update_id{1}, chat_id{7}, "message", R"({"text":"a\u0000b"})"};
  const store::inbox_update two{update_id{2}, chat_id{7}, "message", "{}"};
  CHECK(ask.ask(store::put_updates{{one}})->fresh == std::vector{update_id{1}});
  CHECK(ask.ask(store::put_updates{{one, two, two}})->fresh == std::vector{update_id{2}});
  const auto pending = ask.ask(store::pending_updates{})->updates;
  REQUIRE(pending.size() == 2);
  CHECK(pending[0].body == R"({"text":"a\u0000b"})");
}

TEST_CASE_FIXTURE(conversation_fixture,
                  "conversation store: a step is applied once and leaves everything it says") {
  auto x = step();
  x.session = store::session_row{"awaiting_photo", R"({"a": 1})"};
  x.agreed = store::consent{"v1", 2};
  x.notifications = {{reply, R"({"text": "one"})"}, {reply, R"({"text": "two"})"}};
  const auto first = *ask.ask(x);
  CHECK(first.applied);
  CHECK(first.order == order_outcome::none);
  CHECK(first.credits == 2);
  CHECK_FALSE(ask.ask(x)->applied);
  CHECK(texts() == "one,two");
  CHECK(ask.ask(store::pending_updates{})->updates.empty());
  const auto view = *ask.ask(store::load_conversation{put(), chat_id{7}, user_id{7}, 0, 0, 5, {}});
  CHECK_FALSE(view.handled);
  CHECK(view.credits == 2);
  CHECK(view.language_code == "en-GB");
  CHECK(view.terms_version == "v1");
  CHECK(view.state == "awaiting_photo");
  CHECK(view.data == R"({"a": 1})");
  REQUIRE(view.ledger.size() == 1);
  CHECK(view.ledger[0].kind == ledger_kind::welcome);
  CHECK(ask.ask(store::load_conversation{x.update, chat_id{7}, user_id{7}, 0, 0, 0, {}})->handled);
  db.check_promises();
}

TEST_CASE_FIXTURE(conversation_fixture,
                  "conversation store: an update that was never stored is not applied") {
  auto x = step();
  x.update = update_id{999};
  CHECK_FALSE(ask.ask(x)->applied);
  CHECK(db.number("SELECT count(*) FROM users") == 0);
  CHECK(ask.ask(store::load_conversation{x.update, chat_id{7}, user_id{7}, 0, 0, 0, {}})->handled);
}

TEST_CASE_FIXTURE(
  conversation_fixture,
  "conversation store: a step decided on a session that changed since is not applied") {
  const auto version = [&] {
    return ask.ask(store::load_conversation{update_id{0}, chat_id{7}, user_id{7}, 0, 0, 0, {}})
      ->version;
  };
  CHECK(version() == 0);
  auto one = step();
  one.session = store::session_row{"awaiting_photo", "{}"};
  one.session_version = 0;
  auto two = step(); // another gateway read the same, empty session
  two.session = store::session_row{"awaiting_wishes", "{}"};
  two.session_version = 0;
  two.notifications = {{reply, R"({"text": "hello"})"}};
  CHECK(ask.ask(one)->applied);
  const auto stale = *ask.ask(two);
  CHECK(stale.stale);
  CHECK_FALSE(stale.applied);
  CHECK(db.value("SELECT state FROM sessions") == "awaiting_photo");
  CHECK(db.number("SELECT count(*) FROM notifications") == 0);
  CHECK(ask.ask(store::pending_updates{})->updates.size() == 1);
  two.session_version = version();
  CHECK(ask.ask(two)->applied);
  CHECK(db.value("SELECT state FROM sessions") == "awaiting_wishes");
  CHECK(version() == 2);
}

TEST_CASE_FIXTURE(
  conversation_fixture,
  "conversation store: a step decided before another one of its chat is not applied, "
  "whatever that one changed") {
  const auto ask_for = [&](update_id id) {
    return *ask.ask(store::load_conversation{id, chat_id{7}, user_id{7}, 0, 0, 0, {}});
  };
  auto start = step();
  start.session = store::session_row{"idle", "{}"};
  start.session_version = 0;
  CHECK(ask.ask(start)->applied);
  auto consent = step(); // leaves the session as it is
  consent.agreed = store::consent{"v1", 2};
  auto photo = step(); // another gateway's
  consent.session_version = ask_for(consent.update).version;
  photo.session_version = ask_for(photo.update).version;
  CHECK(ask.ask(consent)->applied);
  CHECK(ask.ask(photo)->stale);
  const auto view = ask_for(photo.update);
  CHECK(view.terms_version == "v1");
  photo.session_version = view.version;
  CHECK(ask.ask(photo)->applied);
  CHECK(db.value("SELECT state FROM sessions") == "idle");
}

TEST_CASE_FIXTURE(
  conversation_fixture,
  "conversation store: a block is remembered and lifted, a known profile is not rewritten") {
  auto x = step();
  x.blocked = true;
  ask.ask(x);
  CHECK(db.value("SELECT blocked_at IS NOT NULL FROM users") == "t");
  auto y = step();
  y.blocked = false;
  ask.ask(y);
  CHECK(db.value("SELECT blocked_at IS NOT NULL FROM users") == "f");
  const auto before = db.value("SELECT xmin::text || ctid::text FROM users");
  ask.ask(step());
  CHECK(db.value("SELECT xmin::text || ctid::text FROM users") == before);
  auto z = step();
  z.who.username = "";
  z.who.language_code = "";
  ask.ask(z);
  CHECK(db.value("SELECT username FROM users") == "NULL");
  CHECK(db.value("SELECT language_code FROM users") == "en-GB");
}

TEST_CASE_FIXTURE(conversation_fixture,
                  "conversation store: a step that the database refuses fails alone") {
  std::vector<store::commit_step> steps;
  for (int64_t user = 1; user <= 9; ++user)
    steps.push_back(step(user));
  steps[4].session = store::session_row{"idle", "no JSON"};
  const auto outcomes = commit_together(steps);
  for (size_t i = 0; i < outcomes.size(); ++i) {
    if (i == 4)
      CHECK(outcomes[i].error() == ec::rejected);
    else
      CHECK(outcomes[i]->applied);
  }
  CHECK(ask.ask(store::pending_updates{})->updates.size() == 1);
}

TEST_CASE_FIXTURE(conversation_fixture,
                  "conversation store: a view brings history, one's own ended job, and the queue") {
  auto x = step();
  x.agreed = store::consent{"v1", 4};
  x.order = order(draft_id{uuid::random()}, 3);
  ask.ask(x);
  const auto job = db.value("SELECT id FROM jobs WHERE idempotency_key LIKE '%:1'");
  const store::load_conversation question{
    put(), chat_id{7}, user_id{7}, 2, 0, 1, job_id{*uuid::parse(job)}};
  auto view = *ask.ask(question);
  CHECK(view.history.size() == 2);
  CHECK_FALSE(view.job); // not ended
  CHECK(view.jobs_ahead == 3);
  CHECK(view.ledger.at(0).amount == -1);
  CHECK(view.outlook.empty());
  db.sql("SELECT claim_jobs(gen_random_uuid(), 10)");
  db.sql(
    "UPDATE jobs SET started_at = now() - interval '100 s', created_at = now() - interval '110 s'");
  db.sql("SELECT complete_job(id, claimed_by, 'v') FROM jobs");
  view = *ask.ask(question);
  REQUIRE(view.job);
  CHECK(to_string(view.job->id) == job);
  CHECK(view.job->photo.value == "photos/a.jpg");
  CHECK(view.jobs_ahead == 0);
  auto stranger = question;
  stranger.user = user_id{8};
  CHECK_FALSE(ask.ask(stranger)->job);
}

TEST_CASE_FIXTURE(conversation_fixture,
                  "conversation store: a step waits for older updates of its chat, for a while") {
  const auto decided = [&](int64_t user) {
    auto x = step(user);
    x.session_version = 0;
    return x;
  };
  const auto again = [&](store::commit_step x) {
    x.session_version =
      ask.ask(store::load_conversation{update_id{0}, x.chat, x.who.user, 0, 0, 0, {}})->version;
    return *ask.ask(x);
  };
  const auto strangers = decided(8);
  const auto photo = decided(7); // at another gateway, which is still fetching it
  const auto description = decided(7);
  const auto third = decided(7);
  CHECK(ask.ask(description)->stale);
  CHECK(ask.ask(third)->stale);
  CHECK(ask.ask(strangers)->applied);
  CHECK(ask.ask(photo)->applied);
  CHECK(again(description).applied);
  CHECK(again(third).applied);
  decided(7); // its gateway has died
  const auto next = decided(7);
  CHECK(again(next).stale);
  db.sql("UPDATE updates SET received_at = received_at - interval '1 minute'");
  CHECK(again(next).applied);
}

TEST_CASE_FIXTURE(conversation_fixture,
                  "conversation store: steps of one chat in one batch do not wait for each other") {
  lanes one_lane{{.connection = db.config(), .lanes = 1}};
  const auto blocker = db.connect();
  pqxx::work lock{*blocker};
  lock.exec("LOCK TABLE sessions");
  auto first =
    one_lane.start(store::load_conversation{update_id{1}, chat_id{7}, user_id{7}, 0, 0, 0, {}});
  std::vector<std::future<caf::expected<store::step_outcome>>> asked;
  for (int i = 0; i < 3; ++i) {
    auto x = step();
    x.session_version = 0;
    asked.push_back(one_lane.start(std::move(x)));
  }
  lock.commit();
  for (auto& x : asked)
    CHECK(x.get()->applied);
}

TEST_CASE_FIXTURE(conversation_fixture, "conversation store: who returns after shutting the bot "
                                        "out gets the videos he missed, once each") {
  auto x = step();
  x.agreed = store::consent{"v1", 4};
  x.order = order(draft_id{uuid::random()}, 3);
  ask.ask(x);
  db.sql("SELECT claim_jobs(gen_random_uuid(), 10)");
  db.sql("UPDATE notifications SET sent_at = now()");
  const auto complete = [&](int which) {
    db.sql("SELECT complete_job(id, claimed_by, 'v') FROM jobs WHERE idempotency_key LIKE '%:"
           + std::to_string(which) + "'");
  };
  const auto unsent = [&] {
    return db.value("SELECT coalesce(string_agg(kind, ' ' ORDER BY id), '') FROM notifications "
                    "WHERE sent_at IS NULL");
  };
  const auto returns = [&] {
    auto back = step();
    back.blocked = false;
    back.notifications.clear();
    ask.ask(back);
  };
  const auto refuse = [&](bool blocked) {
    const auto first = db.number("SELECT min(id) FROM notifications WHERE sent_at IS NULL");
    ask.ask(store::drop_notification{notification_id{first}, "refused", blocked});
  };
  complete(0);
  refuse(false); // lost for another reason, before he went
  complete(1);
  complete(2);
  db.sql("INSERT INTO notifications (chat_id, kind) VALUES (7, 'reply')");
  refuse(true);
  CHECK(unsent() == "");
  returns();
  CHECK(unsent() == "job_done job_done"); // neither the reply, nor what he missed otherwise
  CHECK(db.value("SELECT blocked_at IS NULL FROM users") == "t");
  returns();
  CHECK(unsent() == "job_done job_done");
  CHECK(db.number("SELECT count(*) FROM job_events WHERE what = 'video.sent_again'") == 2);
  db.sql(
    "UPDATE notifications SET created_at = created_at - interval '1 hour', sent_at = sent_at - "
    "interval '30 minutes'");
  db.check_promises(); // what was sent before the user went was not sent out of turn
  CHECK(ask.ask(store::due_notifications{})->notifications.at(0).age < std::chrono::minutes{30});
  refuse(true); // away again, and for longer than we remember
  db.sql(
    "UPDATE notifications SET dropped_at = dropped_at - interval '31 days', sent_at = sent_at - "
    "interval '31 days'");
  db.sql("UPDATE users SET blocked_at = blocked_at - interval '31 days'");
  returns();
  CHECK(unsent() == "");
}

TEST_CASE_FIXTURE(
  conversation_fixture,
  "conversation store: a refusal that is told again after the return does not take a video back") {
  auto x = step();
  ask.ask(x);
  const auto video = db.number(
    "INSERT INTO notifications (chat_id, kind, created_at) VALUES (7, 'job_done', now() - "
    "interval '1 minute') RETURNING id");
  // Told as an age, which is of the moment when the database hears of it: later than it was taken.
  const auto sent_at = std::chrono::steady_clock::now() - std::chrono::seconds{30};
  const auto refuse = [&] {
    ask.ask(store::drop_notification{notification_id{video}, "Forbidden", true, sent_at});
  };
  const auto unsent = [&] {
    return db.value("SELECT sent_at IS NULL FROM notifications WHERE id = "
                    + std::to_string(video));
  };
  refuse();
  CHECK(unsent() == "f");
  auto back = step();
  back.blocked = false;
  ask.ask(back);
  CHECK(unsent() == "t");
  refuse(); // the answer to the first was lost
  CHECK(unsent() == "t");
  CHECK(db.value("SELECT blocked_at IS NULL FROM users") == "t");
}

TEST_CASE_FIXTURE(conversation_fixture, "conversation store: operators grant, ban and look") {
  auto x = step();
  ask.ask(x);
  CHECK(db.number("SELECT grant_credits(7, 5, 'sorry')") == 5);
  CHECK(db.number("SELECT grant_credits(7, -2)") == 3);
  CHECK(db.refusal("SELECT grant_credits(7, -4)") == "NC001");
  CHECK(db.refusal("SELECT grant_credits(8, 1)") == "NC002");
  CHECK(db.value("SELECT ban_user(7)") == "t");
  CHECK(ask.ask(store::load_conversation{put(), chat_id{7}, user_id{7}, 0, 0, 0, {}})->banned);
  CHECK(db.value("SELECT ban_user(8)") == "f");
  CHECK(db.value("SELECT users_show(7)->'credits'") == "3");
  CHECK(db.value("SELECT users_show(8)") == "NULL");
  db.check_promises();
}

TEST_SUITE_END();
