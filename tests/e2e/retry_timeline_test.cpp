#include "tests/support/world.hpp"

#include <algorithm>

#include <doctest/doctest.h>

using namespace neurocards::test;
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
    wait_for_marks();
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
  const auto history = nlohmann::json::parse(shown.output);
  std::vector<std::string> seen;
  double before = 0;
  for (const auto& step : history.at("events")) {
    CHECK(before <= step.at("at").get<double>());
    before = step.at("at").get<double>();
    seen.push_back(step.at("kind").get<std::string>() + " " + step.at("attempt").dump());
  }
  const std::vector<std::string> wanted{
    "ordered null", "claimed 1", "script 1", "intent 1", "retry 1",     "claimed 2",  "intent 2",
    "retry 2",      "claimed 3", "intent 3", "task 3",   "completed 3", "delivered 3"};
  size_t next = 0;
  std::string all;
  for (const auto& name : seen) {
    next += next < wanted.size() && name == wanted[next];
    all += name + ", ";
  }
  CHECK_MESSAGE(next == wanted.size(),
                "no \"" << wanted[std::min(next, wanted.size() - 1)] << "\" in its place: " << all);
  const auto times = [&](const std::string& text) {
    return std::ranges::count_if(seen, [&](const auto& x) { return x.rfind(text + " ", 0) == 0; });
  };
  CHECK(times("intent") == 3);
  CHECK(times("task") == 1);
  CHECK(times("retry") == 2);
  CHECK(times("charged") == 1);
  CHECK(times("refunded") == 0);
  std::vector<std::string> messages;
  for (const auto& x : history.at("notices")) {
    CHECK(x.at("sent_at").is_number());
    messages.push_back(x.at("kind"));
  }
  CHECK(messages == std::vector<std::string>{"job_retry", "job_retry", "job_started", "job_done"});
  // The same for people.
  const auto table = w.verb({"jobs", "show", w.db.value("SELECT id FROM jobs")});
  CHECK(table.output.find("intent ") < table.output.find("completed "));
}

} // namespace

TEST_SUITE_BEGIN("e2e/retry_timeline");

TEST_CASE_FIXTURE(
  retry_fixture,
  "e2e: a retried job's user is told before each attempt, its timeline is in order") {
  check_messages(*this);
  check_timeline(*this);
}

TEST_SUITE_END();
