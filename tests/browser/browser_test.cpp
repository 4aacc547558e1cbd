#include "tests/browser/script.hpp"
#include "tests/support/folders.hpp"

#include <doctest/doctest.h>

using namespace neurocards::test;

namespace {

void play(world& w, const std::string& script, const std::string& user,
          const std::string& language) {
  run_browser_script(w, script,
                     {w.services.url(), user, language,
                      neurocards::test::in_source("tests/data/mug.jpg"), browser_output_folder()});
}

/// A customer orders by clicking, buys credits and gets the Stars back, has the video sent again,
/// and takes back an order that waits.
void play_all(const std::string& user, const std::string& language) {
  world w{{}}; // with real videos, where ffmpeg is there
  w.services.post("settings", {{"kie_time", 3'000}});
  w.start_node();
  play(w, "order.mjs", user, language);
  CHECK(w.db.number("SELECT count(*) FROM jobs WHERE status = 'completed'") == 1);
  w.db.check_promises();

  CHECK(w.verb({"queue", "pause", "--reason=test"}).code == 0);
  play(w, "customer.mjs", user, language);
  CHECK(w.db.number("SELECT sum(amount) FROM credit_ledger WHERE kind = 'purchase'") == 5);
  CHECK(w.db.number("SELECT sum(amount) FROM credit_ledger WHERE kind = 'payment_refund'") == -5);
  CHECK(w.db.number("SELECT count(*) FROM payments WHERE refunded_at IS NOT NULL") == 1);
  CHECK(w.db.number("SELECT count(*) FROM credit_ledger WHERE kind = 'refund'") == 1);
  CHECK(w.db.number("SELECT count(*) FROM jobs WHERE status = 'queued'") == 0);
  w.db.check_promises();
}

} // namespace

TEST_SUITE_BEGIN("browser/browser");

TEST_CASE("browser: a customer orders, buys and takes back by clicking on a phone, in Russian") {
  play_all("Анна", "ru");
}

TEST_CASE("browser: a customer orders, buys and takes back by clicking on a phone, in English") {
  play_all("John", "en");
}

TEST_CASE("browser: what comes while the chat's page asks for its messages is shown") {
  world w{{}};
  run_browser_script(w, "arrivals.mjs", {w.services.url(), "Анна", "John"});
}

TEST_SUITE_END();
