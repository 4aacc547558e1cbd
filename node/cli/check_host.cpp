#include "node/cli/check_host.hpp"

#include "db/migrate.hpp"
#include "node/cli/table_text.hpp"
#include "node/clock_skew.hpp"
#include "node/config/reload.hpp"
#include "node/config/text.hpp"
#include "node/connection_room.hpp"
#include "node/folders.hpp"
#include "node/services.hpp"

#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include <pqxx/nontransaction>
#include <pqxx/result>

namespace neurocards::verbs {

namespace {

using namespace std::chrono_literals;

constexpr auto patience = 10s;

// What somebody has taken from our role, or never given to it. Only tables of ours: those whose
// owner has the table of jobs.
constexpr const char* missing_rights_sql = R"(
  SELECT string_agg(x.lack, ', ' ORDER BY x.lack) FROM (
    SELECT 'EXECUTE on ' || f.name AS lack FROM schema_functions f
      JOIN pg_proc p ON p.proname = f.name AND pg_function_is_visible(p.oid)
     WHERE NOT has_function_privilege(p.oid, 'EXECUTE')
    UNION ALL
    SELECT format('%s on %s', r.name, c.relname)
      FROM pg_class c JOIN pg_class j ON j.oid = 'jobs'::regclass
           AND c.relnamespace = j.relnamespace AND c.relowner = j.relowner,
           unnest('{SELECT,INSERT,UPDATE,DELETE}'::text[]) AS r(name)
     WHERE c.relkind = 'r' AND NOT has_table_privilege(c.oid, r.name)
  ) x)";

std::string first_line(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

std::vector<node_role> roles_of(const config::node* node) {
  return node ? node->roles : config::cluster{}.nodes.front().roles;
}

/// Binds as a node would, and lets go. Empty when that works.
std::string fault_of_binding(const std::string& host, uint16_t port) {
  addrinfo hints{};
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const auto service = std::to_string(port);
  if (const int err =
        ::getaddrinfo(host.empty() ? nullptr : host.c_str(), service.c_str(), &hints, &found);
      err != 0)
    return host + ": " + gai_strerror(err);
  std::string result;
  const int fd = ::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (::bind(fd, found->ai_addr, found->ai_addrlen) != 0 && errno != EADDRINUSE)
    result = std::strerror(errno);
  ::close(fd);
  ::freeaddrinfo(found);
  return result;
}

/// Living nodes whose cluster.conf, as they read it last, says something else than this one.
void note_other_files(pqxx::connection& on, const config::all& settings,
                      std::vector<std::string>& notes) {
  const auto lease = std::chrono::ceil<std::chrono::milliseconds>(settings.db.lease);
  const auto others = pqxx::nontransaction{on}.exec_params(
    "SELECT x->>'name' FROM jsonb_array_elements(config_now(($1 || ' ms')::interval)->'nodes') x "
    "WHERE x->>'digest' <> $2",
    std::to_string(lease.count()), config::digest(settings));
  for (const auto& row : others)
    notes.push_back(std::string{"node "} + row[0].c_str()
                    + " runs with another cluster.conf than this one; make the files the same and "
                      "run: neurocards reload");
}

} // namespace

void check_database(const config::all& settings, const config::node* node,
                    std::vector<finding>& out, std::vector<std::string>& notes) {
  try {
    auto connection = connection_of(settings, "check");
    connection.connect_timeout = std::chrono::duration_cast<std::chrono::seconds>(patience);
    const auto on = db::connect(connection);
    const auto state = db::state_of_schema(*on, db::read_schema_files(folders::sql()));
    if (state == db::schema_state::same) {
      db::prove_writable(*on);
      out.push_back({"database", true, "takes writes, schema is this program's"});
      const auto missing = pqxx::nontransaction{*on}.exec1(missing_rights_sql)[0];
      out.push_back(of_fault("database rights",
                             missing.is_null() ? "" : "missing: " + std::string{missing.c_str()},
                             "all functions and tables may be used"));
      const auto standbys =
        pqxx::nontransaction{*on}.exec("SELECT jsonb_array_elements_text(asynchronous_standbys())");
      for (const auto& row : standbys)
        notes.push_back(asynchronous_standby_text(row[0].c_str()));
      note_other_files(*on, settings, notes);
    } else {
      out.push_back(
        {"database", false,
         "answers, but its schema is " + to_string(state) + "; run: neurocards migrate"});
    }
    const int wanted = wanted_connections(settings.db, roles_of(node));
    out.push_back(of_fault("database connections",
                           shortage_of_connections(*on, wanted, node ? node->name : ""),
                           "room for the " + std::to_string(wanted) + " of a node"));
    out.push_back(of_fault("clock", clock_difference(*on), "agrees with the database's"));
  } catch (const std::exception& err) {
    out.push_back({"database", false, first_line(err.what())});
  }
}

void check_ports(const config::all& settings, const config::node* node, std::vector<finding>& out) {
  if (const auto http = config::parse_address(settings.http.listen); http && http->port != 0)
    out.push_back(of_fault("http.listen", fault_of_binding(http->host, http->port),
                           settings.http.listen + " can be listened on, or a node does"));
  if (node && node->port != 0)
    out.push_back(of_fault("port of " + node->name, fault_of_binding("", node->port),
                           std::to_string(node->port) + " can be listened on, or a node does"));
}

} // namespace neurocards::verbs
