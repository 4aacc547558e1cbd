#include "db/rows.hpp"
#include "db/session.hpp"
#include "db/step_arrays.hpp"
#include "tests/support/databases.hpp"

#include <algorithm>

#include <doctest/doctest.h>

using namespace neurocards;
using namespace neurocards::test;
using db::argument;

namespace {

/// One connection of a lane, and a function that tells its arguments apart.
struct calls : migrated_database {
  calls() {
    sql("CREATE FUNCTION tell(p_first int[], p_second int[], p_yes boolean, p_time interval) "
        "RETURNS text LANGUAGE sql AS $$ SELECT format('%s %s %s %s', p_first, p_second, "
        "p_yes, extract(epoch FROM p_time)::int) $$");
    REQUIRE(!on.open());
  }

  std::string answer(const db::statement& statement, std::initializer_list<argument> arguments) {
    std::string result;
    const auto got =
      on.attempt([&] { result = db::text(db::only(on.call(statement, arguments))); });
    return got.error ? to_string(got.error) : result;
  }

  db::watchdog dog;
  db::session on{config(), dog};
};

} // namespace

TEST_SUITE_BEGIN("integration/db/call_by_name");

TEST_CASE_FIXTURE(calls, "call: arguments go by name, in whatever order they are given") {
  const std::vector<int> first{1, 2};
  const std::vector<int> second{3};
  const argument time{"p_time", std::chrono::minutes{2}};
  const argument yes{"p_yes", std::optional<bool>{true}};
  CHECK(answer({"one_order", "SELECT tell(...)"},
               {db::column("p_first", first), db::column("p_second", second), yes, time})
        == "{1,2} {3} t 120");
  CHECK(answer({"another_order", "SELECT tell(...) AS told"},
               {time, db::column("p_second", second), yes, db::column("p_first", first)})
        == "{1,2} {3} t 120");
  CHECK(answer({"with_null", "SELECT tell(...)"}, {db::column("p_first", first),
                                                   db::column("p_second", second),
                                                   {"p_yes", std::optional<bool>{}},
                                                   time})
        == "{1,2} {3}  120");
}

TEST_CASE_FIXTURE(calls, "call: a statement is planned once, and not for the arrays of each call") {
  const std::vector<int> one{1};
  for (int i = 0; i < 3; ++i)
    CHECK(answer({"planned", "SELECT tell(...)"}, {db::column("p_first", one),
                                                   db::column("p_second", one),
                                                   {"p_yes", true},
                                                   {"p_time", std::chrono::minutes{2}}})
          == "{1} {1} t 120");
  constexpr db::statement plans{"plans", "SELECT format('%s %s', generic_plans, custom_plans) "
                                         "FROM pg_prepared_statements WHERE name = 'planned'"};
  std::string kept;
  REQUIRE(!on.attempt([&] { kept = db::text(db::only(on.run(plans))); }).error);
  CHECK(kept == "3 0");
}

TEST_CASE_FIXTURE(calls, "call: a name that the function does not know is refused") {
  const auto refused = answer({"unknown_name", "SELECT tell(...)"}, {{"p_third", 1}});
  CHECK(refused.find("p_third") != std::string::npos);
  CHECK(answer({"no_place", "SELECT tell()"}, {{"p_first", 1}}).find("(...)") != std::string::npos);
}

TEST_CASE_FIXTURE(calls, "call: apply_steps gets each of its arguments, by the name it has") {
  std::vector<std::string> wanted;
  for (const auto& row : sql("SELECT unnest(proargnames[1:pronargs]) FROM pg_proc "
                             "WHERE proname = 'apply_steps'"))
    wanted.push_back(row[0].as<std::string>());
  std::vector<std::string> given;
  for (const auto& x : db::step_arrays{}.all())
    given.emplace_back(x.parameter);
  std::ranges::sort(wanted);
  std::ranges::sort(given);
  CHECK(given == wanted);
  CHECK(given.size() == 51);
}

TEST_SUITE_END();
