#include "actors/alert_watch.hpp"
#include "actors/balance_watch.hpp"
#include "actors/bot_name.hpp"
#include "clients/kie.hpp"
#include "tests/support/actor_fixture.hpp"

#include <doctest/doctest.h>

using namespace neurocards;
using namespace neurocards::test;
using namespace std::chrono_literals;

namespace {

struct alert_fixture : actor_fixture {
  std::vector<store::tell_operators> asked;
  bool away = false;

  alert_store_actor database = spawn_fake<alert_store_actor>(
    [this](const store::tell_operators& x) -> caf::result<store::count> {
      asked.push_back(x);
      if (away)
        return caf::make_error(ec::unavailable);
      return store::count{1};
    });

  singleton_actor watch(std::vector<chat_id> chats) {
    alert_watch_config config;
    config.request.chats = std::move(chats);
    config.request.models = {"sora"};
    return spawn<alert_watch_impl>(config, database);
  }
};

/// What a service says to every request, and what was written because of that.
struct answer_fixture : actor_fixture {
  std::string body;
  int asked = 0;
  std::vector<store::raise_alert> raised;
  std::vector<std::string> names;

  http_agent_actor http = spawn_fake<http_agent_actor>([this](const http::request&) {
    ++asked;
    http::response result;
    result.outcome = http::outcome::answered;
    result.status = 200;
    result.body = body;
    return result;
  });
};

} // namespace

TEST_SUITE_BEGIN("unit/actors/alert_watch");

TEST_CASE_FIXTURE(alert_fixture,
                  "alert_watch: asks every five seconds while it leads, come what may") {
  const auto actor = watch({chat_id{-5}});
  advance(1min);
  CHECK(asked.empty());
  caf::anon_send(actor, gained_atom_v);
  advance(1min);
  CHECK(asked.size() >= 10);
  CHECK(asked.size() <= 14);
  CHECK(asked.front().chats == std::vector{chat_id{-5}});
  CHECK(asked.front().models == std::vector<std::string>{"sora"});
  away = true;
  asked.clear();
  advance(1min);
  CHECK(asked.size() >= 10);
  caf::anon_send(actor, lost_atom_v);
  advance(10s);
  asked.clear();
  advance(1min);
  CHECK(asked.empty());
}

TEST_CASE_FIXTURE(alert_fixture, "alert_watch: without operators' chats nothing is asked") {
  const auto actor = watch({});
  caf::anon_send(actor, gained_atom_v);
  advance(1min);
  CHECK(asked.empty());
}

TEST_CASE_FIXTURE(answer_fixture, "balance_watch: a balance that runs low is raised, another not") {
  const auto store = spawn_fake<balance_store_actor>([this](const store::raise_alert& x) {
    raised.push_back(x);
    return store::committed{};
  });
  body = R"({"code": 200, "msg": "success", "data": 612.5})";
  const auto actor = spawn<balance_watch_impl>(
    balance_config{kie::service(kie::api{"https://kie.example", "https://up.example", 60s}),
                   {secret{"kie-key-1"}}},
    http, store, std::make_shared<recent_figures>());
  advance(1s);
  CHECK(asked == 1);
  CHECK(raised.empty());
  body = R"({"code": 200, "msg": "success", "data": 41.7})";
  caf::anon_send(actor, wake_atom_v);
  advance(1s);
  REQUIRE(raised.size() == 1);
  CHECK(raised[0].cause == "low_balance");
  CHECK(raised[0].details == R"({"provider": "kie", "count": 41})");
  CHECK(raised[0].subject.find("kie-key-1") == std::string::npos); // a fingerprint
}

TEST_CASE_FIXTURE(answer_fixture,
                  "bot_name: what Telegram says is kept, and asked for until it says it") {
  const auto store = spawn_fake<bot_store_actor>([this](const store::note_bot& x) {
    names.push_back(x.username);
    return store::committed{};
  });
  body = R"({"ok": false, "error_code": 500, "description": "x"})";
  const auto actor = spawn<bot_name_impl>(
    bot_name_config{telegram::api{"https://telegram.example", secret{"1:t"}, 60s}}, http, store);
  advance(10s);
  CHECK(asked > 2);
  CHECK(names.empty());
  body = R"({"ok": true, "result": {"id": 1, "is_bot": true, "username": "neurocards_bot"}})";
  advance(2min);
  CHECK(names == std::vector<std::string>{"neurocards_bot"});
  advance(2h);
  CHECK(names.size() >= 2);
}

TEST_SUITE_END();
