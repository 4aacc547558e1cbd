#pragma once

#include "db/session.hpp"
#include "tests/support/databases.hpp"

#include <regex>

namespace neurocards::test {

/// A connection that plans as those of the lanes do, and tells its plans.
struct planning_fixture : migrated_database {
  void start_planning() {
    sql(db::planner_settings);
    sql("LOAD 'auto_explain'");
    sql("SET auto_explain.log_min_duration = 0");
    sql("SET auto_explain.log_nested_statements = on");
    sql("SET auto_explain.log_level = 'notice'");
    sql("SET client_min_messages = 'notice'");
  }

  /// The plans of all statements inside the function called, in one text.
  std::string plans(const std::string& text) {
    struct collector : pqxx::errorhandler {
      std::string text;
      explicit collector(pqxx::connection_base& on) : errorhandler(on) {}
      bool operator()(const char* message) noexcept override {
        text += message;
        return false;
      }
    } notifications{own()};
    sql(text);
    return notifications.text;
  }
};

} // namespace neurocards::test
