#pragma once

#include "db/connection.hpp"

#include <memory>
#include <string>

#include <pqxx/connection>
#include <pqxx/result>

namespace neurocards::bench {

/// A database of its own for one measurement, dropped afterwards. The server is named by
/// BENCH_DATABASE_URL.
class database {
public:
  /// `migrated`: with the product's schema; else empty.
  explicit database(bool migrated);
  ~database();
  database(const database&) = delete;
  database& operator=(const database&) = delete;

  db::connection_config config() const;
  std::unique_ptr<pqxx::connection> connect() const;
  pqxx::result sql(const std::string& text);
  int64_t number(const std::string& text) { return sql(text)[0][0].as<int64_t>(); }

private:
  std::string name_;
  std::string url_;
  std::unique_ptr<pqxx::connection> own_;
};

} // namespace neurocards::bench
