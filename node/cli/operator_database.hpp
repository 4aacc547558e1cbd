#pragma once

#include "node/config/load.hpp"

#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>
#include <pqxx/connection>

namespace neurocards {

/// The database as the operators' verbs use it: one connection, statements by hand. Every function
/// throws `std::runtime_error` with a line for the operator.
class operator_database {
public:
  enum class schema : uint8_t {
    ours, // refuse any other
    any,
  };

  /// Waits for PostgreSQL as long as `db.patience` says.
  operator_database(const config::all&, schema);
  ~operator_database();

  /// The one value a statement returns, as JSON; null for SQL's NULL or no row.
  nlohmann::json value(const std::string& sql, const std::vector<std::string>& arguments = {});

  /// For what the schema's own functions do.
  pqxx::connection& connection() { return *connection_; }

private:
  std::unique_ptr<pqxx::connection> connection_;
};

} // namespace neurocards
