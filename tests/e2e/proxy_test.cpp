#include "tests/support/world.hpp"

#include <doctest/doctest.h>

using namespace neurocards::test;

TEST_SUITE_BEGIN("e2e/proxy");

TEST_CASE(
  "e2e: a bot that reaches Telegram by telegram.proxy alone takes an order and delivers it") {
  world w;
  w.variables["TELEGRAM_API_URL"] = "http://telegram.invalid"; // no name server knows it
  w.options.push_back("--telegram.proxy=" + w.services.url());
  w.start_node();
  w.order(7);
  w.expect(7, "✅ Видео готово!");
  w.db.check_promises();
}

TEST_CASE("e2e: a node that reaches KIE by kie.proxy alone makes a video and fetches it") {
  world w;
  w.variables["KIE_API_URL"] = "http://kie.invalid"; // KIE fetches uploads by a name it knows
  w.options.push_back("--kie.proxy=" + w.services.url());
  w.start_node();
  w.order(7);
  w.expect(7, "✅ Видео готово!");
  CHECK(w.db.number("SELECT count(*) FROM jobs WHERE status = 'completed' AND provider = 'kie'")
        == 1);
  w.db.check_promises();
}

TEST_CASE("e2e: a node that reaches Runware by kie.proxy alone makes a video and fetches it") {
  world w;
  w.variables["KIE_API_KEY"] = "";
  w.variables["RUNWARE_API_KEY"] = "runware-secret";
  w.variables["RUNWARE_API_URL"] = "http://runware.invalid/runware/v1";
  w.options.push_back("--kie.proxy=" + w.services.url());
  w.start_node();
  w.order(7);
  w.expect(7, "✅ Видео готово!");
  CHECK(w.db.number("SELECT count(*) FROM jobs WHERE status = 'completed' AND provider = 'runware'")
        == 1);
  w.db.check_promises();
}

TEST_SUITE_END();
