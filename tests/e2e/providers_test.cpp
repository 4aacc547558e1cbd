#include "tests/support/world.hpp"

#include <doctest/doctest.h>

using namespace neurocards::test;
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

  /// Every creation is refused for want of money: the key rests.
  void has_no_money(const std::string& provider, const std::string& operation) {
    services.post("script", {{"service", provider},
                             {"operation", operation},
                             {"count", 0},
                             {"status", 402},
                             {"message", "insufficient credits"}});
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
  CHECK(db.number("SELECT count(*) FROM earnings_of_days(1) WHERE model = "
                  "'bytedance:seedance@2.0' AND clips = 1 AND cost = 2.4")
        == 1);
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

TEST_CASE_FIXTURE(providers_fixture,
                  "e2e: with KIE out and no money at Runware users are told, and KIE's return ends "
                  "it") {
  start_node();
  goes_out("kie");
  has_no_money("runware", "videoInference");
  order(1);
  expect(1, delayed);
  order(2); // nobody claims it: no provider takes jobs
  expect(2, delayed);
  CHECK(down("kie"));
  CHECK_FALSE(down("runware"));
  CHECK(db.number("SELECT count(*) FROM providers WHERE shut AND name = 'runware'") == 1);
  CHECK(refunds() == 0);
  is_back("kie");
  expect(1, ready, 90s);
  expect(2, ready, 90s);
  CHECK(completed_by("kie") == 2);
  CHECK(db.number("SELECT max(attempts) FROM jobs") == 1);
  CHECK(times_said(1, delayed) == 1);
  CHECK(times_said(2, delayed) == 1);
  db.check_promises();
}

TEST_CASE_FIXTURE(providers_fixture,
                  "e2e: with KIE out and no money at Runware patience runs, and the credit goes "
                  "back") {
  options.emplace_back("--kie.outage-patience=4s");
  start_node();
  goes_out("kie");
  has_no_money("runware", "videoInference");
  order(1);
  expect(1, delayed);
  wait_until("the credit to go back", [&] { return refunds() == 1; });
  CHECK(db.number("SELECT count(*) FROM jobs WHERE status = 'failed' AND "
                  "error_details->>'class' = 'OUTAGE'")
        == 1);
  db.check_promises();
}

TEST_CASE_FIXTURE(providers_fixture,
                  "e2e: a photo that only KIE's models take waits for KIE alone, and its user is "
                  "told") {
  options.emplace_back(
    R"(--kie.models=[{slug="sora-2-image-to-video",name="Sora 2",duration-field="n_frames",)"
    R"(duration=15,price=30,follows-photo=true},{slug="bytedance:seedance@2.0",name="Seedance 2",)"
    R"(provider="runware",duration-field="duration",duration=15,duration-text=false,)"
    R"(input={resolution="720p"},price=2.4,photo-min-side=4000,follows-photo=true}])");
  start_node();
  goes_out("kie");
  order(1);
  expect(1, delayed);
  CHECK(down("kie"));
  CHECK(completed_by("runware") == 0);
  CHECK(db.number("SELECT count(*) FROM jobs WHERE stranded_since IS NOT NULL") == 1);
  is_back("kie");
  expect(1, ready, 90s);
  CHECK(times_said(1, delayed) == 1);
  CHECK(refunds() == 0);
  CHECK(db.number("SELECT max(attempts) FROM jobs") == 1);
  db.check_promises();
}

TEST_CASE_FIXTURE(providers_fixture, "e2e: check tells which model costs something else at KIE") {
  const auto same = verb({"check"});
  CHECK(same.output.find("none differs from KIE's public list") != std::string::npos);
  const auto dearer =
    verb({"check",
          R"(--kie.models=[{slug="wan/2-6-image-to-video",name="Wan",duration-field="duration",)"
          R"(duration=15,input={resolution="720p"},price=105,price-date="2026-01-01"}])"});
  CHECK(dearer.output.find("wan/2-6-image-to-video costs 105 KIE credits in kie.models, and 210 in "
                           "KIE's list")
        != std::string::npos);
  CHECK(verb({"check", "--kie.price-feed=false"}).output.find("kie prices") == std::string::npos);
}

TEST_SUITE_END();
