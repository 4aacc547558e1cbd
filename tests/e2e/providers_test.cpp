#include "tests/support/world.hpp"

#include <doctest/doctest.h>

using namespace neurocards::testing;
using namespace std::chrono_literals;

// Two providers: KIE, and Runware for the day on which KIE makes nothing.

namespace {

constexpr const char* delayed = "⏸ Видео задерживается";
constexpr const char* ready = "✅ Видео готово!";

struct providers_fixture : world {
  providers_fixture() {
    options.emplace_back("--credits.welcome=3");
    variables["RUNWARE_API_KEY"] = "runware-secret";
    variables["RUNWARE_API_URL"] = services.url() + "/runware/v1";
    services.post("settings", {{"kie_time", 300}, {"kie_null", 100}});
  }

  /// Every call is refused from now on.
  void goes_out(const std::string& provider) {
    services.post("script", {{"service", provider},
                             {"operation", "*"},
                             {"count", 0},
                             {"status", 503},
                             {"message", "Service unavailable"}});
  }

  void is_back(const std::string& provider) {
    web_delete(services.url() + "/control/script?service=" + provider);
  }

  int64_t completed_by(const std::string& provider) {
    return db.number("SELECT count(*) FROM jobs WHERE status = 'completed' AND provider = '"
                     + provider + "'");
  }

  int64_t refunds() {
    return db.number("SELECT count(*) FROM credit_ledger WHERE kind = 'refund'");
  }

  bool down(const std::string& provider) {
    return db.number("SELECT count(*) FROM providers WHERE down_since IS NOT NULL AND name = '"
                     + provider + "'")
           == 1;
  }

  void order_by(int64_t user, const std::string& provider) {
    const auto before = completed_by(provider);
    order(user);
    wait_until(
      "a video of " + provider, [&] { return completed_by(provider) == before + 1; }, 90s);
    expect(user, ready);
  }
};

} // namespace

TEST_SUITE_BEGIN("e2e/providers");

TEST_CASE_FIXTURE(providers_fixture,
                  "e2e: while KIE is out Runware makes the videos, and with both "
                  "out jobs wait") {
  start_node();
  order_by(1, "kie");

  goes_out("kie");
  order_by(2, "runware");
  CHECK(db.number("SELECT max(attempts) FROM jobs") == 1);
  CHECK(refunds() == 0);
  CHECK(times_said(2, delayed) == 0);
  CHECK(db.number("SELECT count(*) FROM jobs WHERE provider = 'runware' AND cost = 2.4") == 1);
  CHECK(down("kie"));
  CHECK_FALSE(down("runware"));

  is_back("kie");
  wait_until("KIE to be up again", [&] { return !down("kie"); });
  order_by(3, "kie");

  goes_out("kie");
  goes_out("runware");
  order(4);
  expect(4, delayed);
  wait_until("both to be down", [&] { return down("kie") && down("runware"); });
  CHECK(refunds() == 0);
  CHECK(db.number("SELECT count(*) FROM jobs WHERE status = 'failed'") == 0);
  is_back("runware");
  is_back("kie");
  expect(4, ready, 90s);
  CHECK(refunds() == 0);
  CHECK(db.number("SELECT max(attempts) FROM jobs") == 1);
  db.check_promises();
}

TEST_CASE_FIXTURE(providers_fixture, "e2e: Runware alone is enough") {
  variables["KIE_API_KEY"] = "";
  start_node();
  order_by(1, "runware");
  CHECK(db.number("SELECT count(*) FROM jobs WHERE kie_task_id = intent_token") == 1);
  const auto checked = verb({"check"});
  CHECK(checked.output.find("none of its models is used") != std::string::npos);
  CHECK(checked.output.find("takes the key; makes 1 of kie.models") != std::string::npos);
  db.check_promises();
}

TEST_CASE_FIXTURE(providers_fixture, "e2e: without its key no model of Runware is used") {
  variables.erase("RUNWARE_API_KEY");
  start_node();
  order_by(1, "kie");
  CHECK(verb({"check"}).output.find("no RUNWARE_API_KEY; 1 of kie.models passed over")
        != std::string::npos);
  CHECK(db.number("SELECT count(*) FROM provider_watchers WHERE provider = 'runware'") == 0);
}

TEST_SUITE_END();
