#include "tests/support/folders.hpp"
#include "tests/support/postgres.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include <doctest/doctest.h>

// docs/job_lifecycle.md: every arrow of its diagram is tried on a database, and every function that
// moves a job has its arrows.

using namespace neurocards;
using namespace neurocards::test;

namespace {

/// From a status to a status by a function of SQL.
using arrow = std::tuple<std::string, std::string, std::string>;
using arrows = std::set<arrow>;

std::string read_file(const std::filesystem::path& name) {
  std::ifstream in{name};
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

bool is_function(const std::string& name) {
  return std::filesystem::exists(in_source("sql/functions/" + name + ".sql"));
}

arrows drawn() {
  const auto page = read_file(in_source("docs/job_lifecycle.md"));
  const auto begin = page.find("stateDiagram-v2\n");
  REQUIRE(begin != std::string::npos);
  std::istringstream lines{page.substr(begin, page.find("```", begin) - begin)};
  const std::regex shape{R"(\s*(\S+) --> (\S+): (.*))"};
  const std::regex word{"[a-z_]+"};
  arrows result;
  for (std::string line; std::getline(lines, line);) {
    std::smatch parts;
    if (!std::regex_match(line, parts, shape))
      continue;
    const auto label = parts[3].str();
    const auto before = result.size();
    for (std::sregex_iterator x{label.begin(), label.end(), word}, end; x != end; ++x)
      if (is_function(x->str()))
        result.emplace(parts[1], parts[2], x->str());
    INFO("an arrow names the functions that go along it: ", line);
    CHECK(result.size() > before);
  }
  return result;
}

struct mover {
  std::string prepare; // what makes it willing to move a job
  std::string call;
};

const std::string node = "00000000-0000-4000-8000-000000000001";

/// JOB and NODE stand for the job's id and for who holds it.
const std::map<std::string, mover> movers{
  {"insert_jobs", {"", "SELECT insert_jobs('{7}', '{ad}', '{new}', '{photos/a.jpg}', '{\"{}\"}')"}},
  {"claim_jobs", {"", "SELECT claim_jobs('NODE', 10)"}},
  {"retry_jobs", {"", "SELECT retry_job('JOB', 'NODE', 'busy', '{}', '1 s')"}},
  {"release_jobs", {"", "SELECT release_jobs('NODE')"}},
  {"rescue_expired_jobs",
   {"UPDATE nodes SET heartbeat_at = now() - interval '1 h'",
    "SELECT rescue_expired_jobs('30 s')"}},
  {"rescue_forgotten_jobs",
   {"UPDATE nodes SET knew_all_at = now() - interval '1 h'; "
    "UPDATE jobs SET claimed_at = now() - interval '1 h' WHERE id = 'JOB' AND status = "
    "'processing'",
    "SELECT rescue_forgotten_jobs('1 s')"}},
  {"complete_jobs", {"", "SELECT complete_jobs('{JOB}', '{NODE}', '{videos/a.mp4}', '{9}')"}},
  {"fail_jobs_and_refund", {"", "SELECT fail_job_and_refund('JOB', 'NODE', 'refused')"}},
  {"fail_condemned_jobs",
   {"UPDATE jobs SET blamed = 3 WHERE id = 'JOB'", "SELECT fail_condemned_jobs('{JOB}')"}},
  {"tend_delayed_jobs",
   {"UPDATE jobs SET created_at = now() - interval '2 h' WHERE id = 'JOB'",
    "SELECT tend_delayed_jobs(now() - interval '1 h', NULL, '30 min', 'silent', false)"}},
  {"operator_fail_job", {"", "SELECT operator_fail_job('JOB', 'by hand')"}},
  {"operator_cancel_job", {"", "SELECT operator_cancel_job('JOB')"}},
  {"operator_retry_job", {"", "SELECT operator_retry_job('JOB')"}},
  {"cancel_waiting_job", {"", "SELECT cancel_waiting_job(7, 'JOB')"}},
};

struct moves_fixture : migrated_database {
  moves_fixture() {
    add_user(7, 1'000);
    sql("CREATE TABLE moves (before text, after text)");
    sql("CREATE FUNCTION note_move() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "INSERT INTO moves VALUES (CASE TG_OP WHEN 'UPDATE' THEN OLD.status ELSE '[*]' END, "
        "NEW.status); RETURN NULL; END $$");
    sql("CREATE TRIGGER zz_moves AFTER INSERT OR UPDATE ON jobs FOR EACH ROW "
        "EXECUTE FUNCTION note_move()");
  }

  std::string with_names(std::string text, const std::string& job) const {
    text = std::regex_replace(text, std::regex{"JOB"}, job);
    return std::regex_replace(text, std::regex{"NODE"}, node);
  }

  /// A new job in that status, of which `prepare` holds.
  std::string job_that_is(const std::string& status, const std::string& prepare, int number) {
    sql("DELETE FROM nodes");
    const auto job = add_job(7, "draft-" + std::to_string(number) + ":0");
    if (status != "queued")
      sql("SELECT claim_jobs('" + node + "', 10)");
    if (!prepare.empty())
      sql(with_names(prepare, job));
    if (status == "completed")
      sql(with_names(movers.at("complete_jobs").call, job));
    if (status == "failed")
      sql(with_names(movers.at("fail_jobs_and_refund").call, job));
    REQUIRE(value("SELECT status FROM jobs WHERE id = '" + job + "'") == status);
    return job;
  }

  /// What the function does to a job in each status.
  arrows seen(const std::string& name, const mover& x) {
    arrows result;
    for (const std::string status : {"queued", "processing", "completed", "failed"}) {
      CAPTURE(name);
      CAPTURE(status);
      const auto job = job_that_is(status, x.prepare, ++jobs_);
      sql("TRUNCATE moves");
      refusal(with_names(x.call, job)); // of a finished job many say that it is finished
      for (const auto& row : sql("SELECT DISTINCT before, after FROM moves WHERE before <> after"))
        result.emplace(row[0].as<std::string>(), row[1].as<std::string>(), name);
      sql("TRUNCATE moves");
      refusal("SELECT operator_fail_job(id, 'over') FROM jobs WHERE status = 'queued' "
              "OR status = 'processing'"); // the next begins with its own job alone
    }
    return result;
  }

private:
  int jobs_ = 0;
};

std::string lines_of(const arrows& x) {
  std::string result;
  for (const auto& [from, to, name] : x)
    result += from + " --> " + to + ": " + name + "\n";
  return result;
}

/// Whether a function writes `jobs.status`: in an UPDATE, up to its FROM, WHERE or RETURNING.
bool sets_status(const std::string& text) {
  static const std::regex written{R"((^|[^.\w])status = )"};
  for (auto place = text.find("UPDATE jobs"); place != std::string::npos;
       place = text.find("UPDATE jobs", place + 1)) {
    const auto begin = text.find("SET", place);
    auto end = text.size();
    for (const std::string stop : {"FROM ", "WHERE ", "RETURNING ", ";"})
      end = std::min(end, text.find(stop, begin));
    if (std::regex_search(text.substr(begin, end - begin), written))
      return true;
  }
  return text.find("INSERT INTO jobs ") != std::string::npos;
}

} // namespace

TEST_SUITE_BEGIN("integration/db/job_states_page");

TEST_CASE_FIXTURE(moves_fixture,
                  "job states: docs/job_lifecycle.md draws what the functions do to a job") {
  arrows done;
  for (const auto& [name, x] : movers)
    done.merge(seen(name, x));
  CHECK(lines_of(drawn()) == lines_of(done));
  CHECK(done.size() > 10);
}

TEST_CASE("job states: every function that moves a job is drawn") {
  int found = 0;
  for (const auto& entry : std::filesystem::directory_iterator{in_source("sql/functions")}) {
    if (!sets_status(read_file(entry.path())))
      continue;
    const auto name = entry.path().stem().string();
    CAPTURE(name);
    CHECK(movers.contains(name));
    ++found;
  }
  CHECK(found >= 12);
}

TEST_SUITE_END();
