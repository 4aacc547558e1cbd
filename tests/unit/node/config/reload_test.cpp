#include "node/config/reload.hpp"

#include "node/config/keys.hpp"
#include "tests/unit/node/config/loading.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

using namespace neurocards::config;
using namespace neurocards::test;
using namespace std::chrono_literals;
using words = std::vector<std::string>;

namespace {

const std::string main_node =
  R"(cluster { nodes = [{name = "main", host = "10.0.0.1", port = 4242, roles = ["worker"]}] } )";

reload_plan plan(const std::string& before, const std::string& after,
                 const variables& environment = good_environment()) {
  return plan_reload(load_text(before).settings, load_text(after, {}, environment), "main");
}

/// A text that no other value of the key shows.
std::string with_all_keys_shown(const all& x) {
  std::string result;
  for (const auto& key : keys())
    result += key.name + key.show(x);
  return result;
}

settings_report report_at(std::chrono::system_clock::time_point when, words changed) {
  return {"same", 1, when, std::move(changed)};
}

} // namespace

TEST_SUITE_BEGIN("unit/node/config/reload");

TEST_CASE("reload: every key says when it takes effect") {
  for (const auto& key : keys())
    CHECK_MESSAGE(key.when != effect::unsaid, key.name,
                  ": say live or restart in its row of node/config/keys.cpp");
}

TEST_CASE("reload: what is live changes, what is not waits and stays as it was") {
  struct {
    const char* after;
    words changed;
    words needs_restart;
  } table[] = {
    {"", {}, {}},
    {"kie { poll-interval = 15s }", {}, {}}, // the default
    {"kie { poll-interval = 7s }", {"kie.poll-interval"}, {}},
    {R"(openai { models = ["a", "b"] })", {"openai.models"}, {}},
    {R"(openai { proxy = "http://10.0.0.1:1" })", {}, {"openai.proxy"}},
    {"credits { packs = [{credits = 1, stars = 2}] }", {"credits.packs"}, {}},
    {R"(terms { offer-url = "https://x.example" } log { level = "debug" })",
     {"log.level", "terms.offer-url"},
     {}},
    {"db { lanes = 9 }", {}, {"db.lanes"}},
    {R"(http { listen = "127.0.0.1:1234" } notifier { rate = 3 })",
     {"notifier.rate"},
     {"http.listen"}},
  };
  for (const auto& row : table) {
    CAPTURE(row.after);
    const auto got = plan("", row.after);
    CHECK(got.changed == row.changed);
    CHECK(got.needs_restart == row.needs_restart);
    CHECK(all_lines(got.refused) == "");
  }
  const auto got = plan("", "db { lanes = 9 } notifier { rate = 3 }");
  CHECK(got.in_force.notifier.rate == 3);
  CHECK(got.in_force.db.lanes == 4);
}

TEST_CASE("reload: what waits for a restart is told until the file takes it back") {
  auto in_force = load_text("").settings;
  for (const auto* text : {"db { lanes = 9 }", "db { lanes = 9 } notifier { rate = 3 }"}) {
    const auto got = plan_reload(in_force, load_text(text), "main");
    CHECK(got.needs_restart == words{"db.lanes"});
    in_force = got.in_force;
  }
  CHECK(plan_reload(in_force, load_text("notifier { rate = 3 }"), "main").needs_restart.empty());
}

TEST_CASE("reload: a file with faults changes nothing and tells all of them") {
  const auto before = load_text("").settings;
  const auto got = plan("", "notifier { rate = 3 } kie { poll-interval = 15 } wrong = 1");
  CHECK(got.refused.size() == 2);
  CHECK(holds(all_lines(got.refused), "kie.poll-interval: \"15\" has no unit"));
  CHECK(holds(all_lines(got.refused), "wrong: unknown key"));
  CHECK(got.changed.empty());
  CHECK(with_all_keys_shown(got.in_force) == with_all_keys_shown(before));
}

TEST_CASE("reload: a new secret waits for a restart and is named by its variable") {
  auto other = good_environment();
  other["KIE_API_KEY"] = "kie-other";
  other["HTTP_TOKEN"] = "a-token-of-sufficient-length-0123";
  const auto got = plan("", "", other);
  CHECK(got.needs_restart == words{"KIE_API_KEY", "HTTP_TOKEN"});
  CHECK(got.in_force.secrets.kie_accounts == load_text("").settings.secrets.kie_accounts);
}

TEST_CASE("reload: nodes change at once, but where this one is reached waits for its restart") {
  auto moved = main_node;
  moved.replace(moved.find("4242"), 4, "4343");
  CHECK(plan(main_node, moved).changed == words{"cluster.nodes"});
  CHECK(plan(main_node, moved).needs_restart == words{"cluster.nodes"});
  auto grown = main_node;
  grown.replace(grown.find("port"), 4, "concurrency = 5, port");
  CHECK(plan(main_node, grown).changed == words{"cluster.nodes"});
  CHECK(plan(main_node, grown).needs_restart.empty());
}

TEST_CASE("reload: nodes agree on the digest unless they differ in what should be the same") {
  const auto digest_of = [](const std::string& text) { return digest(load_text(text).settings); };
  const auto plain = digest_of("");
  CHECK(plain.size() == 16);
  CHECK(plain.find_first_not_of("0123456789abcdef") == std::string::npos);
  CHECK(plain.size() == 16);
  CHECK(digest_of("kie { poll-interval = 15s }") == plain);
  CHECK(digest_of(R"(log { level = "debug" } storage { path = "/elsewhere" })") == plain);
  CHECK(digest_of("kie { poll-interval = 16s }") != plain);
  CHECK(digest_of("db { lanes = 5 }") != plain);
}

TEST_CASE("reload: one reload that came on two ways keeps what it changed") {
  const std::chrono::system_clock::time_point start{1000s};
  const reload_plan nothing_new;
  const auto before = report_at(start, {"notifier.rate"});
  CHECK(reported(before, nothing_new, "same", start + 9s).changed == words{"notifier.rate"});
  CHECK(reported(before, nothing_new, "same", start + 11s).changed.empty());
  CHECK(reported(before, nothing_new, "other", start + 9s).changed.empty());
  CHECK(reported(before, nothing_new, "same", start + 9s).reloads == 2);
}

TEST_CASE("reload: a refused file leaves the digest, and the next good one clears the faults") {
  const std::chrono::system_clock::time_point start{1000s};
  reload_plan bad;
  bad.refused = {"wrong: unknown key"};
  const auto after = reported(report_at(start, {}), bad, "of the bad file", start + 1s);
  CHECK(after.digest == "same");
  CHECK(after.refused == bad.refused);
  const auto mended = reported(after, {}, "same", start + 2s);
  CHECK(mended.refused.empty());
  const auto told = nlohmann::json::parse(to_json(after));
  CHECK(told["reloaded_at"] == "1970-01-01T00:16:41Z");
  CHECK(told["refused"][0] == "wrong: unknown key");
  CHECK(nlohmann::json::parse(to_json({"same"}))["reloaded_at"].is_null());
}

TEST_SUITE_END();
