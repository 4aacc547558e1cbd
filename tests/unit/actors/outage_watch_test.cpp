#include "actors/outage_watch.hpp"
#include "clients/kie.hpp"
#include "tests/support/fake_web.hpp"

#include <caf/event_based_actor.hpp>
#include <doctest/doctest.h>

#include <algorithm>

using namespace neurocards;
using namespace neurocards::test;

namespace {

http::response balance() {
  return answered(200, R"({"code":200,"msg":"success","data":12.5})");
}

/// A watch in a world where the database says `view` and decides `origin`.
struct watch_fixture : actor_fixture {
  journal log;
  fake_web web{log};
  store::provider_view view;
  failure_origin origin = failure_origin::job;
  int failing_reports = 0;
  std::vector<store::report_failures> failures;
  std::vector<bool> probes;
  std::vector<failure_origin> heard;
  std::shared_ptr<std::atomic<bool>> unreachable = std::make_shared<std::atomic<bool>>(false);
  metrics counts{sys};
  http_agent_actor agent = web.start(*this);
  provider_store_actor store = spawn_fake<provider_store_actor>(
    [this](const store::report_failures& x) -> caf::result<failure_origin> {
      if (failing_reports > 0 && failing_reports-- > 0)
        return caf::make_error(ec::unavailable);
      failures.push_back(x);
      return origin;
    },
    [this](const store::report_probe& x) {
      probes.push_back(x.reached);
      return store::committed{};
    },
    [this](const store::watch_provider&) {
      log.note("watch");
      return std::exchange(view, next_view.value_or(view));
    });
  std::optional<store::provider_view> next_view;
  outage_watch_actor watch;

  watch_fixture() {
    web.says("kie.credit", {balance()});
    const auto api = kie::service(kie::api{"https://kie.example", "https://upload.example", 60s});
    watch = own(sys.spawn<outage_watch_impl>(outage_watch_config{api,
                                                                 {secret{"k1"}, secret{"k2"}},
                                                                 std::vector<std::string>{"m"},
                                                                 30s,
                                                                 6h,
                                                                 30s,
                                                                 5s,
                                                                 unreachable},
                                             store, agent, counts));
    settle();
  }

  void kie_is_down() { web.says("kie.credit", {answered(503, "<html>")}); }

  void fail(failure_stage stage = failure_stage::creation) {
    own(sys.spawn([this, stage](caf::event_based_actor* asker) {
      asker->request(watch, caf::infinite, weigh_failure{job_id{uuid::random()}, user_id{1}, stage})
        .then([this](failure_origin got) { heard.push_back(got); }, [](const caf::error&) {});
    }));
    settle();
  }

  void down(std::chrono::milliseconds since = 0ms) {
    view.down = true;
    view.down_for = since;
    advance(6s); // the next look
  }
};

} // namespace

TEST_SUITE_BEGIN("unit/actors/outage_watch");

TEST_CASE_FIXTURE(watch_fixture,
                  "outage_watch: probes when a job fails, and says what came of it") {
  origin = failure_origin::job;
  fail();
  REQUIRE(failures.size() == 1);
  CHECK(failures[0].reached == true);
  CHECK(heard == std::vector{failure_origin::job});
  CHECK_FALSE(*unreachable);
  kie_is_down();
  origin = failure_origin::provider;
  fail();
  REQUIRE(failures.size() == 2);
  CHECK(failures[1].reached == false);
  CHECK(failures[1].reason.find("503") != std::string::npos);
  CHECK(heard.back() == failure_origin::provider);
  CHECK(*unreachable);
  CHECK(web.of("kie.credit")[0].bearer.reveal() == "k1");
  CHECK(web.of("kie.credit")[1].bearer.reveal() == "k2");
  CHECK(web.of("kie.credit")[1].timeout == 10s);
}

TEST_CASE_FIXTURE(watch_fixture,
                  "outage_watch: makes one probe and one report of what fails together") {
  web.answers.hold("kie.credit");
  for (int i = 0; i < 5; ++i)
    fail(i == 0 ? failure_stage::task : failure_stage::creation);
  CHECK(heard.empty());
  web.release();
  settle();
  CHECK(web.of("kie.credit").size() == 1);
  REQUIRE(failures.size() == 1);
  CHECK(failures[0].failures.size() == 5);
  CHECK(heard.size() == 5);
}

TEST_CASE_FIXTURE(watch_fixture, "outage_watch: asks the database until it decides") {
  failing_reports = 3;
  fail();
  CHECK(heard.empty());
  advance(10s);
  CHECK(heard.size() == 1);
  CHECK(failures.size() == 1);
}

TEST_CASE_FIXTURE(watch_fixture, "outage_watch: one that could not try says so and blames nobody") {
  web.says("kie.credit", {failed(http::outcome::local_fault)});
  fail();
  REQUIRE(failures.size() == 1);
  CHECK_FALSE(failures[0].reached);
  CHECK_FALSE(failures[0].reached.has_value());
  CHECK_FALSE(*unreachable);
}

TEST_CASE_FIXTURE(watch_fixture, "outage_watch: knows an outage without asking again") {
  down();
  fail();
  CHECK(heard == std::vector{failure_origin::provider});
  CHECK(failures.empty());
  CHECK(probes.empty());
}

TEST_CASE_FIXTURE(watch_fixture, "outage_watch: probes while KIE is down, ever more rarely") {
  kie_is_down();
  down();
  view.down_for = 35s; // as of the next look: then it is due at 90 s
  advance(35s);
  CHECK(probes.size() == 1);
  advance(45s);
  CHECK(probes.size() == 1);
  advance(15s);
  CHECK(probes.size() == 2);
  CHECK(std::ranges::none_of(probes, [](bool x) { return x; }));
}

TEST_CASE_FIXTURE(watch_fixture, "outage_watch: stops probing when the outage is over") {
  down();
  view = {};
  advance(6s);
  advance(1h);
  CHECK(probes.size() <= 1);
}

TEST_CASE_FIXTURE(watch_fixture, "outage_watch: tries when another worker does not reach KIE") {
  view.probe_wanted = true;
  next_view = store::provider_view{};
  caf::anon_send(watch, wake_atom_v);
  settle();
  CHECK(probes == std::vector{true});
  advance(1min);
  CHECK(probes.size() == 1);
}

TEST_CASE_FIXTURE(watch_fixture,
                  "outage_watch: that of a node that is cut off alone finds out when that ends") {
  kie_is_down();
  origin = failure_origin::node;
  fail();
  CHECK(*unreachable);
  advance(40s);
  CHECK(*unreachable);
  web.says("kie.credit", {balance()});
  advance(40s);
  CHECK_FALSE(*unreachable);
  const auto count = probes.size();
  advance(10min);
  CHECK(probes.size() == count);
}

TEST_SUITE_END();
