#include "db/array_text.hpp"
#include "tests/support/databases.hpp"

#include <doctest/doctest.h>

using namespace neurocards;
using namespace neurocards::test;

TEST_SUITE_BEGIN("integration/db/array_text");

TEST_CASE_FIXTURE(empty_database, "array_text: survives every character but NUL") {
  std::string all;
  for (char c = 1; c < 127; ++c)
    all += c;
  const std::vector<std::string> texts{"",   "a", "NULL",     "{x,\"y\"}", "\\",
                                       "\"", all, "юникод ✅", " padded "};
  db::array_text array;
  for (const auto& x : texts)
    array.add(std::string_view{x});
  array.add_null();
  array.add_or_null("");
  array.add(std::string_view{"a\0b", 3});
  const auto on = connect();
  pqxx::nontransaction tx{*on};
  const auto rows = tx.exec_params("SELECT unnest($1::text[])", array.str());
  REQUIRE(rows.size() == texts.size() + 3);
  for (size_t i = 0; i < texts.size(); ++i)
    CHECK(rows[static_cast<int>(i)][0].c_str() == texts[i]);
  CHECK(rows[static_cast<int>(texts.size())][0].is_null());
  CHECK(rows[static_cast<int>(texts.size()) + 1][0].is_null());
  CHECK(std::string{rows.back()[0].c_str()} == "ab");
}

TEST_CASE("array_text: leaves escaped NUL out of JSON, and only that") {
  const auto json = [](std::string_view x) {
    db::array_text array;
    array.add_json(x);
    return array.str();
  };
  CHECK(json(R"({"a":"x\u0000y"})") == R"({"{\"a\":\"xy\"}"})");
  CHECK(json(R"(["\\u0000"])") == R"({"[\"\\\\u0000\"]"})");
  CHECK(json("") == R"({"{}"})");
}

TEST_SUITE_END();
