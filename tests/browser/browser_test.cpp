#include "tests/browser/script.hpp"
#include "tests/support/folders.hpp"

#include <doctest/doctest.h>

using namespace neurocards::testing;

namespace {

void play(world& w, const std::string& user, const std::string& language) {
  run_browser_script(w, "order.mjs",
                     {w.services.url(), user, language,
                      neurocards::test::in_source("tests/data/mug.jpg"), browser_output_folder()});
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
