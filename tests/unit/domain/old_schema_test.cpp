#include "domain/old_schema.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace neurocards;
using old_bot::column;
using old_bot::faults_of;

namespace {

std::vector<column> least() {
  return {{"users", "tg_user_id", "bigint"},
          {"users", "credits", "integer"},
          {"jobs", "id", "text"},
          {"jobs", "status", "text"},
          {"jobs", "tg_user_id", "bigint"}};
}

std::vector<column> without(const char* table, const char* name) {
  auto result = least();
  std::erase_if(result, [&](const column& x) { return x.table == table && x.name == name; });
  return result;
}

} // namespace

TEST_SUITE_BEGIN("unit/domain/old_schema");

TEST_CASE("old schema: a handful of columns is enough") {
  CHECK(faults_of(least()).empty());
  auto owner_by_row = without("jobs", "tg_user_id");
  owner_by_row.push_back({"jobs", "user_id", "uuid"});
  owner_by_row.push_back({"users", "id", "uuid"});
  CHECK(faults_of(owner_by_row).empty());
}

TEST_CASE("old schema: a missing column is told with table, column and what is allowed") {
  CHECK(faults_of(without("users", "credits"))
        == std::vector<std::string>{
          "old table users, column credits: missing; allowed: smallint, integer, bigint"});
  CHECK(faults_of(without("jobs", "tg_user_id"))
        == std::vector<std::string>{"old table jobs, column tg_user_id: missing; allowed: a whole "
                                    "number, or a column user_id that names users.id"});
  CHECK(faults_of({}).size() == 5);
}

TEST_CASE("old schema: a column of another type is told") {
  auto columns = least();
  columns.push_back({"jobs", "started_at", "text"});
  columns.push_back({"payments", "amount_rub", "money"});
  columns.push_back({"jobs", "surprise", "money"}); // nobody reads it
  CHECK(faults_of(columns)
        == std::vector<std::string>{
          "old table jobs, column started_at: is text; allowed: timestamp with time zone, "
          "timestamp without time zone, date",
          "old table payments, column amount_rub: is money; allowed: numeric, smallint, integer, "
          "bigint"});
}

TEST_SUITE_END();
