#include "tests/integration/db/sql_text.hpp"
#include "tests/support/databases.hpp"
#include "tests/support/folders.hpp"

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include <doctest/doctest.h>

using namespace neurocards::test;

/// Who writes what matters most: read from the functions as they are installed, and from the
/// sources, which hold SQL as well.

namespace {

using names = std::set<std::string>;

std::string joined(const names& x) {
  std::string result;
  for (const auto& name : x)
    result += (result.empty() ? "" : " ") + name;
  return result;
}

/// What a statement does to a column: an assignment in UPDATE, or a place in INSERT's list.
std::regex writes(const std::string& table, const std::string& column) {
  const auto word = "\\b" + column + "\\b";
  return std::regex{
    "\\bupdate (only )?" + table + "\\b[^;]*?\\bset\\b((?!\\bwhere\\b|\\bfrom\\b)[^;])*?" + word
    + " ?=|\\binsert into " + table + "\\b( as \\w+)? ?\\([^)]*" + word + "|\\binsert into " + table
    + "\\b[^;]*\\bdo update set\\b[^;]*" + word + " ?="};
}

struct writers_fixture : migrated_database {
  names functions_that(const std::regex& pattern) {
    names result;
    for (const auto& row : sql("SELECT proname, prosrc FROM pg_proc "
                               "WHERE pronamespace = 'public'::regnamespace"))
      for (const auto& statement : statements_of(without_comments(row[1].as<std::string>())))
        if (std::regex_search(in_one_form(statement), pattern))
          result.insert(row[0].as<std::string>());
    return result;
  }
};

/// The program's sources and scripts that hold such a statement; their literals are joined.
names sources_that(const std::regex& pattern) {
  namespace fs = std::filesystem;
  static const std::regex seam{"\"\\s*\"|\"\\s*\\+[^\"]*\""};
  static const std::regex verb{"UPDATE\\s|INSERT\\s", std::regex::icase};
  names result;
  for (const auto* folder : {"base", "domain", "protocol", "clients", "db", "actors", "node",
                             "script", "deploy", "sql/migrations"}) {
    const fs::path root{neurocards::test::in_source(folder)};
    if (!fs::exists(root))
      continue;
    for (const auto& entry : fs::recursive_directory_iterator{root}) {
      const auto type = entry.path().extension();
      if (!entry.is_regular_file() || type == ".so" || type == ".png"
          || entry.file_size() > 200'000)
        continue;
      std::ifstream in{entry.path()};
      const std::string text{std::istreambuf_iterator<char>{in}, {}};
      if (!std::regex_search(text, verb))
        continue;
      std::istringstream statements{std::regex_replace(text, seam, "")};
      for (std::string x; std::getline(statements, x, ';');)
        if (std::regex_search(in_one_form(x), pattern))
          result.insert(fs::relative(entry.path(), neurocards::test::in_source("")).string());
    }
  }
  return result;
}

} // namespace

TEST_SUITE_BEGIN("integration/db/writers");

TEST_CASE_FIXTURE(writers_fixture,
                  "writers: credits change in the functions of the ledger and nowhere else") {
  const auto pattern = writes("users", "credits");
  CHECK(joined(functions_that(pattern))
        == "accept_terms grant_credits insert_jobs pay_referral record_purchase refund_failed_job "
           "refund_payment");
  CHECK(joined(sources_that(pattern)).empty());
  // They are those that write the ledger.
  CHECK(functions_that(std::regex{"insert into credit_ledger"}) == functions_that(pattern));
}

TEST_CASE_FIXTURE(writers_fixture,
                  "writers: no statement is put together where nobody could read it") {
  CHECK(joined(functions_that(std::regex{"^ ?execute |[^a-z_]execute (?!function)"})).empty());
}

TEST_CASE_FIXTURE(writers_fixture,
                  "writers: a job is complete when it is inserted, no UPDATE fills it in") {
  const auto pattern =
    writes("jobs", "(?:tg_user_id|template_type|product_name|product_text|product_image_url|"
                   "extra_wishes|video_index|idempotency_key)");
  // What a user asks to forget is erased, not filled in.
  CHECK(joined(functions_that(pattern)) == "insert_jobs users_forget");
  CHECK(joined(sources_that(pattern)).empty());
  sql("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'updated'; "
      "END $$");
  sql("CREATE TRIGGER no_update BEFORE UPDATE ON jobs FOR EACH ROW EXECUTE FUNCTION refuse()");
  add_user(7, 1);
  CHECK(add_job(7, "a").size() == 36);
}

TEST_CASE_FIXTURE(writers_fixture, "writers: one statement ends a job well") {
  const std::regex ends{
    "\\bupdate jobs\\b[^;]*\\bset\\b[^;]*?status = 'completed'(?![^;]*\\bwhere\\b"
    "[^;]*status = 'completed')"};
  CHECK(joined(functions_that(ends)) == "complete_jobs");
  CHECK(joined(sources_that(ends)).empty());
}

TEST_SUITE_END();
