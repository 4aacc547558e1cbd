#include "bench/extent.hpp"
#include "bench/installation.hpp"
#include "bench/measures.hpp"
#include "bench/promises.hpp"
#include "bench/report.hpp"

#include <cmath>
#include <map>
#include <thread>

#include <pqxx/transaction>

namespace neurocards::bench {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

namespace {

constexpr int64_t first_chat = 1000;

std::string text(const std::string& words) {
  return "'{\"text\":\"" + words + "\"}'";
}

// ── the whole rate ───────────────────────────────────────────────────────────────────────────────

/// When Telegram got messages, in Unix milliseconds, by chat.
std::map<int64_t, std::vector<double>> arrivals(installation& x, int last) {
  std::map<int64_t, std::vector<double>> result;
  const auto calls =
    x.services.get("calls?service=telegram&operation=sendMessage&last=" + std::to_string(last));
  for (const auto& call : calls.at("last"))
    result[std::stoll(call.at("chat").get<std::string>())].push_back(call.at("at").get<double>());
  return result;
}

/// The most that lie within `window` ms.
int densest(std::vector<double> times, double window) {
  std::ranges::sort(times);
  size_t most = 0;
  for (size_t from = 0, to = 0; to < times.size(); ++to) {
    while (times[to] - times[from] >= window)
      ++from;
    most = std::max(most, to - from + 1);
  }
  return static_cast<int>(most);
}

/// Two minutes of messages wait; Telegram's limits are those of the simulated one, which refuses
/// what exceeds them.
void measure_rate() {
  const int chats = sized(400, 60);
  const int messages = sized(3'600, 90);
  installation x;
  x.services.post("settings", {{"calls_kept", 10 * messages}});
  x.know_users(first_chat, chats);
  x.start_node();
  x.db.sql("INSERT INTO notifications (chat_id, kind, payload) SELECT " + std::to_string(first_chat)
           + " + i % " + std::to_string(chats) + ", 'reply', " + text("hello")
           + " FROM generate_series(1, " + std::to_string(messages) + ") i");
  x.db.sql("NOTIFY outbox");
  test::wait_until(
    "all messages",
    [&] { return x.db.number("SELECT count(*) FROM notifications WHERE sent_at IS NULL") == 0; },
    10min);
  std::vector<double> all;
  int per_chat = 0;
  for (auto& [chat, times] : arrivals(x, 10 * messages)) {
    all.insert(all.end(), times.begin(), times.end());
    per_chat = std::max(per_chat, densest(times, 990)); // what is a second to us may be less there
  }
  std::ranges::sort(all);
  const auto seconds = (all.back() - all.front()) / 1000;
  report("P11 messages per second over two minutes", static_cast<double>(all.size() - 1) / seconds,
         "per s", at_least(29.7));
  report("P11 most within one second", densest(all, 1000), "", at_most(30));
  report("P11 most within one second to one chat", per_chat, "", at_most(1));
  report("P11 refused by Telegram", static_cast<double>(all.size()) - messages, "", at_most(0));
  require_promises(x.db, "sending");
}

// ── one chat and the others ──────────────────────────────────────────────────────────────────────

/// From a message's commit to Telegram's answer, in ms, for chats that nothing is wrong with.
std::vector<double> waits(installation& x) {
  constexpr int chats = 600;
  constexpr auto pause = 66ms; // 15 messages a second
  const auto length = std::chrono::seconds{sized(40, 3)};
  const auto on = x.db.connect();
  const auto begin = clock::now();
  for (int i = 0; begin + i * pause < begin + length; ++i) {
    std::this_thread::sleep_until(begin + i * pause);
    pqxx::work tx{*on};
    tx.exec0("INSERT INTO notifications (chat_id, kind, payload) VALUES ("
             + std::to_string(first_chat + i % chats) + ", 'reply', " + text("an answer") + ")");
    tx.exec0("NOTIFY outbox");
    tx.commit();
  }
  const std::string ours = "FROM notifications WHERE chat_id >= " + std::to_string(first_chat);
  test::wait_until("the last answers", [&] {
    return x.db.number("SELECT count(*) " + ours + " AND sent_at IS NULL") == 0;
  });
  std::vector<double> result;
  for (const auto& row : x.db.sql("SELECT extract(epoch FROM sent_at - created_at) * 1000 " + ours))
    result.push_back(row[0].as<double>());
  x.db.sql("DELETE " + ours);
  return result;
}

/// Chats 1 to 3: Telegram refuses one for a while, one has blocked us, one gets videos that upload
/// slowly; each has messages waiting all the time.
void trouble(installation& x) {
  x.order(3);
  x.expect(3, "✅ Видео готово!");
  x.know_users(1, 2);
  x.services.post("block", {{"user", 2}});
  x.services.post("script", {{"service", "telegram"},
                             {"operation", "sendMessage"},
                             {"match", {{"chat", 1}}},
                             {"count", 0},
                             {"code", 429},
                             {"message", "Too Many Requests: retry after 3"},
                             {"retry_after", 3}});
  x.services.post("script", {{"service", "telegram"},
                             {"operation", "sendVideo"},
                             {"match", {{"chat", 3}}},
                             {"count", 0},
                             {"how", "pass"},
                             {"delay", 4'000}});
  x.db.sql("UPDATE jobs SET video_file_id = NULL");
  x.db.sql("INSERT INTO notifications (chat_id, kind, payload) SELECT 1 + i % 2, 'reply', "
           + text("hello") + " FROM generate_series(1, 400) i");
  x.db.sql("INSERT INTO notifications (chat_id, job_id, kind, payload) SELECT 3, id, 'job_done', "
           "'{\"attempt\":1}' FROM jobs, generate_series(1, 20)");
  x.db.sql("NOTIFY outbox");
}

void measure_isolation() {
  std::vector<double> calm, troubled, calm_middle, troubled_middle;
  for (int round = 0; round < rounds(); ++round) {
    installation x;
    x.know_users(first_chat, 600);
    x.start_node();
    const auto before = waits(x);
    trouble(x);
    const auto during = waits(x);
    calm.push_back(quantile(before, 0.99));
    troubled.push_back(quantile(during, 0.99));
    calm_middle.push_back(quantile(before, 0.5));
    troubled_middle.push_back(quantile(during, 0.5));
  }
  report("P11 from commit to Telegram's answer, p50", median(calm_middle), "ms");
  report("P11 the same beside a flooded, a blocked and an uploading chat", median(troubled_middle),
         "ms");
  report("P11 from commit to Telegram's answer, p99", median(calm), "ms");
  report("P11 the same beside a flooded, a blocked and an uploading chat", median(troubled), "ms");
  compare("P11 p99 moved by the three", median(troubled), median(calm), at_most(1.1));
}

} // namespace

void measure_sending() {
  measure_rate();
  measure_isolation();
}

} // namespace neurocards::bench
