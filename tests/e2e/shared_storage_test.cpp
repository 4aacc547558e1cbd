#include "tests/support/s3_server.hpp"
#include "tests/support/world.hpp"

#include <doctest/doctest.h>

#include <filesystem>

using namespace neurocards::test;
using namespace std::chrono_literals;

namespace {

/// Two nodes with no disk in common: what they share is a database and a bucket.
struct two_hosts : world {
  neurocards::test::s3_server bucket;

  two_hosts() {
    variables = {{"AWS_ACCESS_KEY_ID", bucket.key}, {"AWS_SECRET_ACCESS_KEY", bucket.secret}};
    options.emplace_back("--storage.kind=s3");
    options.emplace_back("--storage.bucket=" + std::string{bucket.bucket});
    options.emplace_back("--storage.endpoint=" + bucket.endpoint());
    options.emplace_back(
      R"(--cluster.nodes=[{name="bot",roles=["gateway","notifier","coordinator"]},)"
      R"({name="worker-1",roles=["worker"]}])");
  }

  std::string disk_of(const std::string& node) const { return folder().file("disk-" + node); }

  process& start(const std::string& node) {
    return start_node({"--node=" + node, "--storage.path=" + disk_of(node)});
  }
};

} // namespace

TEST_SUITE_BEGIN("e2e/shared_storage");

TEST_CASE_FIXTURE(two_hosts, "e2e: two nodes without a shared disk deliver a video through S3") {
  start("bot");
  start("worker-1");
  order(7);
  expect(7, "✅ Видео готово!");
  CHECK(db.value("SELECT status FROM jobs") == "completed");
  wait_until("the worker's word", [&] {
    return db.value("SELECT stats->>'completed' FROM nodes WHERE name = 'worker-1'") == "1";
  });
  // Photo and video are in the bucket; on the hosts' disks nothing is kept.
  const auto kept_photo = db.value("SELECT product_image_url FROM jobs");
  const auto video = db.value("SELECT video_url FROM jobs");
  CHECK(kept_photo != video);
  for (const auto* node : {"bot", "worker-1"})
    for (const auto& entry : std::filesystem::recursive_directory_iterator{disk_of(node)})
      CHECK_MESSAGE(!entry.is_regular_file(), entry.path().string());
  db.check_promises();
}

TEST_SUITE_END();
