#include "node/connection_room.hpp"
#include "tests/support/world.hpp"

#include <doctest/doctest.h>

// Less than the program wants, and what `check` says before anybody starts it.

using namespace neurocards::test;
using namespace std::chrono_literals;

namespace {

/// A role of its own for one case, by which its nodes come in.
struct role_world : world {
  std::string role = db.value("SELECT current_database()") + "_role";

  explicit role_world(const std::string& limits) {
    db.sql("CREATE ROLE " + role + " LOGIN " + limits);
    auto url = db.url();
    const auto position = url.find("://") + 3;
    url.replace(position, url.find('@') - position, role);
    variables["DATABASE_URL"] = url;
  }
  ~role_world() {
    db.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '" + role + "'");
    db.sql("DROP OWNED BY " + role);
    db.sql("DROP ROLE " + role);
  }
};

/// The line of `check` about `what`; empty if there is none.
std::string line_about(const std::string& subject, const std::string& output) {
  const auto position = output.find("\n" + subject + " ");
  return position == std::string::npos
           ? ""
           : output.substr(position + 1, output.find('\n', position + 1) - position - 1);
}

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

} // namespace

TEST_SUITE_BEGIN("e2e/room");

TEST_CASE("e2e: a node says how many connections it wants, and opens as many") {
  world w;
  w.start_node();
  const neurocards::config::db settings;
  const auto wanted = neurocards::wanted_connections(
    settings, {neurocards::node_role::gateway, neurocards::node_role::notifier,
               neurocards::node_role::worker, neurocards::node_role::coordinator});
  wait_until("as many connections as were said", [&] {
    return w.db.number("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                       "AND application_name LIKE 'neurocards %' "
                       "AND application_name NOT LIKE '%audit'")
           == wanted;
  });
  const auto check = w.verb({"check"});
  CAPTURE(check.output);
  CHECK(check.code == 0);
  CHECK(holds(line_about("database connections", check.output), "ok"));
  CHECK(holds(line_about("database rights", check.output), "ok"));
  CHECK(holds(line_about("kie upload", check.output), "takes photos"));
}

TEST_CASE("e2e: a role with too few connections is told at start, by check and by readyz") {
  role_world w{"CONNECTION LIMIT 7 IN ROLE neurocards"};
  auto& node = w.start_node();
  CHECK(holds(node.output(), "run.too_few_connections"));
  CHECK(holds(node.output(), "7 allowed (CONNECTION LIMIT 7 of the role " + w.role));
  // Which of its connections a node gets is decided by who asks first: whichever role lacks one.
  wait_until("readyz to name a role that cannot work", [&] {
    const auto got = web_get(w.node_url() + "/readyz");
    return got.status == 503 && holds(got.body, "\"role ");
  });
  w.db.sql("ALTER ROLE " + w.role + " CONNECTION LIMIT -1");
  wait_until("all roles to work", [&] { return web_get(w.node_url() + "/readyz").status == 200; });
  node.signal(SIGTERM);
  node.wait();
  w.db.sql("ALTER DATABASE " + w.db.value("SELECT current_database()") + " CONNECTION LIMIT 9");
  const auto check = w.verb({"check"});
  CHECK(check.code == 1);
  const auto line = line_about("database connections", check.output);
  CHECK(holds(line, "FAILED"));
  CHECK(holds(line, "CONNECTION LIMIT 9 of the database"));
}

TEST_CASE("e2e: check names rights, ports and hosts that the program would miss") {
  role_world w{""};
  for (const auto& sql : {"GRANT ALL ON ALL TABLES IN SCHEMA public TO " + w.role,
                          "GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO " + w.role,
                          std::string{"REVOKE EXECUTE ON FUNCTION fail_orphans FROM PUBLIC"},
                          "REVOKE INSERT ON notifications FROM " + w.role})
    w.db.sql(sql);
  w.services.post("script", {{"service", "kie"},
                             {"operation", "file-stream-upload"},
                             {"status", 500},
                             {"code", 500},
                             {"message", "no room for files"},
                             {"count", 0}});
  w.variables["HTTP_TOKEN"] = "a-token-for-this-case-0123456789";
  w.variables["REDIS_URL"] = "unix:///run/redis.sock";
  const auto check = w.verb({"check", "--http.listen=192.0.2.1:8080"});
  CAPTURE(check.output);
  CHECK(check.code == 1);
  CHECK(holds(line_about("database rights", check.output),
              "missing: EXECUTE on fail_orphans, INSERT on notifications"));
  CHECK(holds(line_about("kie upload", check.output), "no room for files"));
  CHECK(holds(line_about("http.listen", check.output), "Cannot assign"));
  CHECK(holds(line_about("redis", check.output), "FAILED"));
  CHECK(holds(check.output, "note: REDIS_URL: no address of Redis"));
}

TEST_SUITE_END();
