#include "tests/support/world.hpp"

#include <doctest/doctest.h>

using namespace neurocards::testing;

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

TEST_SUITE_END();
