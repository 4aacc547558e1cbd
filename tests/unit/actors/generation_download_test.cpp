#include "tests/support/worker_fixture.hpp"

// From the end of the task to the video in our storage. KIE has been paid by then.

using namespace neurocards;
using namespace neurocards::test;

namespace {

struct download_fixture : generation_fixture {
  void finish() {
    run(begun_job());
    advance(5s); // the first look
  }
};

} // namespace

TEST_SUITE_BEGIN("unit/actors/generation_download");

TEST_CASE_FIXTURE(download_fixture,
                  "generation: fetches exactly the video KIE names, without any key") {
  web.says("kie.recordInfo", {success("https://files.example/v/right.mp4")});
  finish();
  const auto asked = web.of("video.download");
  REQUIRE(asked.size() == 1);
  CHECK(asked[0].url == "https://files.example/v/right.mp4");
  CHECK(asked[0].bearer.empty());
  CHECK_FALSE(asked[0].private_addresses);
  CHECK_FALSE(asked[0].save_to.empty());
}

TEST_CASE_FIXTURE(download_fixture,
                  "generation: tells what the video cost, after a failed download too") {
  web.says("kie.recordInfo", {success_that_took(123)});
  web.says("video.download", {answered(500, ""), video()});
  finish();
  advance(10s);
  const auto& done = db.last<store::complete_job>();
  CHECK(done.cost.value_or(0) == doctest::Approx(0.615));
  CHECK(done.star_value == doctest::Approx(0.013));
}

TEST_CASE_FIXTURE(download_fixture, "generation: tells no cost that KIE has not told") {
  finish();
  CHECK_FALSE(db.last<store::complete_job>().cost);
}

TEST_CASE_FIXTURE(download_fixture, "generation: asks for a fresh link when a download fails") {
  web.says("video.download", {answered(403, "expired"), video()});
  web.says("kie.downloadUrl",
           {answered(200, R"({"code":200,"data":"https://files.example/fresh"})")});
  finish();
  advance(3s);
  CHECK(log.text()
        == "kie.recordInfo video.download kie.downloadUrl video.download put_file complete_job");
  CHECK(web.of("kie.downloadUrl").at(0).bearer.reveal() == std::string{"secret-"} + second_key);
  CHECK(web.of("video.download").at(1).url == "https://files.example/fresh");
}

TEST_CASE_FIXTURE(download_fixture,
                  "generation: downloads again after a 5xx or a time-out, within the attempt") {
  for (const auto& fault :
       {answered(500, ""), answered(502, "<html>"), answered(503, "busy"), answered(504, ""),
        failed(http::outcome::interrupted), failed(http::outcome::not_sent)}) {
    CAPTURE(fault.status);
    web.says("video.download", {fault, video()});
    finish();
    advance(3s);
    CHECK(log.count("complete_job") == 1);
    CHECK(log.count("retry_job") == 0);
    CHECK(log.count("kie.createTask") == 0);
    log.clear();
  }
}

TEST_CASE_FIXTURE(download_fixture,
                  "generation: tries the old link again when there is no fresh one") {
  web.says("video.download", {failed(http::outcome::interrupted), video()});
  web.says("kie.downloadUrl", {refused(422, "not ours")});
  finish();
  advance(3s);
  CHECK(log.count("complete_job") == 1);
  CHECK(web.of("video.download").at(1).url == "https://files.example/v/1.mp4");
}

TEST_CASE_FIXTURE(download_fixture,
                  "generation: never counts a wait in our own line as a failed download") {
  std::vector<http::response> line(20, failed(http::outcome::not_started));
  line.push_back(video());
  web.says("video.download", line);
  finish();
  advance(10min);
  CHECK(log.count("video.download") == 21);
  CHECK(log.count("retry_job") == 0);
  CHECK(log.count("complete_job") == 1);
}

TEST_CASE_FIXTURE(download_fixture,
                  "generation: gives a download five tries, twice, before the attempt is lost") {
  web.says("video.download",
           {answered(429, "slow down")}); // the file host's words are not about our key
  finish();
  advance(5min);
  CHECK(log.count("video.download") == 10);
  CHECK(log.count("kie.recordInfo") == 2);
  CHECK(log.count("cool_down_key") == 0);
  CHECK(log.count("retry_job") == 1);
  CHECK(db.last<store::retry_job>().reason.cls == failure_class::temporary);
  CHECK(db.last<store::retry_job>().task_may_finish); // the video exists
  CHECK(ended_well());
}

TEST_CASE_FIXTURE(
  download_fixture,
  "generation: takes an error page, an empty file, another format or an endless one for no video") {
  auto page = answered(200, "<html>");
  page.content_type = "text/html; charset=utf-8";
  auto nothing = video();
  nothing.bytes = 0;
  nothing.prefix.clear();
  auto other = video(); // whatever its type says
  other.prefix = "GIF89a, which no player takes for a video";
  web.says("video.download", {page, nothing, other, failed(http::outcome::too_large), video()});
  finish();
  advance(1min);
  CHECK(log.count("put_file") == 1);
  CHECK(log.count("video.download") == 5);
  CHECK(log.count("complete_job") == 1);
}

TEST_CASE_FIXTURE(download_fixture,
                  "generation: polls the task again before it gives up what it cannot fetch") {
  web.says("kie.recordInfo", {success("https://files.example/v/early.mp4"),
                              success("https://files.example/v/moved.mp4")});
  std::vector<http::response> answers(5, answered(404, "not yet"));
  answers.push_back(video());
  web.says("video.download", answers);
  web.says("kie.downloadUrl", {refused(422, "not ours")});
  finish();
  advance(5min);
  CHECK(web.of("video.download").back().url == "https://files.example/v/moved.mp4");
  CHECK(log.count("retry_job") == 0);
  CHECK(log.count("complete_job") == 1);
}

TEST_CASE_FIXTURE(
  download_fixture,
  "generation: puts a job back with its task when our own guard refuses the result") {
  web.says("video.download", {failed(http::outcome::forbidden_address)});
  finish();
  CHECK(log.text() == "kie.recordInfo video.download release_jobs");
  const auto& given = db.last<store::release_jobs>();
  CHECK_FALSE(given.fault);
  CHECK(given.delay > 0ms); // and no attempt is used: sql/functions/release_jobs
  CHECK(ended_well());
}

TEST_CASE_FIXTURE(download_fixture,
                  "generation: makes no second task for what is too large for anybody") {
  web.says("video.download", {failed(http::outcome::too_large)});
  finish();
  advance(5min);
  CHECK(log.count("video.download") == 5);
  CHECK(log.count("retry_job") == 0);
  CHECK(log.count("fail_job") == 1);
}

TEST_CASE_FIXTURE(download_fixture, "generation: waits for room in storage as long as it takes") {
  for (int i = 0; i < 20; ++i)
    storage_errors.push_back(caf::make_error(ec::storage_full));
  finish();
  advance(5min);
  CHECK(log.count("put_file") >= 8);
  CHECK(log.count("retry_job") == 0);
  CHECK(log.count("fail_job") == 0);
  advance(10min);
  CHECK(log.count("put_file") == 21);
  CHECK(log.count("complete_job") == 1);
}

TEST_CASE_FIXTURE(download_fixture,
                  "generation: does not count waiting for room as failed downloads") {
  storage_errors.assign(6, caf::make_error(ec::storage_full));
  web.says("video.download", {video(), video(), video(), video(), video(), video(),
                              failed(http::outcome::interrupted), video()});
  finish();
  advance(10min);
  CHECK(log.count("retry_job") == 0);
  CHECK(log.count("complete_job") == 1);
}

TEST_CASE_FIXTURE(download_fixture,
                  "generation: waits likewise when the disk is full during the download") {
  auto full = failed(http::outcome::local_fault);
  full.error_number = ENOSPC;
  web.says("video.download", std::vector<http::response>(9, full));
  finish();
  advance(10min);
  CHECK(log.count("retry_job") == 0);
  web.says("video.download", {video()});
  advance(1min);
  CHECK(log.count("complete_job") == 1);
}

TEST_CASE_FIXTURE(download_fixture,
                  "generation: does not wait for room because KIE's link cannot be used") {
  web.says("video.download", {failed(http::outcome::local_fault)}); // libcurl: malformed
  finish();
  advance(3min);
  CHECK(log.count("video.download") == 10);
  CHECK(db.last<store::retry_job>().reason.cls == failure_class::temporary);
}

TEST_CASE_FIXTURE(download_fixture, "generation: leaves the video to whoever has the job by now") {
  db.lease_lost_at = "complete_job";
  finish();
  CHECK(log.text() == "kie.recordInfo video.download put_file complete_job release_jobs");
  CHECK(ended_well());
  CHECK(counts.jobs_ended("completed").value() == 0);
  CHECK(counts.jobs_ended("lost").value() == 1);
}

TEST_SUITE_END();
