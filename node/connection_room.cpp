#include "node/connection_room.hpp"

#include <pqxx/nontransaction>
#include <pqxx/result>

namespace neurocards {

namespace {

constexpr int lanes_of_their_own = 2; // heartbeats, stored updates
constexpr int of_every_node = 1;      // its locks of leadership

/// LISTEN, as node/roles.cpp does it.
int taken_by(node_role x) {
  switch (x) {
    case node_role::worker:
      return 2;
    case node_role::notifier:
    case node_role::coordinator:
      return 1;
    case node_role::gateway:
    case node_role::janitor:
      break;
  }
  return 0;
}

// What others use of each limit is taken; we are connected once ourselves. Superusers have no limit
// of their own but the server's.
constexpr const char* limits_sql = R"(
  WITH others AS (
    SELECT a.usename, a.datname FROM pg_stat_activity a
     WHERE coalesce(a.backend_type, 'client backend') = 'client backend' -- hidden from strangers
       AND a.usename IS NOT NULL AND a.pid <> pg_backend_pid()
       AND a.application_name NOT LIKE $1 || '%'
  ), me AS (SELECT * FROM pg_roles r WHERE r.rolname = current_user)
  SELECT * FROM (
    SELECT r.rolconnlimit - (SELECT count(*) FROM others o WHERE o.usename = r.rolname) AS room,
           format('CONNECTION LIMIT %s of the role %s', r.rolconnlimit, r.rolname) AS setting
      FROM me r WHERE r.rolconnlimit >= 0 AND NOT r.rolsuper
    UNION ALL
    SELECT d.datconnlimit - (SELECT count(*) FROM others o WHERE o.datname = d.datname),
           format('CONNECTION LIMIT %s of the database %s', d.datconnlimit, d.datname)
      FROM pg_database d, me r
     WHERE d.datname = current_database() AND d.datconnlimit >= 0 AND NOT r.rolsuper
    UNION ALL
    SELECT m.most - CASE WHEN r.rolsuper THEN 0 ELSE m.kept END - (SELECT count(*) FROM others),
           format('max_connections %s, of which %s are reserved', m.most, m.kept)
      FROM me r, (SELECT current_setting('max_connections')::int AS most,
                         current_setting('superuser_reserved_connections')::int
                           + coalesce(current_setting('reserved_connections', true), '0')::int AS kept) m
  ) x ORDER BY room LIMIT 1)";

} // namespace

int wanted_connections(const config::db& settings, const std::vector<node_role>& roles) {
  int result = settings.lanes + lanes_of_their_own + of_every_node;
  for (const auto role : roles)
    result += taken_by(role);
  return result;
}

std::string shortage_of_connections(pqxx::connection& on, int wanted, const std::string& node) {
  pqxx::nontransaction tx{on};
  const auto tightest = tx.exec_params1(limits_sql, "neurocards " + node);
  const auto room = tightest[0].as<int>();
  if (room >= wanted)
    return {};
  return std::to_string(wanted) + " connections to the database are wanted, "
         + std::to_string(std::max(room, 0)) + " allowed (" + tightest[1].c_str()
         + ", less those of others); raise it, or lower db.lanes";
}

} // namespace neurocards
