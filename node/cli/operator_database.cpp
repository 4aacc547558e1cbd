#include "node/cli/operator_database.hpp"

#include "db/migrate.hpp"
#include "node/folders.hpp"
#include "node/services.hpp"

#include <thread>

#include <nlohmann/json.hpp>
#include <pqxx/pqxx>

namespace neurocards {

namespace {

using namespace std::chrono_literals;

/// The first line of PostgreSQL's message, without its "ERROR:  ", in whatever language.
std::string first_line(std::string text) {
  text.erase(std::min(text.find('\n'), text.size()));
  const auto mark = text.find(":  ");
  return mark < text.find(' ') ? text.substr(mark + 3) : text;
}

std::unique_ptr<pqxx::connection> reach(const config::all& settings) {
  const auto connection = connection_of(settings, "operator");
  const auto deadline = std::chrono::steady_clock::now() + settings.db.patience;
  for (auto pause = 100ms;; pause = std::min(pause * 2, 2000ms)) {
    try {
      return db::connect(connection);
    } catch (const std::exception& err) {
      if (std::chrono::steady_clock::now() + pause > deadline)
        throw std::runtime_error{"the database cannot be reached: " + first_line(err.what())};
      std::this_thread::sleep_for(pause);
    }
  }
}

void demand_our_schema(pqxx::connection& connection) {
  const auto state = db::state_of_schema(connection, db::read_schema_files(folders::sql()));
  switch (state) {
    case db::schema_state::same:
      return;
    case db::schema_state::missing:
    case db::schema_state::older:
      throw std::runtime_error{"the database's schema is " + to_string(state)
                               + "; run: neurocards migrate"};
    case db::schema_state::newer:
    case db::schema_state::edited:
      throw std::runtime_error{
        "the database's schema is " + to_string(state)
        + " than this program's or changed by hand; use the program it was made by"};
  }
}

/// Numbers the arguments' places as libpqxx wants them: all go as text, SQL casts them.
pqxx::result perform(pqxx::transaction_base& tx, const std::string& sql,
                     const std::vector<std::string>& arguments) {
  return tx.exec_params(sql, pqxx::prepare::make_dynamic_params(arguments));
}

} // namespace

operator_database::operator_database(const config::all& settings, schema wanted)
  : connection_(reach(settings)) {
  if (wanted == schema::ours)
    demand_our_schema(*connection_);
}

operator_database::~operator_database() = default;

nlohmann::json operator_database::value(const std::string& sql,
                                        const std::vector<std::string>& arguments) {
  try {
    pqxx::work tx{*connection_};
    const auto rows = perform(tx, sql, arguments);
    nlohmann::json result;
    if (!rows.empty() && !rows[0][0].is_null())
      result = nlohmann::json::parse(rows[0][0].c_str());
    tx.commit();
    return result;
  } catch (const pqxx::in_doubt_error&) {
    throw std::runtime_error{
      "the connection to the database was lost as this was committed: it may "
      "be done or not. Look at what it should have changed (users show, jobs "
      "show, payments show) before you repeat it"};
  } catch (const pqxx::failure& err) {
    throw std::runtime_error{first_line(err.what())};
  }
}

} // namespace neurocards
