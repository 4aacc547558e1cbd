#pragma once

#include "db/argument.hpp"
#include "db/connection.hpp"
#include "db/watchdog.hpp"
#include "protocol/errors.hpp"

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <set>

#include <caf/error.hpp>

#include <pqxx/nontransaction>
#include <pqxx/result>

namespace neurocards::db {

/// One statement with a name, prepared once per connection.
struct statement {
  const char* name;
  const char* text;
};

/// Set on every connection of a lane. Everything a lane asks is found by an index, while the plan
/// it keeps may stem from the minute in which the tables were empty and reading them whole was
/// cheapest.
inline constexpr const char* planner_settings =
  "SET enable_indexscan = on; SET enable_indexonlyscan = on; SET enable_nestloop = on; "
  "SET enable_seqscan = off; SET enable_bitmapscan = off; "
  "SET enable_hashjoin = off; SET enable_mergejoin = off; "
  // What is switched off counts as endlessly dear, and PostgreSQL compiles dear statements, for
  // seconds, before it runs them.
  "SET jit = off; "
  // With few of these ways left there is one good plan, whatever the arguments. Left to itself
  // PostgreSQL plans a statement anew for each call whose arrays are shorter than it expects.
  "SET plan_cache_mode = force_generic_plan";

/// Why an action failed, as far as whoever runs a batch must know.
enum class hindrance : uint8_t {
  none,   // it did not fail
  locked, // it waited for a lock that somebody holds, or was the victim of a deadlock
  slow,   // it ran too long
  other,
};

/// Whether the same may succeed in a moment: a server that is away, that starts, or whose rows are
/// locked. What it refuses, it refuses again until somebody acts.
[[nodiscard]] bool may_pass(const std::exception&);

struct attempt_outcome {
  caf::error error;
  hindrance reason = hindrance::none;
};

/// One connection in the hands of one thread. Every statement is its own transaction: what belongs
/// together is one call of one SQL function, one round trip.
class session {
public:
  session(connection_config config, watchdog& dog) : config_(std::move(config)), dog_(dog) {}

  /// Runs a statement that is no call; with one argument at most, so that none can be taken for
  /// another. Throws libpqxx's exceptions; call it from within `attempt` only, as `call`.
  template <class... Argument>
  requires(sizeof...(Argument) <= 1) pqxx::result
    run(const statement& query, const Argument&... x) {
    if (!prepared_.contains(query.name))
      prepare(query.name, query.text);
    return pqxx::nontransaction{*connection_}.exec_prepared(query.name, x...);
  }

  /// Calls a function: `statement::text` says "(...)" where the arguments go, which are passed by
  /// name. One statement always gets arguments of the same names in the same order.
  pqxx::result call(const statement&, std::span<const argument>);

  pqxx::result call(const statement& query, std::initializer_list<argument> arguments) {
    return call(query, std::span{arguments.begin(), arguments.size()});
  }

  /// The boundary: runs `action`, which may throw, and returns what went wrong, or none.
  ///   unavailable: the connection broke; whether the statement was committed is unknown.
  ///   timed_out:   it waited too long for a lock or ran too long, and was undone.
  ///   rejected:    the database will never take it (data, constraints); nothing was changed.
  ///   misconfigured: not the request's fault (schema, rights, the server): a person has to act.
  attempt_outcome attempt(const std::function<void()>& action);

  /// Opens the connection if there is none. The error is `unavailable`.
  caf::error open();

  /// False also if the server has hung up since the last statement.
  bool is_open() const { return connection_ && !has_hung_up(*connection_); }

  void close();

private:
  /// Once per connection. Throws while a function is missing, or does not know a name.
  void prepare(const char* name, const std::string& text);

  connection_config config_;
  watchdog& dog_;
  std::unique_ptr<pqxx::connection> connection_;
  std::set<std::string> prepared_;
};

} // namespace neurocards::db
