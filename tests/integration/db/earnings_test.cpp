#include "protocol/store/nodes.hpp"
#include "protocol/store/provider.hpp"
#include "protocol/store/queue.hpp"
#include "tests/support/planning.hpp"
#include "tests/support/postgres.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

using namespace neurocards;
using namespace neurocards::test;
using namespace std::chrono_literals;
using nlohmann::json;
using store::transition;

// What a video costs is kept with its job, and by day and model: without a look at any job.

namespace {

constexpr double star = 0.013; // US$

struct earnings_fixture : store_fixture {
  incarnation us{uuid::random()};

  earnings_fixture() {
    db.add_user(7, 5); // who was given his credits
    db.add_user(8, 5); // who buys some below
    buy(8, "c1", 5, 250);
  }
  ~earnings_fixture() { db.check_promises(); }

  void buy(int64_t user, const std::string& charge, int credits, int stars) {
    db.sql("SELECT record_purchase(" + std::to_string(user) + ", '" + charge + "', "
           + std::to_string(credits) + ", 'XTR', " + std::to_string(stars) + ")");
  }

  /// A job of the user that its node holds, with this model.
  job_id held_job(int64_t user, const std::string& model) {
    const auto key = std::to_string(db.number("SELECT count(*) FROM jobs"));
    const auto id = db.add_job(user, "order:" + key);
    REQUIRE(ask.ask(store::claim_jobs{us, 10, {{"a", {key_fingerprint{"k1"}}}}, 1000, {"m"}}));
    db.sql("UPDATE jobs SET model = '" + model + "' WHERE id = '" + id + "'");
    return job_id{*uuid::parse(id)};
  }

  store::complete_job done(job_id job, std::optional<double> cost) {
    store::complete_job result{us, job, storage_key{"videos/v.mp4"}, 77};
    result.cost = cost;
    result.star_value = star;
    return result;
  }

  void complete(int64_t user, const std::string& model, std::optional<double> cost) {
    REQUIRE(*ask.ask(done(held_job(user, model), cost)) == transition::done);
  }

  json rows() { return json::parse(db.value("SELECT status_snapshot()->>'earnings'")); }

  int sum_up(int limit = 1000) {
    const auto got = ask.ask(store::sweep{store::sweep_kind::earnings, 24h, limit});
    REQUIRE(got);
    return got->rows;
  }
};

} // namespace

TEST_SUITE_BEGIN("integration/db/earnings");

TEST_CASE_FIXTURE(earnings_fixture, "earnings: a video's cost is kept with its job") {
  complete(7, "m", 0.615);
  CHECK(db.number("SELECT count(*) FROM jobs WHERE cost = 0.615") == 1);
  complete(7, "m", std::nullopt);
  CHECK(db.number("SELECT count(*) FROM jobs WHERE cost IS NULL") == 1);
}

TEST_CASE_FIXTURE(earnings_fixture, "earnings: cost, income and margin stand by model, of today") {
  complete(8, "cheap", 0.615);
  complete(8, "cheap", 0.615);
  complete(7, "cheap", std::nullopt); // a credit that was given brings nothing
  complete(8, "dear", 2.475);
  const auto check = [&] {
    const auto all = rows();
    REQUIRE(all.size() == 2);
    CHECK(all[0]["day"] == db.value("SELECT timezone('UTC', now())::date"));
    CHECK(all[0]["model"] == "cheap");
    CHECK(all[0]["clips"] == 3);
    CHECK(all[0]["unpriced"] == 1);
    CHECK(all[0]["late"] == 0);
    CHECK(all[0]["cost"] == 1.23);
    CHECK(all[0]["income"] == 1.3); // 2 × 250 / 5 × 0.013
    CHECK(all[0]["margin"] == 0.07);
    CHECK(all[1]["model"] == "dear");
    CHECK(all[1]["cost"] == 2.475);
    CHECK(all[1]["income"] == 0.65);
    CHECK(all[1]["margin"] == -1.825);
  };
  check();
  CHECK(sum_up() == 4);
  CHECK(db.number("SELECT count(*) FROM earnings") == 0);
  CHECK(db.number("SELECT count(*) FROM earnings_by_day") == 2);
  check(); // the sums say the same
  CHECK(sum_up() == 0);
  complete(8, "cheap", 0.615);
  CHECK(rows()[0]["clips"] == 4); // one of them not summed up yet
  CHECK(sum_up() == 1);
  CHECK(rows()[0]["clips"] == 4);
  CHECK(db.number("SELECT count(*) FROM earnings_by_day") == 2);
}

TEST_CASE_FIXTURE(earnings_fixture, "earnings: a credit brings what the last purchase says") {
  complete(8, "m", 0);
  CHECK(rows()[0]["income"] == 0.65);
  db.sql("UPDATE payments SET created_at = created_at - interval '1 hour'");
  buy(8, "c2", 30, 1200);
  complete(8, "m", 0);
  CHECK(rows()[0]["income"] == 1.17); // + 1200 / 30 × 0.013
}

TEST_CASE_FIXTURE(earnings_fixture, "earnings: a completion that is repeated counts once") {
  const auto request = done(held_job(8, "m"), 0.615);
  CHECK(*ask.ask(request) == transition::done);
  auto again = request;
  again.claim = 1;
  CHECK(*ask.ask(again) == transition::done);
  CHECK(rows()[0]["clips"] == 1);
  CHECK(db.number("SELECT count(*) FROM jobs WHERE cost = 0.615") == 1);
}

TEST_CASE_FIXTURE(earnings_fixture, "earnings: a late video costs, and earns nothing") {
  const auto job = held_job(8, "m");
  const auto token = to_string(uuid::random());
  db.sql("INSERT INTO job_tasks (token, job_id, attempt, kie_account, kie_api_key, model, task_id, "
         "abandoned_at) VALUES ('"
         + token + "', '" + to_string(job) + "', 1, 'a', 'k1', 'm', 't', now())");
  REQUIRE(*ask.ask(done(job, 0.615)) == transition::done);
  const store::give_video late{token, storage_key{"videos/late.mp4"}, 5, 0.615};
  CHECK(*ask.ask(late) == transition::done);
  CHECK(*ask.ask(late) == transition::lease_lost); // once
  const auto all = rows();
  REQUIRE(all.size() == 1);
  CHECK(all[0]["clips"] == 1);
  CHECK(all[0]["late"] == 1);
  CHECK(all[0]["cost"] == 1.23);
  CHECK(all[0]["income"] == 0.65);
  CHECK(db.number("SELECT count(*) FROM jobs WHERE cost = 1.23") == 1);
}

TEST_CASE_FIXTURE(earnings_fixture, "earnings: two who sum up at once lose and double nothing") {
  db.sql("INSERT INTO earnings (day, model, clips, cost) SELECT timezone('UTC', now())::date, 'm', "
         "1, 0.5 FROM generate_series(1, 1000)");
  std::vector<std::future<caf::expected<store::swept>>> answers;
  lanes other{{.connection = db.config()}};
  for (int i = 0; i < 6; ++i)
    for (auto* one : {&ask, &other})
      answers.push_back(one->start(store::sweep{store::sweep_kind::earnings, 24h, 100}));
  int rows_taken = 0;
  for (auto& x : answers) {
    const auto got = x.get();
    REQUIRE(got);
    rows_taken += got->rows;
  }
  while (const int more = sum_up())
    rows_taken += more;
  CHECK(rows_taken == 1000);
  CHECK(rows()[0]["clips"] == 1000);
  CHECK(rows()[0]["cost"] == 500);
}

TEST_CASE_FIXTURE(planning_fixture, "earnings: are read without a look at any job or payment") {
  sql("INSERT INTO earnings_by_day SELECT timezone('UTC', now())::date - i, 'm' || m, 1, 0, 0, 1, "
      "1 FROM generate_series(0, 3650) i, generate_series(1, 8) m");
  sql("ANALYZE");
  start_planning();
  const auto plan = plans("SELECT * FROM earnings_of_days(7)");
  CHECK_MESSAGE(plan.find("earnings_by_day_pkey") != std::string::npos, plan);
  for (const auto* never : {"jobs", "payments", "Seq Scan on earnings_by_day"})
    CHECK_MESSAGE(plan.find(never) == std::string::npos, plan);
  CHECK(number("SELECT count(*) FROM earnings_of_days(7)") == 56);
}

TEST_SUITE_END();
