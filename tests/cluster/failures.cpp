#include "tests/cluster/failures.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <exception>

namespace neurocards::test::cluster {

namespace {

std::atomic<bool> failed = false;

/// doctest tells listeners of every assertion, and nobody else.
struct watch : doctest::IReporter {
  explicit watch(const doctest::ContextOptions&) {}

  void report_query(const doctest::QueryData&) override {}
  void test_run_start() override {}
  void test_run_end(const doctest::TestRunStats&) override {}
  void test_case_start(const doctest::TestCaseData&) override { failed = false; }
  void test_case_reenter(const doctest::TestCaseData&) override {}
  void test_case_end(const doctest::CurrentTestCaseStats&) override {}
  void test_case_exception(const doctest::TestCaseException&) override { failed = true; }
  void subcase_start(const doctest::SubcaseSignature&) override {}
  void subcase_end() override {}
  void log_assert(const doctest::AssertData& x) override {
    if (x.m_failed)
      failed = true;
  }
  void log_message(const doctest::MessageData&) override {}
  void test_case_skipped(const doctest::TestCaseData&) override {}
};

REGISTER_LISTENER("failures", 1, watch);

} // namespace

bool case_has_failed() {
  return failed || std::uncaught_exceptions() > 0;
}

} // namespace neurocards::test::cluster
