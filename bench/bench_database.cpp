#include "bench/bench_database.hpp"

#include "base/uuid.hpp"
#include "db/migrate.hpp"

#include <cstdlib>
#include <stdexcept>

#include <pqxx/nontransaction>

namespace neurocards::bench {

namespace {

std::string server() {
  const char* url = std::getenv("BENCH_DATABASE_URL");
  if (!url)
    throw std::runtime_error{
      "BENCH_DATABASE_URL is not set; script/bench starts a server of its own"};
  return url;
}

std::string with_database(const std::string& url, const std::string& name) {
  const auto options = url.find('?');
  const auto slash = url.rfind('/', options);
  auto result = url.substr(0, slash + 1);
  result.append(name);
  if (options != std::string::npos)
    result.append(url, options);
  return result;
}

} // namespace

database::database(bool migrated)
  : name_("bench_" + to_string(uuid::random()).substr(0, 8)), url_(with_database(server(), name_)) {
  pqxx::connection admin{server()};
  pqxx::nontransaction{admin}.exec("CREATE DATABASE " + name_);
  if (migrated)
    db::migrate(config(), db::read_schema_files(std::string{NEUROCARDS_SOURCE_DIR} + "/sql"));
  own_ = connect();
}

database::~database() {
  own_.reset();
  try {
    pqxx::connection admin{server()};
    pqxx::nontransaction{admin}.exec("DROP DATABASE " + name_ + " WITH (FORCE)");
  } catch (const std::exception&) {
    // the server goes away with the benchmark
  }
}

db::connection_config database::config() const {
  db::connection_config result;
  result.url = url_;
  result.application_name = "neurocards bench";
  return result;
}

std::unique_ptr<pqxx::connection> database::connect() const {
  return std::make_unique<pqxx::connection>(url_);
}

pqxx::result database::sql(const std::string& text) {
  return pqxx::nontransaction{*own_}.exec(text);
}

} // namespace neurocards::bench
