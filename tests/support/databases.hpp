#pragma once

#include "base/uuid.hpp"
#include "db/connection.hpp"
#include "db/schema_files.hpp"
#include "tests/support/process.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <pqxx/nontransaction>
#include <pqxx/result>

namespace neurocards::test {

/// The schema in sql/.
const db::schema_files& our_schema();

/// A database of its own for one test case, dropped afterwards. The server is named by
/// TEST_DATABASE_URL (a role that may create databases).
class empty_database {
public:
  empty_database();
  empty_database(const empty_database&) = delete;
  empty_database& operator=(const empty_database&) = delete;
  ~empty_database();

  const std::string& url() const { return url_; }
  db::connection_config config() const;

  /// A new connection, for what must run beside the first.
  std::unique_ptr<pqxx::connection> connect() const;

  /// Runs SQL on the case's own connection, each statement for itself.
  pqxx::result sql(const std::string& text);

  /// The only value of the only row, as text; "NULL" for none.
  std::string value(const std::string& text);
  int64_t number(const std::string& text) { return std::stoll(value(text)); }

  /// Makes the case's own connection anew, after the server was broken on purpose.
  void reconnect() { own_ = connect(); }

  /// The SQLSTATE with which a statement is refused; empty if it is not.
  std::string refusal(const std::string& text);

  /// A database that is not there: ends all connections and takes none, until it is back.
  void go_away();
  void come_back();

protected:
  explicit empty_database(const std::string& from_template);

  /// The connection behind `sql`.
  pqxx::connection& own() { return *own_; }

private:
  std::string name_;
  std::string url_;
  std::unique_ptr<pqxx::connection> own_;
};

/// A database with our schema, copied from a template that is migrated once per server.
class migrated_database : public empty_database {
public:
  migrated_database();

  /// Migrated by that program, which is of another release than ours.
  explicit migrated_database(const std::string& program);

  /// Fails the test case for every broken promise (sql/audit/promises.sql).
  void check_promises();

  /// A user with credits, granted through the ledger.
  void add_user(int64_t user, int credits);

  /// Orders one job of the user; returns its id.
  std::string add_job(int64_t user, const std::string& key);
};

/// Has a program bring a database to its schema, as an operator does.
void migrate_by(const std::string& program, const std::string& url);

} // namespace neurocards::test
