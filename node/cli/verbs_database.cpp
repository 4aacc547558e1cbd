#include "node/cli/verbs.hpp"

#include "db/migrate.hpp"
#include "node/cli/operator_database.hpp"
#include "node/cli/table_text.hpp"
#include "node/folders.hpp"
#include "node/services.hpp"

#include <iostream>

#include <nlohmann/json.hpp>

/// The verbs about the database as a whole.
namespace neurocards::verbs {

namespace {

std::string told(const db::migration_outcome& done, bool as_json) {
  if (as_json)
    return nlohmann::json{{"migrations", done.migrations},
                          {"functions", done.functions},
                          {"indexes", done.indexes}}
             .dump(2)
           + '\n';
  if (done.migrations == 0 && done.functions == 0 && done.indexes == 0)
    return "The database is up to date.\n";
  std::string result = "Applied " + std::to_string(done.migrations) + " migrations and "
                       + std::to_string(done.functions) + " functions";
  if (done.indexes > 0)
    result += ", built " + std::to_string(done.indexes) + " indexes";
  return result + ".\n";
}

} // namespace

int migrate(const invocation& in) {
  const auto& settings = in.config.settings;
  const operator_database reachable{settings, operator_database::schema::any};
  auto connection = connection_of(settings, "migrate");
  connection.statement_timeout = std::chrono::milliseconds{0}; // an index takes as long as it takes
  try {
    const auto done = db::migrate(connection, db::read_schema_files(folders::sql()));
    std::cout << told(done, in.flags.contains("--json"));
  } catch (const db::migration_refused& err) {
    std::cerr << err.what() << '\n';
    return 2; // of no use to repeat it with this program
  }
  return 0;
}

int audit(const invocation& in) {
  const auto& settings = in.config.settings;
  operator_database db{settings, operator_database::schema::ours};
  const auto broken =
    db::broken_promises(db.connection(), db::read_schema_files(folders::sql()),
                        std::chrono::duration_cast<std::chrono::milliseconds>(settings.db.lease));
  if (in.flags.contains("--json")) {
    auto list = nlohmann::json::array();
    for (const auto& x : broken)
      list.push_back({{"promise", x.promise}, {"subject", x.subject}, {"detail", x.detail}});
    std::cout << list.dump(2) << '\n';
  } else {
    std::vector<std::vector<std::string>> rows{{"BROKEN PROMISE", "SUBJECT", "DETAIL"}};
    for (const auto& x : broken)
      rows.push_back({x.promise, x.subject, x.detail});
    const auto left =
      db.value("SELECT coalesce(jsonb_agg(to_jsonb(x)), '[]') FROM left_to_operators() x");
    std::cout << table_text(rows, "All promises hold.") << left_to_operators_text(left);
  }
  return broken.empty() ? 0 : 1;
}

} // namespace neurocards::verbs
