#include "clients/video_summary.hpp"

#include "clients/child_process.hpp"
#include "domain/images.hpp"
#include "tests/support/variable.hpp"

#include <doctest/doctest.h>

#include <sys/prctl.h>
#include <sys/wait.h>

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

using namespace neurocards;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

struct folder {
  fs::path path = [] {
    auto name = (fs::temp_directory_path() / "video-look.XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    return fs::path{name};
  }();
  ~folder() { fs::remove_all(path); }
  std::string of(const char* name) const { return (path / name).string(); }
};

/// A clip of two seconds, made by ffmpeg with `more` arguments.
std::string clip(const folder& in, const char* name, const std::string& size,
                 const std::vector<std::string>& more = {}) {
  const auto file = in.of(name);
  std::vector<std::string> arguments{"ffmpeg",
                                     "-nostdin",
                                     "-y",
                                     "-f",
                                     "lavfi",
                                     "-i",
                                     "testsrc=size=" + size + ":rate=12:duration=2",
                                     "-pix_fmt",
                                     "yuv420p",
                                     "-c:v",
                                     "mpeg4"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  arguments.push_back(file);
  REQUIRE(run_child(arguments, {60s, 60s, uint64_t{4} << 30, uint64_t{64} << 20})
          == child_end::done);
  return file;
}

std::string content(const std::string& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

/// Has the track of `file` turned by a quarter.
void turn(const std::string& file) {
  auto bytes = content(file);
  const auto matrix = bytes.find("tkhd") + 44;
  REQUIRE(matrix + 36 < bytes.size());
  const std::string quarter{"\0\0\0\0\0\1\0\0\0\0\0\0\xff\xff\0\0\0\0\0\0", 20};
  bytes.replace(matrix, quarter.size(), quarter);
  std::ofstream{file, std::ios::binary} << bytes;
}

} // namespace

TEST_SUITE_BEGIN("unit/clients/video_summary");

TEST_CASE("video_summary: finds size, length and a small preview of real files") {
  const folder here;
  const struct {
    const char* name;
    std::string size;
    std::vector<std::string> more;
    video_facts facts;
  } table[] = {
    {"end.mp4", "720x1280", {}, {720, 1280, 2}},
    {"front.mp4", "1280x720", {"-movflags", "+faststart"}, {1280, 720, 2}},
    {"apart.mp4", "640x360", {"-movflags", "+frag_keyframe+empty_moov"}, {640, 360, 2}},
    {"turned.mov", "640x360", {}, {360, 640, 2}},
  };
  for (const auto& x : table) {
    CAPTURE(x.name);
    const auto thumbnail = here.of("thumbnail.jpg");
    const auto file = clip(here, x.name, x.size, x.more);
    if (file.ends_with(".mov"))
      turn(file);
    const auto found = storage::summarize_video(file, thumbnail);
    CHECK(found.facts.width == x.facts.width);
    CHECK(found.facts.height == x.facts.height);
    CHECK(found.facts.seconds == x.facts.seconds);
    REQUIRE(found.thumbnail);
    const auto bytes = content(thumbnail);
    CHECK(bytes.size() <= 200'000);
    const auto picture = images::check(bytes, static_cast<int64_t>(bytes.size()),
                                       images::origin::photo, images::limits{})
                           .picture;
    CHECK(picture.kind == images::format::jpeg);
    CHECK(std::max(picture.width, picture.height) == 320);
    CHECK((picture.width < picture.height) == (x.facts.width < x.facts.height));
    fs::remove(thumbnail);
  }
}

TEST_CASE("video_summary: does without a preview where ffmpeg is missing or finds none") {
  const folder here;
  const auto file = clip(here, "v.mp4", "320x240");
  const auto thumbnail = here.of("thumbnail.jpg");
  auto whole = content(file);
  const auto data = whole.find("mdat");
  std::fill(whole.begin() + static_cast<std::ptrdiff_t>(data) + 4,
            whole.begin() + static_cast<std::ptrdiff_t>(whole.find("moov") - 4), '\0');
  const auto damaged = here.of("damaged.mp4");
  std::ofstream{damaged, std::ios::binary} << whole;
  auto found = storage::summarize_video(damaged, thumbnail);
  CHECK(found.facts == video_facts{320, 240, 2});
  CHECK_FALSE(found.thumbnail);
  CHECK_FALSE(fs::exists(thumbnail));
  {
    const test::variable without_ffmpeg{"PATH", here.path};
    found = storage::summarize_video(file, thumbnail);
  }
  CHECK(found.facts == video_facts{320, 240, 2});
  CHECK_FALSE(found.thumbnail);
  CHECK_FALSE(storage::summarize_video(here.of("nothing.mp4"), thumbnail).facts.known());
}

TEST_CASE("run_child: ends what takes too long, and tells what is missing") {
  CHECK(run_child({"true"}) == child_end::done);
  CHECK(run_child({"false"}) == child_end::failed);
  CHECK(run_child({"no-such-program-anywhere"}) == child_end::not_found);
  child_limits little;
  little.wall = 0s;
  CHECK(run_child({"sleep", "60"}, little) == child_end::failed);
  little = {};
  little.cpu = 1s;
  CHECK(run_child({"sh", "-c", "while :; do :; done"}, little) == child_end::failed);
}

TEST_CASE("run_child: a child hears signals, though who began it does not, and is in no haste") {
  sigset_t all, before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_BLOCK, &all, &before);
  const auto hears = run_child({"grep", "-q", "^SigBlk:[[:space:]]*0*$", "/proc/self/status"});
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  CHECK(hears == child_end::done);
  CHECK(run_child({"sh", "-c", "test $(nice) -ge 10"}) == child_end::done);
}

TEST_CASE("run_child: what a child leaves behind is collected, as by process 1 of a container") {
  REQUIRE(::prctl(PR_SET_CHILD_SUBREAPER, 1) == 0);
  REQUIRE(run_child({"sh", "-c", "sleep 0.1 &"}) == child_end::done);
  const auto deadline = std::chrono::steady_clock::now() + 10s;
  const auto has_children = [] {
    siginfo_t ended{};
    return ::waitid(P_ALL, 0, &ended, WEXITED | WNOHANG | WNOWAIT) == 0;
  };
  CHECK(has_children());
  while (has_children() && std::chrono::steady_clock::now() < deadline)
    collect_orphans();
  CHECK_FALSE(has_children());
  ::prctl(PR_SET_CHILD_SUBREAPER, 0);
}

TEST_SUITE_END();
