#include "actors/late_videos.hpp"
#include "tests/support/worker_fixture.hpp"

using namespace neurocards;
using namespace neurocards::test;

namespace {

/// One leader of the gifts, and a database that knows of `waiting` tasks. KIE says of all that they
/// succeeded.
struct gift_fixture : worker_fixture {
  gift_fixture() { web.says("kie.recordInfo", {success()}); }

  std::vector<store::late_task> waiting;
  std::vector<store::give_video> given;
  std::vector<std::string> settled;
  bool away = false; // the database
  int rounds = 0;

  late_video_store_actor gifts = spawn_fake<late_video_store_actor>(
    [this](const store::late_tasks&) -> caf::result<store::late_task_page> {
      ++rounds;
      if (away)
        return caf::make_error(ec::unavailable);
      return store::late_task_page{waiting};
    },
    [this](const store::give_video& request) -> caf::result<store::transition> {
      log.note("give_video");
      if (away)
        return caf::make_error(ec::unavailable);
      given.push_back(request);
      return forget(request.token);
    },
    [this](const store::settle_task& change) -> caf::result<store::transition> {
      log.note("settle_task");
      if (away)
        return caf::make_error(ec::unavailable);
      settled.push_back(change.token);
      return forget(change.token);
    });

  void add(const std::string& name) {
    waiting.push_back({"token-" + name, task_id{"task-" + name}, key_fingerprint{second_key},
                       "sora", job_id{uuid::random()}});
  }

  void start() {
    actor = spawn<late_videos_impl>(late_videos_config{2min}, context(), gifts);
    tell(gained_atom_v);
  }

  template <class Atom>
  void tell(Atom message) {
    caf::anon_send(actor, message);
    settle();
  }

  singleton_actor actor;

private:
  store::transition forget(const std::string& token) {
    const auto gone = std::erase_if(waiting, [&](const auto& x) { return x.token == token; });
    return gone == 0 ? store::transition::lease_lost : store::transition::done;
  }
};

constexpr auto round = 3min; // an interval, its jitter, and the work

} // namespace

TEST_SUITE_BEGIN("unit/actors/late_videos");

TEST_CASE_FIXTURE(gift_fixture, "late_videos: does nothing until it leads, nor when it has lost") {
  add("a");
  actor = spawn<late_videos_impl>(late_videos_config{2min}, context(), gifts);
  advance(1h);
  CHECK(rounds == 0);
  tell(gained_atom_v);
  tell(lost_atom_v);
  advance(1h);
  CHECK(rounds == 0);
  CHECK(log.text() == "");
}

TEST_CASE_FIXTURE(gift_fixture, "late_videos: gives the video of a task its job went on without") {
  add("a");
  start();
  advance(round);
  CHECK(log.text() == "kie.recordInfo video.download put_file give_video");
  CHECK(keys_asked.at(0).value == second_key); // the one that created it
  CHECK(web.of("kie.recordInfo").at(0).url.find("task-a") != std::string::npos);
  REQUIRE(given.size() == 1);
  CHECK(given[0].token == "token-a");
  CHECK(given[0].video.value == "videos/late-token-a.mp4");
  CHECK(given[0].video_bytes == 1'000'000);
  CHECK_FALSE(given[0].cost); // KIE has not said
  CHECK(counts.orphans("late").value() == 1);
  advance(1h);
  CHECK(given.size() == 1);
}

TEST_CASE_FIXTURE(gift_fixture, "late_videos: tells what the video cost") {
  add("a");
  web.says("kie.recordInfo", {success_that_took(220)});
  start();
  advance(round);
  REQUIRE(given.size() == 1);
  CHECK(given[0].cost.value_or(0) == doctest::Approx(1.1));
}

TEST_CASE_FIXTURE(gift_fixture, "late_videos: settles a task that failed") {
  add("a");
  web.says("kie.recordInfo", {task_failed("500", "Internal Error")});
  start();
  advance(round);
  CHECK(log.text() == "kie.recordInfo settle_task");
  CHECK(settled == std::vector<std::string>{"token-a"});
}

TEST_CASE_FIXTURE(gift_fixture, "late_videos: polls again a task that is still under way") {
  add("a");
  web.says("kie.recordInfo", {generating(), unknown_task(), answered(502, "<html>"), success()});
  start();
  advance(round);
  CHECK(log.text() == "kie.recordInfo");
  advance(3 * round);
  CHECK(log.text()
        == "kie.recordInfo kie.recordInfo kie.recordInfo kie.recordInfo video.download put_file "
           "give_video");
}

TEST_CASE_FIXTURE(gift_fixture,
                  "late_videos: goes through all tasks of a round, whatever one does") {
  add("a");
  add("b");
  add("c");
  web.says("kie.recordInfo", {generating(), success(), task_failed("400", "no")});
  start();
  advance(round);
  CHECK(log.text()
        == "kie.recordInfo kie.recordInfo video.download put_file give_video kie.recordInfo "
           "settle_task");
  CHECK(given.at(0).token == "token-b");
  CHECK(settled.at(0) == "token-c");
}

TEST_CASE_FIXTURE(gift_fixture, "late_videos: tries a download again in the next round") {
  add("a");
  auto page = video();
  page.prefix = "<html>not yet here";
  web.says("video.download", {failed(http::outcome::interrupted), page, video()});
  start();
  advance(round);
  CHECK(given.empty());
  advance(2 * round);
  CHECK(given.size() == 1);
  CHECK(log.count("video.download") == 3);
}

TEST_CASE_FIXTURE(gift_fixture, "late_videos: waits for room in storage") {
  add("a");
  storage_errors = {caf::make_error(ec::storage_full), caf::make_error(ec::unavailable)};
  start();
  advance(4 * round);
  CHECK(log.count("put_file") == 3);
  CHECK(given.size() == 1);
}

TEST_CASE_FIXTURE(gift_fixture,
                  "late_videos: leaves tasks alone whose key this node does not have") {
  add("a");
  missing_key = second_key;
  start();
  advance(3 * round);
  CHECK(log.text() == "");
  CHECK(waiting.size() == 1);
}

TEST_CASE_FIXTURE(gift_fixture, "late_videos: goes on when the database was away") {
  add("a");
  away = true;
  start();
  advance(3 * round);
  CHECK(rounds >= 3);
  away = false;
  SUBCASE("before it was asked for tasks") {}
  SUBCASE("when the video was there already") {
    web.answers.hold("video.download");
    advance(round);
    away = true;
    web.release();
    settle();
    CHECK(log.count("give_video") == 1);
    away = false;
  }
  advance(2 * round);
  CHECK(given.size() == 1);
}

TEST_CASE_FIXTURE(gift_fixture, "late_videos: one that loses its lock drops what it has in hand") {
  add("a");
  add("b");
  web.answers.hold("kie.recordInfo");
  start();
  advance(round);
  tell(lost_atom_v);
  web.release();
  advance(1h);
  CHECK(log.text() == "kie.recordInfo");
  tell(gained_atom_v); // and begins anew when it leads again
  advance(round);
  CHECK(given.size() == 2);
  CHECK(rounds == 2);
}

TEST_CASE_FIXTURE(gift_fixture, "late_videos: one that gains its lock twice goes its round once") {
  start();
  tell(lost_atom_v);
  tell(gained_atom_v);
  advance(20min);
  CHECK(rounds >= 9);
  CHECK(rounds <= 12);
}

TEST_CASE_FIXTURE(gift_fixture, "late_videos: ends when it is drained") {
  start();
  bool ended = false;
  actor->attach_functor([&ended](const caf::error&) { ended = true; });
  tell(drain_atom_v);
  CHECK(ended);
}

TEST_SUITE_END();
