#include "tests/support/world.hpp"

#include <algorithm>
#include <map>

#include <doctest/doctest.h>

using namespace neurocards::test;
using namespace std::chrono_literals;

/// How fast, and how fast at most, on a real database. What is measured in parts of a second runs
/// alone.

namespace {

void set_option(world& w, const std::string& key, const std::string& value) {
  std::erase_if(w.options, [&](const auto& x) { return x.starts_with("--" + key + "="); });
  w.options.push_back("--" + key + "=" + value);
}

/// Puts a job into the queue; returns how many milliseconds it took until it was claimed.
double claim_time(world& w, const std::string& statement) {
  w.db.sql(statement);
  double result = 0;
  wait_until("the claim", [&] {
    const auto row = w.db.sql("SELECT 1000 * extract(epoch FROM started_at - created_at) FROM jobs "
                              "ORDER BY id DESC LIMIT 1")[0];
    result = row[0].is_null() ? 0 : row[0].as<double>();
    return !row[0].is_null();
  });
  return result;
}

double percentile(std::vector<double> x, double part) {
  REQUIRE_FALSE(x.empty());
  std::ranges::sort(x);
  return x[static_cast<size_t>(part * static_cast<double>(x.size() - 1))];
}

/// When messages reached Telegram, in Unix milliseconds, and their chats.
std::vector<std::pair<int64_t, int64_t>> sendings(world& w) {
  std::vector<std::pair<int64_t, int64_t>> result;
  const auto calls = w.services.get("calls?service=telegram&operation=sendMessage&last=1000");
  for (const auto& x : calls.at("last"))
    result.emplace_back(
      x.at("at").get<int64_t>(),
      std::stoll(x.at("chat").is_string() ? x.at("chat").get<std::string>() : x.at("chat").dump()));
  return result;
}

} // namespace

TEST_SUITE_BEGIN("e2e/timing");

TEST_CASE("e2e: NOTIFY alone brings a job to a worker within 100 ms"
          * doctest::test_suite("alone")) {
  world w;
  set_option(w, "worker.claim-interval", "1h");
  w.services.post("settings", {{"kie_time", 3'600'000}});
  w.start_node();
  w.db.add_user(1, 20);
  std::vector<double> times;
  for (int i = 0; i < 20; ++i)
    times.push_back(claim_time(w, "SELECT create_job_and_consume_credit(1, 'ad', 'k"
                                    + std::to_string(i)
                                    + "', 'photos/none.jpg', '{\"product_text\": \"mug\"}')"));
  CAPTURE(percentile(times, 1));
  CHECK(percentile(times, 0.9) <= 100); // the rest is the machine's, shared with other tests
}

TEST_CASE("e2e: without NOTIFY a job is claimed within the default interval of two seconds") {
  world w;
  std::erase_if(w.options, [](const auto& x) { return x.starts_with("--worker.claim-interval="); });
  w.services.post("settings", {{"kie_time", 3'600'000}});
  w.start_node();
  w.db.add_user(1, 3);
  for (int i = 0; i < 3; ++i) {
    const auto waited = claim_time(
      w, "SELECT insert_jobs(ARRAY[1::bigint], ARRAY['ad'], ARRAY['k" + std::to_string(i)
           + "'], ARRAY['photos/none.jpg'], ARRAY['{\"product_text\": \"mug\"}'::jsonb])");
    CHECK(waited <= 2'000 + 200);
  }
}

TEST_CASE("e2e: of a hundred messages 95 reach Telegram within a second of their commit"
          * doctest::test_suite("alone")) {
  world w;
  w.services.post("settings", {{"kie_time", 500}});
  w.options.emplace_back("--credits.welcome=5");
  w.start_node();
  for (int64_t user = 7; user < 12; ++user)
    w.order(user, 5);
  wait_until("all videos", [&] {
    return w.db.number("SELECT count(*) FROM jobs WHERE status = 'completed'") == 25;
  });
  w.wait_for_marks();
  // From the beginning of the transaction until the mark: longer than from commit to request. A
  // video takes the time of its preview and of its upload besides, which hangs on the machine.
  std::vector<double> times;
  for (const auto& row :
       w.db.sql("SELECT extract(epoch FROM sent_at - created_at) "
                "FROM notifications WHERE dropped_at IS NULL AND kind <> 'job_done'"))
    times.push_back(row[0].as<double>());
  CHECK(times.size() >= 50);
  CHECK(w.db.number("SELECT count(*) FROM notifications WHERE kind = 'job_done'") == 25);
  CAPTURE(percentile(times, 0.5));
  CHECK(percentile(times, 0.95) <= 1);
}

TEST_CASE("e2e: two nodes keep one rate, for all chats and for each") {
  world w;
  set_option(w, "notifier.rate", "20");
  set_option(w, "notifier.per-chat-rate", "1");
  auto& first = w.start_node();
  auto& second = w.start_node();
  for (int64_t chat = 1; chat <= 40; ++chat) {
    w.services.post("users", {{"id", chat}, {"started", true}});
    w.db.add_user(chat, 1);
  }
  w.db.sql("INSERT INTO notifications (chat_id, kind, payload) "
           "SELECT c, 'reply', '{\"text\": \"hello\"}' FROM generate_series(1, 40) c, "
           "generate_series(1, 2)");
  w.db.sql("NOTIFY outbox");
  wait_until("a part of them", [&] { return sendings(w).size() >= 30; });
  // The one that sends ends; the other goes on.
  const auto leads = [](const process& x) {
    return x.output().find("leader.role_gained role=notifier") != std::string::npos;
  };
  CHECK(leads(first) != leads(second));
  (leads(first) ? first : second).kill();
  w.wait_for_marks();
  const auto sent = sendings(w);
  CHECK(sent.size() >= 80);
  std::map<int64_t, int64_t> last;
  for (size_t i = 0; i < sent.size(); ++i) {
    const auto [time, chat] = sent[i];
    CAPTURE(i);
    if (i >= 20) // what left a second apart may arrive a little closer
      CHECK(time - sent[i - 20].first >= 900);
    if (last.contains(chat))
      CHECK(time - last[chat] >= 900);
    last[chat] = time;
  }
}

TEST_SUITE_END();
