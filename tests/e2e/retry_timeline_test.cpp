#include "tests/support/world.hpp"

#include <algorithm>

#include <doctest/doctest.h>

using namespace neurocards::testing;
using namespace std::chrono_literals;

namespace {

/// KIE refuses `count` creations as busy, then takes one.
struct retry_fixture : world {
  retry_fixture() {
    options.emplace_back("--kie.backoff-initial=1s"); // longer than a message takes
    services.post("script", {{"service", "kie"},
                             {"operation", "createTask"},
                             {"count", 2},
                             {"code", 500},
                             {"message", "Internal Error, Please try again later."}});
    start_node();
    order(7);
    expect(7, "✅ Видео готово!");
    wait_until("the mark of the last message", [&] {
      return db.number("SELECT count(*) FROM notifications WHERE sent_at IS NULL") == 0;
    });
  }
};

int position(const std::vector<std::string>& texts, const std::string& text) {
  int result = -1;
  for (size_t i = 0; i < texts.size(); ++i) {
    if (texts[i].rfind(text, 0) != 0)
      continue;
    CHECK_MESSAGE(result == -1, "said twice: " << text);
    result = static_cast<int>(i);
  }
  CHECK_MESSAGE(result >= 0, "never said: " << text);
  return result;
}

void check_messages(retry_fixture& w) {
  CHECK(w.services.get("calls?service=kie&operation=createTask")
          .at("counters")
          .at("kie.createTask")
          .at("codes")
        == nlohmann::json{{"200", 1}, {"500", 2}});
  const auto texts = w.services.said_to(7);
  const auto accepted = position(texts, "✅ Принял!");
  const auto second = position(texts, "⏳ Sora 2 перегружена. Пробуем снова (попытка 2/3)...");
  const auto third = position(texts, "⏳ Sora 2 перегружена. Пробуем снова (попытка 3/3)...");
  const auto started = position(texts, "🎬 Генерация запущена!");
  const auto done = position(texts, "✅ Видео готово!");
  CHECK(accepted < second);
  CHECK(second < third);
  CHECK(third < started);
  CHECK(started < done);
  CHECK(w.db.number("SELECT count(*) FROM notifications WHERE kind = 'job_retry'") == 2);
  CHECK(w.db.number("SELECT count(*) FROM notifications n JOIN job_tasks t ON t.job_id = n.job_id "
                    "AND t.attempt = (n.payload->>'attempt')::int "
                    "WHERE n.kind = 'job_retry' AND n.sent_at < t.intent_at")
        == 2);
  w.db.check_promises();
}

void check_timeline(retry_fixture& w) {
  const auto shown = w.verb({"jobs", "show", w.db.value("SELECT id FROM jobs"), "--json"});
  REQUIRE(shown.code == 0);
  const auto timeline = nlohmann::json::parse(shown.output).at("timeline");
  const std::vector<std::string> wanted{"job.ordered",
                                        "task.announced 1",
                                        "retry 1",
                                        "message.job_retry sent",
                                        "task.announced 2",
                                        "retry 2",
                                        "message.job_retry sent",
                                        "task.announced 3",
                                        "task.created 3",
                                        "job.completed",
                                        "message.job_done sent"};
  std::vector<std::string> seen;
  std::string before;
  for (const auto& step : timeline) {
    const auto at = step.at("at").get<std::string>();
    CHECK(before <= at);
    before = at;
    auto name = step.at("what").get<std::string>();
    const auto& details = step.at("details");
    if (details.contains("attempt"))
      name += " " + details.at("attempt").dump();
    seen.push_back(name);
  }
  size_t next = 0;
  for (const auto& name : seen)
    if (next < wanted.size() && name.rfind(wanted[next], 0) == 0)
      ++next;
  std::string all;
  for (const auto& name : seen)
    all += name + ", ";
  CHECK_MESSAGE(next == wanted.size(),
                "no \"" << wanted[std::min(next, wanted.size() - 1)] << "\" in its place: " << all);
  const auto times = [&](const std::string& text) {
    return std::ranges::count_if(seen, [&](const auto& x) { return x.rfind(text, 0) == 0; });
  };
  CHECK(times("task.announced") == 3);
  CHECK(times("task.created") == 1);
  CHECK(times("retry") == 2);
  CHECK(times("credits.charge") == 1);
  CHECK(times("credits.refund") == 0);
  // The same for people.
  const auto table = w.verb({"jobs", "show", w.db.value("SELECT id FROM jobs")});
  CHECK(table.output.find("task.announced") < table.output.find("job.completed"));
}

} // namespace

TEST_CASE_FIXTURE(
  retry_fixture,
  "e2e: a retried job's user is told before each attempt, its timeline is in order") {
  check_messages(*this);
  check_timeline(*this);
}
