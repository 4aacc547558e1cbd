#include "db/migrate.hpp"
#include "protocol/store/conversations.hpp"
#include "protocol/store/inbox.hpp"
#include "protocol/store/reach.hpp"
#include "tests/support/postgres.hpp"

#include <doctest/doctest.h>

// Operators' chats, invitations and broadcasts, as the database has them.

using namespace neurocards;
using namespace neurocards::test;

namespace {

struct reach_fixture : store_fixture {
  int64_t last_update = 100;
  int64_t last_charge = 0;

  store::commit_step step(int64_t user) {
    store::commit_step result;
    result.update = update_id{++last_update};
    result.chat = chat_id{user};
    result.who = {user_id{user}, "", "N", "ru"};
    ask.ask(store::put_updates{{{result.update, result.chat, "message", "{}"}}});
    return result;
  }

  void come(int64_t user, int64_t inviter, int inviter_credits = 3, int invited_credits = 1) {
    auto x = step(user);
    x.invited = store::invitation{user_id{inviter}, inviter_credits, invited_credits};
    REQUIRE(ask.ask(x)->applied);
  }

  void pay(int64_t user, int credits = 5) {
    auto x = step(user);
    x.bought = store::purchase{"charge-" + std::to_string(++last_charge), credits, "XTR", 250, ""};
    REQUIRE(ask.ask(x)->applied);
  }

  int64_t credits(int64_t user) {
    return db.number("SELECT credits FROM users WHERE tg_user_id = " + std::to_string(user));
  }

  int tell(std::vector<std::string> keys = {}, std::vector<std::string> models = {},
           bool scripts = false) {
    store::tell_operators x{{chat_id{-1}, chat_id{42}}, {}, std::move(models), scripts};
    for (auto& key : keys)
      x.keys.emplace_back(key);
    return ask.ask(x)->value;
  }

  void raise(const std::string& cause, const std::string& subject = "") {
    REQUIRE(!!ask.ask(store::raise_alert{cause, subject, R"({"count": 7})"}));
  }

  std::string told() {
    return db.value("SELECT coalesce(string_agg(chat_id || ' ' || (payload->>'cause'), ', ' "
                    "ORDER BY id), '') FROM notifications WHERE kind = 'operator_alert'");
  }

  void let_pass(const std::string& interval) {
    db.sql("UPDATE alerts SET told_at = told_at - interval '" + interval
           + "', raised_at = raised_at - interval '" + interval + "'");
    db.sql("UPDATE outages SET began_at = began_at - interval '" + interval
           + "', ended_at = ended_at - interval '" + interval + "'");
  }

  store::released_news release(int limit) { return *ask.ask(store::release_news{limit}); }

  std::string chats() {
    return db.value("SELECT coalesce(string_agg(chat_id::text, ' ' ORDER BY id), '') "
                    "FROM notifications WHERE kind = 'news'");
  }

  void add_users(int from, int to) {
    db.sql("INSERT INTO users (tg_user_id) SELECT generate_series(" + std::to_string(from) + ", "
           + std::to_string(to) + ")");
  }
};

} // namespace

TEST_SUITE_BEGIN("integration/db/reach");

TEST_CASE_FIXTURE(reach_fixture,
                  "alerts: each cause and subject is told once an hour, whoever asks") {
  raise("billing");
  raise("billing");
  CHECK(tell() == 2); // to both chats
  CHECK(tell() == 0);
  CHECK(told() == "-1 billing, 42 billing");
  CHECK(db.value("SELECT payload FROM notifications LIMIT 1")
        == R"({"cause": "billing", "count": 7, "subject": ""})");
  raise("billing", "another");
  CHECK(tell() == 2);
  let_pass("59 minutes");
  raise("billing");
  CHECK(tell() == 0);
  let_pass("1 minute");
  raise("billing");
  CHECK(tell() == 2);
  let_pass("2 hours"); // and nobody has raised it since
  CHECK(tell() == 0);
}

TEST_CASE_FIXTURE(reach_fixture, "alerts: what was raised while nobody asked is old news") {
  raise("billing");
  db.sql("UPDATE alerts SET raised_at = now() - interval '11 minutes'");
  CHECK(tell() == 0);
}

TEST_CASE_FIXTURE(reach_fixture, "alerts: many nodes that ask at once tell once") {
  lanes others{{.connection = db.config()}};
  raise("billing");
  std::vector<std::future<caf::expected<store::count>>> answers;
  const store::tell_operators request{{chat_id{42}}, {}, {}, false};
  for (int i = 0; i < 20; ++i)
    answers.push_back((i % 2 ? others : ask).start(request));
  int messages = 0;
  for (auto& answer : answers)
    messages += answer.get()->value;
  CHECK(messages == 1);
}

TEST_CASE_FIXTURE(reach_fixture, "alerts: an outage is told when it begins and when it has ended") {
  db.sql("INSERT INTO providers (name) VALUES ('kie') ON CONFLICT DO NOTHING");
  db.sql("SELECT begin_outage('kie', 'probe', 'HTTP 502')");
  CHECK(tell() == 2);
  CHECK(tell() == 0);
  db.sql("UPDATE outages SET began_at = now() - interval '7 minutes'");
  db.sql("SELECT end_outage('kie')");
  CHECK(tell() == 2);
  CHECK(tell() == 0);
  CHECK(told() == "-1 outage_began, 42 outage_began, -1 outage_ended, 42 outage_ended");
  CHECK(db.value("SELECT payload->>'minutes' FROM notifications ORDER BY id DESC LIMIT 1") == "7");
  let_pass("65 minutes"); // an end is told once
  CHECK(tell() == 0);
}

TEST_CASE_FIXTURE(reach_fixture, "alerts: no key and no model left are seen, a short rest is not") {
  CHECK(tell({"a", "b"}, {"sora", "wan"}) == 0);
  db.sql("SELECT rest_keys('{a}', '{3600000}', '{x}')");
  db.sql("SELECT rest_keys('{b}', '{50000}', '{asked too often}')");
  CHECK(tell({"a", "b"}, {"sora", "wan"}) == 0);
  db.sql("SELECT pause('key', 'b', 'op', 'because')");
  CHECK(tell({"a", "b"}, {"sora", "wan"}) == 2);
  CHECK(told() == "-1 no_key, 42 no_key");
  db.sql("INSERT INTO kie_models (model, blocked_until) VALUES ('sora', 'infinity'), "
         "('wan', now() + interval '1 hour')");
  CHECK(tell({"a", "b"}, {"sora", "wan"}) == 2);
  CHECK(tell({}, {}) == 0); // of nothing configured nothing is missing
}

TEST_CASE_FIXTURE(reach_fixture, "alerts: a broken promise and scripts of the template are seen") {
  db.sql("SELECT note_audit(0, '[]')");
  CHECK(tell() == 0);
  db.sql("SELECT note_audit(3, '[]')");
  CHECK(tell() == 2);
  CHECK(db.value("SELECT payload->>'count' FROM notifications LIMIT 1") == "3");
  db.add_user(7, 30);
  for (int i = 0; i < 12; ++i)
    db.add_job(7, "d:" + std::to_string(i));
  db.sql("SELECT claim_jobs('00000000-0000-4000-8000-000000000001', 1000)");
  db.sql("UPDATE jobs SET prompt_source = 'openai'");
  db.sql("SELECT complete_jobs(array_agg(id), array_agg(claimed_by), "
         "array_agg('videos/a.mp4'::text), array_agg(1::bigint)) FROM jobs");
  CHECK(tell({}, {}, true) == 0);
  db.sql("UPDATE jobs SET prompt_source = 'template'");
  CHECK(tell({}, {}, false) == 0); // no maker of scripts is configured
  CHECK(tell({}, {}, true) == 2);
  CHECK(db.value("SELECT payload->>'of' FROM notifications WHERE payload->>'cause' = "
                 "'template_scripts' LIMIT 1")
        == "12");
}

TEST_CASE_FIXTURE(reach_fixture, "alerts: a job that is refused for want of money raises it") {
  db.add_user(7, 1);
  db.add_job(7, "d:0");
  db.sql("SELECT claim_jobs('00000000-0000-4000-8000-000000000001', 1)");
  db.sql("SELECT retry_jobs(array_agg(id), array_agg(claimed_by), '{x}', "
         "ARRAY[jsonb '{\"class\": \"BILLING\"}'], '{1000}', '{f}', '{f}', '{f}') FROM jobs");
  CHECK(db.value("SELECT concat_ws(' ', cause, subject, details->>'provider') FROM alerts")
        == "billing kie kie");
}

TEST_CASE_FIXTURE(reach_fixture,
                  "referral: both get what was promised when the invited first pays") {
  db.add_user(7, 0);
  come(8, 7);
  CHECK(credits(7) == 0);
  pay(8);
  CHECK(credits(7) == 3);
  CHECK(credits(8) == 6);
  CHECK(db.value("SELECT string_agg(tg_user_id || ' ' || amount, ', ' ORDER BY tg_user_id) "
                 "FROM credit_ledger WHERE kind = 'referral'")
        == "7 3, 8 1");
  CHECK(db.value("SELECT string_agg(chat_id || ' ' || (payload->>'role') || ' ' "
                 "|| (payload->>'amount'), ', ' ORDER BY chat_id) "
                 "FROM notifications WHERE kind = 'referral_paid'")
        == "7 inviter 3, 8 invited 1");
  pay(8);
  CHECK(credits(7) == 3);
  CHECK(credits(8) == 11);
  db.check_promises();
}

TEST_CASE_FIXTURE(reach_fixture,
                  "referral: only who is new is invited, never by himself or nobody") {
  db.add_user(7, 0);
  db.add_user(9, 0);
  come(9, 7); // known already
  come(8, 8);
  come(10, 12'345);
  CHECK(db.number("SELECT count(*) FROM referrals") == 0);
  come(11, 7);
  come(11, 9); // the second link comes too late
  CHECK(db.value("SELECT inviter FROM referrals") == "7");
  CHECK(ask.ask(step(14))->applied);
  come(14, 7);
  CHECK(db.number("SELECT count(*) FROM referrals") == 1);
}

TEST_CASE_FIXTURE(reach_fixture,
                  "referral: a payment that fits nothing gives nothing yet, one that came "
                  "back does, a repeated one nothing more") {
  db.add_user(7, 0);
  come(8, 7, 0, 2);
  pay(8, 0);
  CHECK(credits(8) == 0);
  db.sql(
    R"(SELECT bring_purchases_back('[{"charge": "lost", "user": 8, "credits": 5, "stars": 250, "payload": ""}]'))");
  CHECK(credits(8) == 7);
  CHECK(credits(7) == 0);
  db.sql("SELECT record_purchase(8, 'lost', 5, 'XTR', 250)");
  CHECK(credits(8) == 7);
  CHECK(db.number("SELECT count(*) FROM credit_ledger WHERE kind = 'referral'") == 1);
  db.check_promises();
}

TEST_CASE_FIXTURE(reach_fixture,
                  "referral: friends who pay at the same time cost nobody his credits") {
  const auto friend_of = [](int i) { return i % 2 == 0 ? 50 + i : 150 + i; };
  for (int i = 0; i < 10; ++i)
    db.add_user(100 + i, 0);
  for (int i = 0; i < 10; ++i)
    come(friend_of(i), 100 + (i * 7) % 10); // above and below their inviters
  std::vector<std::future<caf::expected<store::step_outcome>>> answers;
  lanes others{{.connection = db.config()}};
  for (int i = 0; i < 10; ++i) {
    auto x = step(friend_of(i));
    x.bought = store::purchase{"c" + std::to_string(i), 5, "XTR", 250, ""};
    answers.push_back((i % 2 ? others : ask).start(x));
  }
  for (auto& answer : answers)
    CHECK(answer.get()->applied);
  CHECK(db.number("SELECT sum(amount) FROM credit_ledger WHERE kind = 'referral'") == 40);
  db.check_promises();
}

TEST_CASE_FIXTURE(reach_fixture, "referral: the audit finds one that was paid twice") {
  db.add_user(7, 0);
  come(8, 7);
  pay(8);
  db.sql("UPDATE referrals SET paid_at = NULL");
  pay(8);
  CHECK(credits(7) == 6);
  const auto broken = db::broken_promises(*db.connect(), our_schema(), std::chrono::seconds{30});
  REQUIRE(broken.size() == 1);
  CHECK(broken[0].promise == "a referral brings its credits once");
}

TEST_CASE_FIXTURE(reach_fixture,
                  "broadcast: everybody once, in portions, but not who is out or wants none") {
  add_users(1, 20);
  db.sql("UPDATE users SET blocked_at = now() WHERE tg_user_id IN (1, 7)");
  db.sql("UPDATE users SET banned_at = now() WHERE tg_user_id = 8");
  CHECK_FALSE(release(5).running);
  db.sql("SELECT operator_create_broadcast('<b>hello</b>', true, 'op', 'why')");
  CHECK_FALSE(release(5).running);
  db.sql("SELECT operator_steer_broadcast(1, 'resume', 'op', 'why')");
  auto first = release(5);
  CHECK(first.messages == 5);
  CHECK(first.running);
  CHECK(chats() == "2 3 4 5 6");
  auto x = step(9);
  x.news = false;
  CHECK(ask.ask(x)->applied);
  CHECK(release(5).messages == 5);
  CHECK(chats() == "2 3 4 5 6 10 11 12 13 14");
  db.sql("SELECT operator_steer_broadcast(1, 'pause', 'op', 'why')");
  CHECK_FALSE(release(5).running);
  db.sql("SELECT operator_steer_broadcast(1, 'resume', 'op', 'why')");
  CHECK(release(100).messages == 6);
  CHECK(db.value("SELECT status || ' ' || messages FROM broadcasts") == "done 16");
  CHECK_FALSE(release(5).running);
  CHECK(db.refusal("SELECT operator_steer_broadcast(1, 'resume', 'op', 'why')") == "NC004");
  CHECK(db.refusal("SELECT operator_steer_broadcast(2, 'pause', 'op', 'why')") == "NC002");
  CHECK(db.value("SELECT string_agg(verb, ', ' ORDER BY id) FROM operator_actions")
        == "broadcast create, broadcast resume, broadcast pause, broadcast resume");
  // The text stands once, and is with each message when it is read.
  CHECK(
    db.value("SELECT string_agg(DISTINCT payload, '') FROM due_notices(100) WHERE kind = 'news'")
    == R"({"text": "<b>hello</b>", "broadcast": 1})");
  // Who changes his mind is told of the next.
  x = step(9);
  x.news = true;
  CHECK(ask.ask(x)->applied);
  CHECK(db.value("SELECT news_off_at IS NULL FROM users WHERE tg_user_id = 9") == "t");
  db.check_promises();
}

TEST_CASE_FIXTURE(reach_fixture, "broadcast: who repeats it, not having heard the answer, creates "
                                 "no second one") {
  const auto create = [](const std::string& text) {
    return "SELECT operator_create_broadcast('" + text + "', false, 'op', 'why')";
  };
  db.sql(create("x"));
  CHECK(db.refusal(create("x")) == "NC004");
  db.sql("UPDATE broadcasts SET status = 'done', finished_at = now()");
  CHECK(db.refusal(create("x")) == "NC004"); // it was quick
  db.sql(create("y"));
  db.sql("SELECT operator_steer_broadcast(id, 'cancel', 'op', 'why') FROM broadcasts "
         "WHERE text = 'y'");
  db.sql(create("y"));
  db.sql("UPDATE broadcasts SET created_at = created_at - interval '61 minutes'");
  db.sql(create("x"));
  CHECK(db.value("SELECT string_agg(text, ' ' ORDER BY id) FROM broadcasts") == "x y y x");
}

TEST_CASE_FIXTURE(reach_fixture,
                  "broadcast: who asks at the same time never writes to one user twice") {
  add_users(1, 400);
  db.sql("SELECT operator_create_broadcast('x', false, 'op', 'why')");
  lanes others{{.connection = db.config()}};
  std::vector<std::future<caf::expected<store::released_news>>> answers;
  for (int i = 0; i < 60; ++i)
    answers.push_back((i % 2 ? others : ask).start(store::release_news{7}));
  for (auto& answer : answers)
    CHECK(!!answer.get());
  CHECK(db.value("SELECT count(*) || ' ' || count(DISTINCT chat_id) FROM notifications")
        == "400 400");
  CHECK(db.value("SELECT status FROM broadcasts") == "done");
}

TEST_CASE_FIXTURE(reach_fixture,
                  "conversations: the cabinet is told the bot's name and whether news are wanted") {
  db.add_user(7, 1);
  store::load_conversation question;
  question.chat = chat_id{7};
  question.user = user_id{7};
  question.cabinet = true;
  CHECK(ask.ask(question)->bot_username.empty());
  REQUIRE(!!ask.ask(store::note_bot{"first_bot"}));
  REQUIRE(!!ask.ask(store::note_bot{"neurocards_bot"}));
  CHECK(ask.ask(question)->bot_username == "neurocards_bot");
  CHECK_FALSE(ask.ask(question)->news_off);
  CHECK(ask.ask(question)->cluster.empty());
  db.sql("UPDATE users SET news_off_at = now()");
  question.cluster = true;
  const auto view = ask.ask(question);
  CHECK(view->news_off);
  CHECK(view->cluster.find("\"queue\"") != std::string::npos);
}

TEST_SUITE_END();
