#include "tests/support/folders.hpp"
#include "tests/support/world.hpp"

#include <doctest/doctest.h>

#include <filesystem>

using namespace neurocards::testing;
using namespace std::chrono_literals;

namespace {

const std::filesystem::path source{neurocards::test::in_source("")};

/// Where screenshots and videos are left for a person to look at.
std::string output_folder() {
  const auto result = std::filesystem::path{neurocards::test::built("browser")};
  std::filesystem::create_directories(result);
  return result;
}

void play(world& w, const std::string& user, const std::string& language) {
  std::vector<std::string> call;
  call.emplace_back("node");
  call.push_back(source / "tests/browser/order.mjs");
  call.push_back(w.services.url());
  call.push_back(user);
  call.push_back(language);
  call.push_back(source / "tests/data/mug.jpg");
  call.push_back(output_folder());
  process browser{
    "/usr/bin/env", call, {}, w.folder().file("browser.log"), source / "tests/browser"};
  const int code = browser.wait(150s);
  INFO(browser.output());
  CHECK(code == 0);
}

} // namespace

TEST_CASE("browser: orders are played by clicking, in both languages, on a phone's screen") {
  world w{{}}; // with real videos, where ffmpeg is there
  w.services.post("settings", {{"kie_time", 3'000}});
  w.start_node();
  play(w, "Анна", "ru");
  play(w, "John", "en");
  CHECK(w.db.number("SELECT count(*) FROM jobs WHERE status = 'completed'") == 2);
  w.db.check_promises();
}
