#include "tests/support/world.hpp"

#include <doctest/doctest.h>

#include <array>

using namespace neurocards::test;
using namespace std::chrono_literals;

namespace {

constexpr const char* delayed = "⏸ Видео задерживается";
constexpr const char* ready = "✅ Видео готово!";
constexpr const char* refunded = "❌ Sora 2 не может обработать. 1 кредит вернулся на баланс ✅";
constexpr std::array users{7, 8, 9};

struct outage_fixture : world {
  outage_fixture() { options.emplace_back("--credits.welcome=3"); }

  /// KIE answers so from now on.
  void kie_says(nlohmann::json rule) {
    rule["service"] = "kie";
    rule["count"] = 0;
    services.post("script", rule);
  }

  void kie_is_back() { web_delete(services.url() + "/control/script?service=kie"); }

  void order_for_all(int count) {
    for (const int user : users)
      order(user, count);
  }

  int64_t calls(const std::string& operation) { return services.times_called("kie", operation); }

  /// Nobody was refunded, no attempt was used, and everybody was told once for each of his jobs.
  void check_untouched(int jobs_each) {
    CHECK(db.number("SELECT count(*) FROM credit_ledger WHERE kind = 'refund'") == 0);
    CHECK(db.number("SELECT max(attempts) FROM jobs") == 1);
    for (const int user : users) {
      CHECK(times_said(user, delayed) == jobs_each);
      CHECK(times_said(user, ready) == jobs_each);
    }
    db.check_promises();
  }

  void wait_for_all_videos(int count) {
    wait_until(
      "all videos",
      [&] { return db.number("SELECT count(*) FROM jobs WHERE status = 'completed'") == count; },
      90s);
    const auto each = count / static_cast<int>(std::size(users));
    for (const int user : users)
      wait_until("the word of each", [&] { return times_said(user, ready) >= each; });
  }

  bool down() {
    return db.number("SELECT count(*) FROM providers WHERE down_since IS NOT NULL") > 0;
  }
};

/// A node that KIE can fetch photos from.
void start_public_node(world& w, const std::vector<std::string>& more = {}) {
  const auto address = "127.0.0.1:" + std::to_string(neurocards::test::free_port());
  w.options[0] = "--http.listen=" + address;
  w.options.push_back("--http.public-url=http://" + address);
  w.options.insert(w.options.end(), more.begin(), more.end());
  w.start_node();
}

} // namespace

TEST_SUITE_BEGIN("e2e/outage");

TEST_CASE_FIXTURE(outage_fixture,
                  "e2e: while KIE answers 5xx to everybody jobs wait, and all come after it") {
  start_public_node(*this);
  kie_says({{"operation", "*"}, {"status", 503}, {"message", "Service unavailable"}});
  order_for_all(1);
  for (const int user : users)
    expect(user, delayed);
  wait_until("an outage longer than three attempts take", [&] {
    return db.number("SELECT count(*) FROM providers WHERE down_since < now() - interval '4 s'")
           == 1;
  });
  CHECK(verb({"status"}).output.find("OUTAGE of kie") != std::string::npos);
  CHECK(web_get(node_url() + "/metrics").body.find("neurocards_kie_outage 1") != std::string::npos);
  kie_is_back();
  wait_for_all_videos(3);
  check_untouched(1);
  CHECK_FALSE(down());
  CHECK(web_get(node_url() + "/metrics").body.find("neurocards_kie_outage 0") != std::string::npos);
}

TEST_CASE_FIXTURE(
  outage_fixture,
  "e2e: while KIE fails every creation but answers the probe, jobs are let through one by one") {
  start_public_node(*this, {"--kie.backoff-initial=20s", "--kie.backoff-max=20s"});
  kie_says({{"operation", "createTask"}, {"code", 500}, {"message", "Internal Error"}});
  order_for_all(3);
  for (const int user : users)
    expect(user, delayed);
  const auto created = calls("createTask");
  const auto probed = calls("credit");
  wait_until("two trials", [&] { return calls("createTask") >= created + 2; });
  CHECK(calls("createTask") - created <= calls("credit") - probed + 1);
  kie_is_back();
  wait_for_all_videos(9);
  check_untouched(3);
}

TEST_CASE_FIXTURE(outage_fixture,
                  "e2e: while KIE is a black hole jobs wait, and all come after it") {
  start_public_node(*this, {"--kie.http-timeout=1s"});
  kie_says({{"operation", "*"}, {"how", "hang"}});
  order_for_all(1);
  for (const int user : users)
    expect(user, delayed);
  kie_is_back();
  wait_for_all_videos(3);
  check_untouched(1);
}

TEST_CASE_FIXTURE(outage_fixture,
                  "e2e: an outage that outlasts the patience gives every credit back once") {
  start_public_node(*this, {"--kie.outage-patience=4s"});
  kie_says({{"operation", "*"}, {"status", 503}, {"message", "Service unavailable"}});
  order_for_all(1);
  for (const int user : users)
    expect(user, refunded);
  CHECK(db.number("SELECT count(*) FROM jobs WHERE status = 'failed' AND "
                  "error_details->>'class' = 'OUTAGE'")
        == 3);
  CHECK(db.number("SELECT count(*) FROM credit_ledger WHERE kind = 'refund'") == 3);
  for (const int user : users) {
    CHECK(times_said(user, delayed) == 1);
    CHECK(times_said(user, refunded) == 1);
  }
  db.check_promises();
}

TEST_CASE_FIXTURE(outage_fixture,
                  "e2e: a worker killed during an outage leaves nothing to remember") {
  kie_says({{"operation", "*"}, {"status", 503}, {"message", "Service unavailable"}});
  auto& first = start_node();
  order_for_all(1);
  for (const int user : users)
    expect(user, delayed);
  wait_for_marks();
  first.kill();
  start_node();
  wait_until("the second node to see it", [&] {
    return web_get(node_url() + "/metrics").body.find("neurocards_kie_outage 1")
           != std::string::npos;
  });
  const auto tried = calls("file-stream-upload");
  wait_until("a probe of the second node",
             [&, before = calls("credit")] { return calls("credit") > before; });
  CHECK(calls("file-stream-upload") == tried);
  kie_is_back();
  wait_for_all_videos(3);
  check_untouched(1);
}

TEST_CASE_FIXTURE(outage_fixture,
                  "e2e: a worker that alone cannot reach KIE stops nobody and fails nothing") {
  services.post("settings", {{"kie_time", 500}});
  start_node({"--worker.concurrency=1"});
  variables["KIE_API_URL"] = "http://127.0.0.1:1";
  auto& cut_off = start_node();
  order_for_all(3);
  wait_for_all_videos(9);
  CHECK(cut_off.output().find("provider.not_reached") != std::string::npos);
  CHECK(db.number("SELECT count(*) FROM providers WHERE declared_at IS NOT NULL") == 0);
  CHECK(db.number("SELECT max(attempts) FROM jobs") == 1);
  CHECK(db.number("SELECT count(*) FROM credit_ledger WHERE kind = 'refund'") == 0);
  db.check_promises();
}

TEST_SUITE_END();
