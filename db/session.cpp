#include "db/session.hpp"

#include "base/log.hpp"
#include "protocol/fwd.hpp"

#include <array>

namespace neurocards::db {

namespace {

using namespace std::chrono_literals;

/// What an SQLSTATE means to the caller. The first entry that is a prefix decides.
struct state_meaning {
  std::string_view prefix;
  ec code;
  hindrance reason = hindrance::other;
};

constexpr std::array meanings{
  state_meaning{"55P03", ec::timed_out, hindrance::locked}, // lock_timeout
  state_meaning{"57014", ec::timed_out, hindrance::slow},   // statement_timeout
  state_meaning{"08", ec::unavailable},                     // connection exceptions
  state_meaning{"57P", ec::unavailable},                    // shutdown, starting up
  state_meaning{"53", ec::unavailable},    // disk full, out of memory, too many connections
  state_meaning{"58", ec::unavailable},    // input/output errors of the server
  state_meaning{"25006", ec::unavailable}, // read-only: we are talking to a standby
  state_meaning{"0A000", ec::unavailable}, // a cached plan of another schema: connect anew
  state_meaning{"22", ec::rejected},       // data that cannot be stored
  state_meaning{"23", ec::rejected},       // constraints
  state_meaning{"NC", ec::rejected},       // our functions' own refusals
};

/// What is not in the table says nothing against the request: a function or a right is missing, the
/// server has a fault. A person has to act, and the request must still be there when he has.
state_meaning meaning_of(const std::string& sqlstate) {
  for (const auto& x : meanings) {
    if (sqlstate.starts_with(x.prefix))
      return x;
  }
  return {"", ec::misconfigured};
}

std::string first_line(std::string text) {
  return text.substr(0, text.find('\n'));
}

attempt_outcome failed(ec code, std::string context) {
  return {caf::make_error(code, std::move(context)), hindrance::other};
}

} // namespace

bool may_pass(const std::exception& fault) {
  const auto* refused = dynamic_cast<const pqxx::sql_error*>(&fault);
  if (!refused)
    return true; // no connection, or one that was lost
  const auto code = meaning_of(refused->sqlstate()).code;
  return code == ec::unavailable || code == ec::timed_out;
}

caf::error session::open() {
  if (is_open())
    return {};
  close();
  try {
    connection_ = connect(config_);
    pqxx::nontransaction{*connection_}.exec0(planner_settings);
    return {};
  } catch (const std::exception& err) {
    close();
    return caf::make_error(ec::unavailable, first_line(err.what()));
  }
}

void session::close() {
  connection_.reset();
  prepared_.clear();
}

void session::prepare(const char* name, const std::string& text) {
  connection_->prepare(name, text);
  prepared_.insert(name);
}

pqxx::result session::call(const statement& query, std::span<const argument> arguments) {
  if (!prepared_.contains(query.name))
    prepare(query.name, call_text(query.text, arguments));
  std::vector<const char*> values;
  for (const auto& x : arguments)
    values.push_back(x.value ? x.value->c_str() : nullptr);
  return pqxx::nontransaction{*connection_}.exec_prepared(
    query.name, pqxx::prepare::make_dynamic_params(values));
}

attempt_outcome session::attempt(const std::function<void()>& action) {
  if (!connection_)
    return failed(ec::unavailable, "no connection to the database");
  // The server's own limit comes first; the watchdog is for servers that do not answer at all.
  const auto patience = config_.statement_timeout.count() > 0 ? config_.statement_timeout + 2s : 1h;
  try {
    const auto guard = dog_.arm(connection_->sock(), patience); // ends before close() below
    action();
    return {};
  } catch (const pqxx::broken_connection& err) {
    close();
    return failed(ec::unavailable, first_line(err.what()));
  } catch (const pqxx::transaction_rollback& err) { // no sql_error in libpqxx 6: 40001 and 40P01
    return {caf::make_error(ec::timed_out, first_line(err.what())), hindrance::locked};
  } catch (const pqxx::sql_error& err) {
    const auto meaning = meaning_of(err.sqlstate());
    if (meaning.code == ec::unavailable || !connection_->is_open()) {
      close();
      return {caf::make_error(ec::unavailable, first_line(err.what()), err.sqlstate()),
              hindrance::other};
    }
    return {caf::make_error(meaning.code, first_line(err.what()), err.sqlstate()), meaning.reason};
  } catch (const std::exception& err) {
    // An answer that we cannot read: a fault of ours, and the connection is in an unknown state.
    log::error("db.answer_unreadable", "error", err.what(), "do",
               "report this; the program and its "
               "database schema disagree");
    close();
    return failed(ec::misconfigured, err.what());
  }
}

} // namespace neurocards::db
