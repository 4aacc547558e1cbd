#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include "base/log.hpp"
#include "protocol/fwd.hpp"

#include <csignal>

#include <chrono>
#include <condition_variable>
#include <iostream>
#include <mutex>
#include <string>
#include <thread>

namespace {

using namespace std::chrono_literals;

constexpr auto long_time = 60s;

/// Names a case that takes long: whoever ends a program that hangs (ctest does, after TIMEOUT)
/// knows only which file's cases it runs.
class slow_case_notes {
public:
  slow_case_notes() {
    // Signals belong to the cases: none may be delivered here.
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    thread_ = std::jthread{[this](const std::stop_token& stop) { run(stop); }};
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
  }

  void begun(std::string name) {
    const std::lock_guard guard{mutex_};
    running_ = std::move(name);
    since_ = std::chrono::steady_clock::now();
  }

  void ended() { begun({}); }

private:
  void run(const std::stop_token& stop) {
    std::unique_lock lock{mutex_};
    while (!stop.stop_requested()) {
      changed_.wait_for(lock, stop, 1s, [] { return false; });
      if (running_.empty() || std::chrono::steady_clock::now() < since_ + long_time)
        continue;
      std::cerr << "after " << long_time.count() << " s still runs: " << running_ << std::endl;
      running_.clear(); // said once
    }
  }

  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::string running_; // empty: none, or said
  std::chrono::steady_clock::time_point since_;
  std::jthread thread_;
};

bool chose_none = false;

/// Notes whether a run had any case at all: a name that fits none must not look like a success.
struct choice : doctest::IReporter {
  explicit choice(const doctest::ContextOptions&) {}

  void report_query(const doctest::QueryData&) override {}
  void test_run_start() override {}
  void test_run_end(const doctest::TestRunStats& x) override {
    chose_none = x.numTestCasesPassingFilters == 0;
  }
  void test_case_start(const doctest::TestCaseData& x) override { notes_.begun(x.m_name); }
  void test_case_reenter(const doctest::TestCaseData&) override {}
  void test_case_end(const doctest::CurrentTestCaseStats&) override { notes_.ended(); }
  void test_case_exception(const doctest::TestCaseException&) override {}
  void subcase_start(const doctest::SubcaseSignature&) override {}
  void subcase_end() override {}
  void log_assert(const doctest::AssertData&) override {}
  void log_message(const doctest::MessageData&) override {}
  void test_case_skipped(const doctest::TestCaseData&) override {}

private:
  slow_case_notes notes_;
};

REGISTER_LISTENER("choice", 1, choice);

} // namespace

int main(int argc, char** argv) {
  neurocards::init_protocol();
  neurocards::log::start({neurocards::log::level::error, false, ""});
  const int code = doctest::Context(argc, argv).run();
  if (!chose_none)
    return code;
  std::cerr << "no test case has this name\n";
  return 1;
}
