#include "tests/support/s3_server.hpp"
#include "tests/support/world.hpp"

#include <doctest/doctest.h>

#include <filesystem>

using namespace neurocards::test;
using namespace std::chrono_literals;

namespace {

/// Where a store keeps its objects: a directory of ours, or one of the S3 server's.
long files_below(const std::string& folder, const std::string& kind) {
  long result = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator{folder})
    if (entry.is_regular_file()
        && entry.path().string().find("/" + kind + "/") != std::string::npos)
      ++result;
  return result;
}

/// A customer with a video, which is then 100 days old; returns when the node has stopped.
void make_history(world& w) {
  auto& node = w.start_node({"--credits.welcome=5"});
  w.photo = "jpeg"; // of which a frame is made, too
  w.order(7);
  w.expect(7, "✅ Видео готово!");
  node.signal(SIGTERM);
  CHECK(node.wait() == 0);
  w.db.sql("SET session_replication_role = replica"); // a job that has ended is not changed else
  w.db.sql(
    "UPDATE jobs SET created_at = created_at - interval '100 days', started_at = started_at - "
    "interval '100 days', finished_at = finished_at - interval '100 days'");
  w.db.sql("SET session_replication_role = origin");
  w.db.sql("UPDATE old_files SET due_at = due_at - interval '100 days'");
}

} // namespace

TEST_SUITE_BEGIN("e2e/old_files");

TEST_CASE("e2e: files older than storage.keep leave the directory, and one more video is declined "
          "politely") {
  world w;
  make_history(w);
  const auto data = w.folder().file("data");
  REQUIRE(files_below(data, "photos") == 3); // one, and what was made of it for writer and model
  REQUIRE(files_below(data, "videos") == 1);
  w.start_node({"--storage.keep=2160h"});
  wait_until("the old files to go",
             [&] { return files_below(data, "photos") + files_below(data, "videos") == 0; });
  wait_until("the note of it", [&] {
    return w.db.number("SELECT count(*) FROM old_files WHERE removed_at IS NOT NULL") == 2;
  });
  CHECK(w.services.press(7, "🔁"));
  w.expect(7, "🤷 Этого заказа я уже не нахожу");
  // The next photo starts an order as ever.
  w.order(8);
  w.expect(8, "✅ Видео готово!");
  CHECK(files_below(data, "photos") == 3);
  w.db.check_promises();
}

TEST_CASE("e2e: files older than storage.keep leave the bucket") {
  neurocards::test::s3_server bucket;
  world w;
  w.variables = {{"AWS_ACCESS_KEY_ID", bucket.key}, {"AWS_SECRET_ACCESS_KEY", bucket.secret}};
  w.options.emplace_back("--storage.kind=s3");
  w.options.emplace_back("--storage.bucket=" + std::string{bucket.bucket});
  w.options.emplace_back("--storage.endpoint=" + bucket.endpoint());
  make_history(w);
  REQUIRE(files_below(bucket.folder(), "photos") > 0);
  REQUIRE(files_below(bucket.folder(), "videos") > 0);
  w.start_node();
  wait_until("the old files to go", [&] {
    return files_below(bucket.folder(), "photos") + files_below(bucket.folder(), "videos") == 0;
  });
  w.db.check_promises();
}

TEST_SUITE_END();
