#include "tests/integration/node/cli/verbs_fixture.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

// What design §10 fixes of the command line: the options of `jobs list`, several IDs, `--json`.

using namespace neurocards::test;
using nlohmann::json;
using words = std::vector<std::string>;

namespace {

struct forms_fixture : verbs_fixture {
  const std::string second = db.add_job(7, "order:1");
  const std::string third = db.add_job(7, "order:2");

  json told(const words& arguments) {
    const auto got = call(arguments);
    CAPTURE(got.output);
    const auto result = json::parse(got.output, nullptr, false);
    REQUIRE_FALSE(result.is_discarded());
    return result;
  }

  /// The jobs that `jobs list` shows with these options.
  words listed(words options) {
    options.insert(options.begin(), {"jobs", "list", "--json"});
    words result;
    const auto shown = told(options);
    for (const auto& row : shown.at("jobs"))
      result.push_back(row.at("id"));
    return result;
  }
};

} // namespace

TEST_SUITE_BEGIN("integration/node/cli/verbs_forms");

TEST_CASE_FIXTURE(forms_fixture, "verbs: jobs are listed by what they are, page by page") {
  CHECK(call({"jobs", "fail", second, "--reason=test"}).code == 0);
  db.sql("INSERT INTO nodes (incarnation, name) VALUES ('00000000-0000-4000-8000-000000000001', "
         "'w1')");
  db.sql("SELECT claim_jobs('00000000-0000-4000-8000-000000000001', 1)");
  db.sql("UPDATE jobs SET model = 'sora-2' WHERE id = '" + third + "'");
  CHECK(listed({}) == words{third, second, job});
  CHECK(listed({"--status=failed"}) == words{second});
  CHECK(listed({"--node=w1"}) == words{job});
  CHECK(listed({"--model=sora-2", "--user=7"}) == words{third});
  CHECK(listed({"--user=8"}).empty());
  CHECK(listed({"--class=TEMPORARY"}).empty());
  CHECK(listed({"--filter=status=queued", "--user", "7"}) == words{third});
  CHECK(listed({"--limit=2"}) == words{third, second});
  CHECK(listed({"--before", second, "--limit=2"}) == words{job});
  const auto row = told({"jobs", "list", "--json", "--status=failed"}).at("jobs").at(0);
  CHECK(row.at("created_at").get<std::string>().substr(10, 1) == "T");
  CHECK(row.at("finished_at").get<std::string>().ends_with("+00:00"));
  for (const auto& wrong :
       {words{"--limit=0"}, {"--limit=many"}, {"--before=7"}, {"--status=gone"}, {"--user=me"}}) {
    CAPTURE(wrong[0]);
    CHECK(call({"jobs", "list", wrong[0]}).code == 2);
  }
}

TEST_CASE_FIXTURE(forms_fixture, "verbs: several jobs are named at once, after a question") {
  CHECK(call({"jobs", "fail", second, "--reason=test"}).code == 0);
  CHECK(call({"jobs", "cancel", job, third, "--reason=test"}).code == 2); // nobody to be asked
  CHECK(db.number("SELECT count(*) FROM jobs WHERE status = 'queued'") == 2);
  const auto got = call({"jobs", "cancel", job, second, third, job, "--reason=test", "--yes"});
  CAPTURE(got.output);
  CHECK(got.code == 1);
  CHECK(got.says("2 of 3 jobs: done."));
  CHECK(got.says(second));
  CHECK_FALSE(got.says(third));
  CHECK(db.number("SELECT credits FROM users WHERE tg_user_id = 7") == 5);
  CHECK(db.number("SELECT count(*) FROM operator_actions WHERE verb = 'jobs cancel'") == 3);
  CHECK(call({"jobs", "show", job, third}).code == 2);
}

TEST_CASE_FIXTURE(forms_fixture, "verbs: what verbs say is JSON with --json") {
  CHECK(told({"users", "ban", "7", "--reason=test", "--json"})
        == json{{"tg_user_id", 7}, {"banned", true}});
  CHECK(told({"users", "unban", "7", "--reason=test", "--json"}).at("banned") == false);
  CHECK(told({"migrate", "--json"}) == json{{"migrations", 0}, {"functions", 0}, {"indexes", 0}});
}

TEST_CASE_FIXTURE(forms_fixture, "verbs: a role that this version does not know drains no node") {
  db.sql("SELECT heartbeat(md5('n')::uuid, 'bot-2', 'worker,curator', '9', '{}')");
  const auto got = call({"nodes", "drain", "bot-2", "--reason=test", "--yes"});
  CAPTURE(got.output);
  CHECK(got.code == 1);
  CHECK(got.says("node bot-2 has the role curator, which this version does not know"));
  CHECK(db.number("SELECT count(*) FROM pauses") == 0);
}

TEST_SUITE_END();
