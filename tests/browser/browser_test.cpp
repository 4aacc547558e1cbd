#include "tests/browser/script.hpp"
#include "tests/support/folders.hpp"

#include <doctest/doctest.h>

using namespace neurocards::testing;

namespace {

void play(world& w, const std::string& script, const std::string& user,
          const std::string& language) {
  run_browser_script(w, script,
                     {w.services.url(), user, language,
                      neurocards::test::in_source("tests/data/mug.jpg"), browser_output_folder()});
}

} // namespace

TEST_CASE("browser: orders are played by clicking, in both languages, on a phone's screen") {
  world w{{}}; // with real videos, where ffmpeg is there
  w.services.post("settings", {{"kie_time", 3'000}});
  w.start_node();
  play(w, "order.mjs", "Анна", "ru");
  play(w, "order.mjs", "John", "en");
  CHECK(w.db.number("SELECT count(*) FROM jobs WHERE status = 'completed'") == 2);
  w.db.check_promises();

  // They buy, have their videos sent again, and take back an order that waits.
  CHECK(w.verb({"queue", "pause", "--reason=test"}).code == 0);
  play(w, "customer.mjs", "Анна", "ru");
  play(w, "customer.mjs", "John", "en");
  CHECK(w.db.number("SELECT sum(amount) FROM credit_ledger WHERE kind = 'purchase'") == 10);
  CHECK(w.db.number("SELECT count(*) FROM credit_ledger WHERE kind = 'refund'") == 2);
  CHECK(w.db.number("SELECT count(*) FROM jobs WHERE status = 'queued'") == 0);
  w.db.check_promises();
}
