#include "tests/support/world.hpp"

#include <functional>

#include <doctest/doctest.h>

#include <pqxx/pqxx>

using namespace neurocards::test;
using namespace std::chrono_literals;

// Nobody can write to the database just while KIE answers creations, for longer than the lease and
// the grace of an orphan: whoever has the task's id must get to say so before it is made again.

namespace {

constexpr int videos = 3;
constexpr auto spell = 8s; // the lease of `world` is 3 s, the grace 1 s

struct paused_world : world {
  paused_world() {
    services.post("settings", {{"kie_time", 500}});
    services.post("script", {{"service", "kie"},
                             {"operation", "createTask"},
                             {"how", "pass"},
                             {"count", 0},
                             {"delay", 2'500}});
    db.add_user(7, videos);
  }

  /// Orders, and brings the trouble when all creations have been announced and none is answered.
  void order_and_break(const std::function<void()>& begin, const std::function<void()>& end) {
    order(7, videos);
    wait_until("all creations", [&] {
      return db.number("SELECT count(*) FROM jobs WHERE intent_token IS NOT NULL") == videos;
    });
    REQUIRE(db.number("SELECT count(*) FROM jobs WHERE kie_task_id IS NOT NULL") == 0);
    begin();
    const auto until = std::chrono::steady_clock::now() + spell;
    wait_until("the end of the spell", [&] { return std::chrono::steady_clock::now() >= until; });
    end();
  }

  void cut_everybody_off() {
    db.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
           "WHERE datname = current_database() AND pid <> pg_backend_pid()");
  }

  void set_read_only(const std::string& value) {
    db.sql("ALTER DATABASE " + db.value("SELECT quote_ident(current_database())") + " " + value);
    cut_everybody_off();
  }

  /// Every write of what keeps leases and tasks fails as a server without room says it.
  void fill_the_disk() {
    db.sql("CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
           "RAISE EXCEPTION 'could not extend file: No space left on device' "
           "USING ERRCODE = '53100'; END $$");
    for (const auto* table : {"jobs", "nodes", "settings"})
      db.sql(std::string{"CREATE TRIGGER no_room BEFORE INSERT OR UPDATE ON "} + table
             + " FOR EACH STATEMENT EXECUTE FUNCTION no_room()");
  }

  int64_t tasks() { return services.get("tasks").at("count").get<int64_t>(); }
};

} // namespace

TEST_SUITE_BEGIN("e2e/write_pause");

TEST_CASE("e2e: a task made while nobody could write is known before another is made") {
  paused_world w;
  w.start_node();
  SUBCASE("the server is read-only") {
    w.order_and_break([&] { w.set_read_only("SET default_transaction_read_only = on"); },
                      [&] {
                        w.db.sql("SET default_transaction_read_only = off");
                        w.set_read_only("RESET default_transaction_read_only");
                      });
  }
  SUBCASE("somebody has locked the tables") {
    auto stranger = w.db.connect();
    std::unique_ptr<pqxx::work> lock;
    w.order_and_break(
      [&] {
        lock = std::make_unique<pqxx::work>(*stranger);
        lock->exec("LOCK TABLE jobs, nodes, settings IN ACCESS EXCLUSIVE MODE");
      },
      [&] { lock.reset(); });
  }
  SUBCASE("its disk is full") {
    w.order_and_break([&] { w.fill_the_disk(); },
                      [&] { w.db.sql("DROP FUNCTION no_room CASCADE"); });
  }
  wait_until("all videos", [&] { return w.times_said(7, "✅ Видео готово!") == videos; });
  CHECK(w.tasks() == videos);
  CHECK(w.db.number("SELECT max(attempts) FROM jobs") == 1);
  w.db.check_promises();
}

TEST_SUITE_END();
