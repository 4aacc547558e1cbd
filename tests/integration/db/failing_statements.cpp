#include "tests/integration/db/failing_statements.hpp"

#include "tests/integration/db/sql_text.hpp"

#include <stdexcept>

namespace neurocards::test {

namespace {

/// The body with a call of fail_point() after each of its statements; counts them.
std::string with_fail_points(const std::string& body, int& count) {
  const auto plain = without_comments(body);
  auto begin = plain.find("BEGIN\n");
  if (begin == std::string::npos)
    throw std::runtime_error("a function without BEGIN: " + body);
  auto result = plain.substr(0, begin) + "BEGIN\n PERFORM fail_point();\n";
  begin += std::string{"BEGIN\n"}.size();
  ++count;
  for (const auto& statement : statements_of(plain.substr(begin))) {
    result += statement;
    if (statement.ends_with(';')) {
      result += "\n PERFORM fail_point();";
      ++count;
    }
  }
  return result;
}

} // namespace

failing_statements::failing_statements(migrated_database& db) : db_(db) {
  // A sequence counts on when its transaction is rolled back.
  db_.sql("CREATE SEQUENCE points_passed");
  db_.sql("CREATE UNLOGGED TABLE failing_point AS SELECT 0::bigint AS number");
  db_.sql("CREATE FUNCTION fail_point() RETURNS void LANGUAGE plpgsql AS $$ "
          "DECLARE v_number bigint := (SELECT number FROM failing_point); BEGIN "
          "IF nextval('points_passed') = v_number THEN "
          "RAISE EXCEPTION 'boom'; END IF; END $$");
  instrument_functions();
  instrument_tables();
}

void failing_statements::instrument_functions() {
  const auto functions =
    db_.sql("SELECT p.proname, p.prosrc, pg_get_functiondef(p.oid) AS text FROM pg_proc p "
            "JOIN pg_language l ON l.oid = p.prolang WHERE p.pronamespace = 'public'::regnamespace "
            "AND l.lanname = 'plpgsql' AND p.proname <> 'fail_point'");
  for (const auto& row : functions) {
    const auto body = row["prosrc"].as<std::string>();
    auto text = row["text"].as<std::string>();
    auto& count = statements_[row["proname"].as<std::string>()];
    text.replace(text.find(body), body.size(), with_fail_points(body, count));
    db_.sql(text);
  }
}

void failing_statements::instrument_tables() {
  db_.sql("CREATE FUNCTION fail_at_row() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
          "PERFORM fail_point(); RETURN coalesce(NEW, OLD); END $$");
  for (const auto& [table, rows] : contents()) {
    const auto on = " INSERT OR UPDATE OR DELETE ON " + table;
    const std::string does = " FOR EACH ROW EXECUTE FUNCTION fail_at_row()";
    db_.sql("CREATE TRIGGER zz_before BEFORE" + on + does);
    db_.sql("CREATE TRIGGER zz_after AFTER" + on + does);
    db_.sql("CREATE CONSTRAINT TRIGGER zz_commit AFTER" + on + " DEFERRABLE INITIALLY DEFERRED"
            + does);
  }
}

void failing_statements::fail_at(int64_t point) {
  db_.sql("UPDATE failing_point SET number = " + std::to_string(point));
  db_.sql("ALTER SEQUENCE points_passed RESTART");
}

int64_t failing_statements::passed() {
  return db_.number("SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM points_passed");
}

int failing_statements::statements_of(const std::string& function) const {
  const auto found = statements_.find(function);
  return found == statements_.end() ? 0 : found->second;
}

std::map<std::string, std::string> failing_statements::contents() {
  std::map<std::string, std::string> result;
  for (const auto& row :
       db_.sql("SELECT relname FROM pg_class WHERE relkind = 'r' AND relname <> 'failing_point' "
               "AND relnamespace = 'public'::regnamespace")) {
    const auto table = row[0].as<std::string>();
    result[table] = db_.value("SELECT coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), '') "
                              "FROM "
                              + table + " t");
  }
  return result;
}

} // namespace neurocards::test
