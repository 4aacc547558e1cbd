#include "tests/support/verdict.hpp"

#include <pqxx/nontransaction>

#include <doctest/doctest.h>

#include <map>
#include <set>

namespace neurocards::test {

using namespace std::chrono_literals;
using nlohmann::json;

namespace {

/// What a customer confirmed and what he read, to find out why an order is missing.
std::string transcript(const scene& a, const customer& x) {
  std::string result;
  for (const auto& [update, data] : x.confirmations())
    result += "confirmed by update " + std::to_string(update) + ": " + data + "\n";
  for (const auto& row : a.db.sql("SELECT idempotency_key, created_at FROM jobs WHERE tg_user_id = "
                                  + std::to_string(x.user()) + " ORDER BY created_at"))
    result += std::string{"job "} + row[0].c_str() + " " + row[1].c_str() + "\n";
  const auto all = a.services.get("messages?chat=" + std::to_string(x.user()) + "&since=0");
  for (const auto& m : all.at("messages"))
    result += m.at("message_id").dump() + " " + m.at("date").dump() + " "
              + m.value("text", m.value("caption", std::string{})).substr(0, 120) + "\n";
  return result;
}

std::string text_of(const json& x) {
  return x.value("text", x.value("caption", std::string{}));
}

/// Telegram tells times in seconds, and a sender finds out late that it was cut off: what was sent
/// shortly before a disturbance may be sent again after it.
bool disturbed(const scene& a, int64_t date) {
  const auto from = std::chrono::system_clock::from_time_t(static_cast<time_t>(date));
  return std::ranges::any_of(a.may_double,
                             [&](const auto& x) { return x.from < from + 4s && from < x.to + 8s; });
}

/// Everything the database knows about the tasks of a job, for the eyes.
std::string history(const scene& a, const std::string& job) {
  std::string result;
  for (const auto& row : a.db.sql("SELECT to_jsonb(t) FROM job_tasks t WHERE job_id = '" + job
                                  + "' ORDER BY intent_at"))
    result += std::string{row[0].c_str()} + "\n";
  for (const auto& row :
       a.db.sql("SELECT to_jsonb(e) FROM job_events e WHERE job_id = '" + job + "' ORDER BY id"))
    result += std::string{row[0].c_str()} + "\n";
  return result;
}

/// A task was created for a job that had one in its row already, and that one had not failed, nor
/// had its video been out of reach five times. (A task that becomes known only when its job has
/// gone on without it belongs to the counted window.)
int64_t created_twice(const scene& a, const std::map<std::string, json>& at_kie) {
  int64_t result = 0;
  for (const auto& row : a.db.sql(
         "SELECT x.job_id, x.task_id, extract(epoch FROM min(y.intent_at)) * 1000 FROM job_tasks x "
         "JOIN job_tasks y ON y.job_id = x.job_id AND y.intent_at > x.created_at "
         "WHERE x.task_id IS NOT NULL AND coalesce(x.abandoned_at, 'infinity') > x.created_at "
         "AND NOT EXISTS (SELECT FROM job_events e "
         "WHERE e.job_id = x.job_id AND e.what = 'retry' AND e.details->>'error' LIKE 'download:%' "
         "AND e.created_at BETWEEN x.created_at AND y.intent_at) GROUP BY x.token")) {
    const auto& task = at_kie.at(row[1].c_str());
    const bool failed =
      task.at("state") == "fail" && task.at("ended_at").get<double>() <= row[2].as<double>();
    result += !failed;
    if (!failed)
      MESSAGE("the task " << task.at("task") << " was alive when another was announced:\n"
                          << history(a, row[0].c_str()));
  }
  return result;
}

} // namespace

void judge_orders(const scene& a) {
  CHECK(a.db.number("SELECT count(*) FROM updates WHERE handled_at IS NULL") == 0);
  for (const auto& x : a.customers) {
    const auto user = std::to_string(x.user());
    std::string ids = "0";
    for (const auto id : x.updates())
      ids += "," + std::to_string(id);
    INFO("customer " << user << ", started over " << x.restarts() << " times");
    CHECK(a.db.number("SELECT count(*) FROM updates WHERE update_id IN (" + ids + ")")
          == std::ssize(x.updates()));
    const auto jobs = a.db.number("SELECT count(*) FROM jobs WHERE tg_user_id = " + user);
    CHECK_MESSAGE(jobs == x.videos(), jobs << " jobs, " << x.videos() << " videos confirmed\n"
                                           << transcript(a, x));
  }
}

mail judge_mail(const scene& a) {
  mail result;
  for (const auto& x : a.customers) {
    std::set<int64_t> remembered;
    for (const auto& row : a.db.sql("SELECT message_id FROM notifications WHERE kind IN "
                                    "('job_done', 'job_failed', 'job_violation', "
                                    "'gift_video') AND chat_id = "
                                    + std::to_string(x.user())))
      remembered.insert(row[0].is_null() ? 0 : row[0].as<int64_t>());
    CHECK_MESSAGE(!remembered.contains(0), "a final message to " << x.user() << " was dropped");
    const auto all = a.services.get("messages?chat=" + std::to_string(x.user()) + "&since=0");
    for (const auto& m : all.at("messages")) {
      const auto text = text_of(m);
      const bool final = text.starts_with("✅ Видео готово!") || text.starts_with("🎁")
                         || text.find("кредит вернулся") != std::string::npos;
      const bool known = remembered.erase(m.at("message_id").get<int64_t>()) > 0;
      if (!m.at("sandbox").value("from_bot", false) || (!final && !known))
        continue;
      ++result.finals;
      if (known)
        continue;
      ++result.duplicates;
      if (!disturbed(a, m.at("date").get<int64_t>()))
        ++result.unexplained;
    }
    CHECK_MESSAGE(remembered.empty(), remembered.size()
                                        << " final messages never reached " << x.user());
  }
  CHECK(result.unexplained == 0);
  CHECK(a.db.number("SELECT count(*) FROM notifications WHERE dropped_at IS NOT NULL "
                    "AND kind IN ('job_done', 'job_failed', 'job_violation')")
        == 0);
  return result;
}

bill judge_tasks(const scene& a) {
  std::map<std::string, json> at_kie;
  const auto all = a.services.get("tasks");
  for (const auto& x : all.at("tasks"))
    at_kie[x.at("task")] = x;
  bill result{.tasks = std::ssize(at_kie)};
  result.intents = a.db.number("SELECT count(*) FROM job_tasks WHERE task_id IS NULL");
  auto unknown = at_kie;
  for (const auto& row : a.db.sql("SELECT task_id FROM job_tasks WHERE task_id IS NOT NULL"))
    CHECK_MESSAGE(unknown.erase(row[0].c_str()) == 1,
                  "task " << row[0].c_str() << " is not one of KIE's");
  result.orphans = std::ssize(unknown);
  CHECK(result.orphans <= result.intents);
  const auto fetched = a.services.get("calls?service=kie&operation=fetch").at("counters");
  if (fetched.contains("kie.fetch"))
    for (const auto& [code, n] : fetched.at("kie.fetch").at("codes").items())
      CHECK_MESSAGE((code == "200" || code == "0"),
                    "KIE got " << code << " for " << n << " photos");
  result.twice = created_twice(a, at_kie);
  CHECK(result.twice == 0);
  return result;
}

bool all_quiet(const scene& a) {
  if (!std::ranges::all_of(a.customers, &customer::content))
    return false;
  const auto own = a.db.connect();
  pqxx::nontransaction tx{*own};
  const auto left =
    tx.exec1("SELECT (SELECT count(*) FROM jobs WHERE status IN ('queued', 'processing'))"
             "     + (SELECT count(*) FROM updates WHERE handled_at IS NULL)"
             "     + (SELECT count(*) FROM notifications WHERE sent_at IS NULL)"
             "     + (SELECT count(*) FROM job_tasks WHERE abandoned_at IS NOT NULL"
             "          AND settled_at IS NULL AND task_id IS NOT NULL)"); // gifts under way
  if (left[0].as<int>() != 0)
    return false;
  // The last press may not have reached the inbox yet when everything seems done.
  return std::ranges::all_of(a.customers, [&](const customer& x) {
    return x.updates().empty()
           || !tx.exec("SELECT FROM updates WHERE update_id = "
                       + std::to_string(x.updates().back()))
                 .empty();
  });
}

} // namespace neurocards::test
