#include "db/migrate.hpp"
#include "protocol/fwd.hpp"
#include "protocol/store/inbox.hpp"
#include "tests/support/lone_leader.hpp"
#include "tests/support/postgres.hpp"

#include <doctest/doctest.h>

using namespace neurocards;
using namespace neurocards::test;
using namespace std::chrono_literals;

namespace {

struct inbox_fixture : store_fixture {
  static store::inbox_update update(int64_t id, int64_t chat = 7) {
    return {update_id{id}, chat_id{chat}, "message", R"({"update_id":)" + std::to_string(id) + "}"};
  }

  void put(int64_t id, const uuid& receiver = {}) {
    REQUIRE(ask.ask(store::put_updates{{update(id)}, receiver}));
  }

  std::vector<int64_t> left_behind() {
    std::vector<int64_t> result;
    const auto page =
      *ask.ask(store::pending_updates{10, store::pending_updates::choice::left_behind});
    for (const auto& x : page.updates)
      result.push_back(x.id.value);
    return result;
  }

  /// Stands for the life of a gateway; leads or not.
  std::unique_ptr<db::leader> receiver(const uuid& name) {
    return std::make_unique<lone_leader>(
      db.config(), db::leader_config{.role = "gateway", .member = name}, [](bool) {});
  }
};

using ids = std::vector<int64_t>;

} // namespace

TEST_SUITE_BEGIN("integration/db/inbox");

TEST_CASE_FIXTURE(inbox_fixture, "inbox: what a receiver had in hand is left behind when it ends") {
  const auto living = uuid::random();
  const auto dying = uuid::random();
  const auto one = receiver(living);
  auto two = receiver(dying);
  put(1, living);
  put(2, dying);
  put(3); // nobody knows whose
  put(4, dying);
  CHECK(eventually([&] { return left_behind().empty(); }));
  db.sql("UPDATE updates SET handled_at = now() WHERE update_id = 4");
  two.reset();
  CHECK(eventually([&] { return left_behind() == ids{2}; }));
  CHECK(ask.ask(store::pending_updates{})->updates.size() == 3);
}

TEST_CASE_FIXTURE(inbox_fixture,
                  "inbox: an update without content is refused, and may be sent again") {
  const auto refused = [&](store::inbox_update x) {
    return ask.ask(store::put_updates{{std::move(x)}, {}}).error();
  };
  CHECK(refused({update_id{1}, chat_id{7}, "message", ""}) == ec::misconfigured);
  CHECK(refused({update_id{1}, chat_id{7}, "", "{}"}) == ec::misconfigured);
  CHECK(db.number("SELECT count(*) FROM updates") == 0);
  CHECK(db.refusal("INSERT INTO updates (update_id, chat_id, kind, body) VALUES (1, 7, 'x', '')")
        == "23514");
  CHECK(db.refusal("INSERT INTO updates (update_id, chat_id, kind, body) VALUES (1, 7, '', 'x')")
        == "23514");
}

TEST_CASE_FIXTURE(empty_database,
                  "inbox: the upgrade keeps empty updates of older programs, audit tells") {
  auto before = our_schema();
  std::erase_if(before.migrations, [](const auto& x) { return x.version >= 13; });
  std::erase_if(before.functions, [](const auto& x) { return x.name != "time_ordered_uuid"; });
  db::migrate(config(), before);
  sql("INSERT INTO updates (update_id, chat_id, kind, body) VALUES (5, 501, '', ''), "
      "(6, 501, 'message', '{\"update_id\":6}')");
  db::migrate(config(), our_schema());
  CHECK(number("SELECT count(*) FROM updates") == 2);
  const auto on = connect();
  const auto broken = db::broken_promises(*on, our_schema(), 30s);
  REQUIRE(broken.size() == 1);
  CHECK(broken[0].promise == "every update is stored whole");
  CHECK(broken[0].subject == "5");
  CHECK(broken[0].detail.find("chat 501") != std::string::npos);
  sql("DELETE FROM updates WHERE update_id = 5"); // as docs/operations.md says
  CHECK(db::broken_promises(*on, our_schema(), 30s).empty());
}

TEST_SUITE_END();
