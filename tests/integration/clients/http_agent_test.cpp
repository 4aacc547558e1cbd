#include "actors/http_agent.hpp"
#include "raw_server.hpp"
#include "tests/support/process.hpp"

#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

using namespace neurocards;
using namespace neurocards::test;

namespace {

struct agent_fixture {
  struct config : caf::actor_system_config {
    config() { set("caf.scheduler.policy", "sharing"); }
  };

  /// One who asks for something and waits.
  caf::actor asker(const http::request& request) {
    return sys.spawn([this, request](caf::event_based_actor* self) -> caf::behavior {
      self->request(agent, caf::infinite, request)
        .then([](const http::response&) {}, [](const caf::error&) {});
      return {[](caf::tick_atom) {}};
    });
  }

  ~agent_fixture() {
    caf::anon_send_exit(agent, caf::exit_reason::kill);
    agent = nullptr;
  }

  config settings;
  caf::actor_system sys{settings};
  http_agent_actor agent =
    sys.spawn<http_agent_impl>(http::engine_config{.bulk_connections_per_host = 1});
};

} // namespace

TEST_SUITE_BEGIN("integration/clients/http_agent");

TEST_CASE_FIXTURE(agent_fixture, "http agent: transfers end with whoever asked for them") {
  std::atomic<int> left{0};
  raw_server server{[&](raw_connection& c) {
    if (c.read_request().starts_with("GET /slow")) {
      c.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc");
      c.wait_for_close();
      ++left;
    } else {
      c.answer("other");
    }
  }};
  scratch_directory here;
  auto slow = get(server.url("/slow"));
  slow.save_to = here / "slow";
  slow.timeout = 60s;
  const auto killed = asker(slow);
  wait_until("a beginning", [&] { return std::filesystem::exists(here / "slow"); });

  auto next = get(server.url("/next"));
  next.save_to = here / "next";
  caf::scoped_actor self{sys};
  self->send_exit(killed, caf::exit_reason::kill);
  self->request(agent, 20s, next)
    .receive([](const http::response& x) { CHECK(x.ok()); },
             [](const caf::error& reason) { FAIL(to_string(reason)); });
  wait_until("the server to be left", [&] { return left == 1; });
  CHECK(!std::filesystem::exists(here / "slow"));
}

TEST_CASE_FIXTURE(agent_fixture, "http agent: one who asks often is heard every time") {
  raw_server server{serve_hello};
  caf::scoped_actor self{sys};
  for (int i = 0; i < 50; ++i)
    self->request(agent, 20s, get(server.url()))
      .receive([](const http::response& x) { CHECK(x.body == "hello"); },
               [](const caf::error& reason) { FAIL(to_string(reason)); });
  CHECK(server.connections() == 1);
}

TEST_SUITE_END();
