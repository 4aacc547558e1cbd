// What comes from the tests checks as it goes, here outside of any test case.
#define DOCTEST_CONFIG_IMPLEMENT
#include "bench/server.hpp"

#include <cstdlib>
#include <stdexcept>
#include <string>

#include <doctest/doctest.h>

namespace neurocards::bench {

namespace {

void fail_on_bad_check(const doctest::AssertData& x) {
  if (x.m_failed)
    throw std::runtime_error(std::string{"check failed: "} + x.m_expr);
}

} // namespace

void use_server() {
  const auto* url = std::getenv("BENCH_DATABASE_URL");
  if (!url)
    throw std::runtime_error(
      "BENCH_DATABASE_URL is not set; script/bench starts a server of its own");
  ::setenv("TEST_DATABASE_URL", url, 1);
  static doctest::Context context;
  context.setAsDefaultForAssertsOutOfTestCases();
  context.setAssertHandler(fail_on_bad_check);
}

} // namespace neurocards::bench
