#include "db/connection.hpp"

#include "db/connection_url.hpp"
#include "db/session_settings.hpp"

#include <cctype>

#include <poll.h>

#include <pqxx/nontransaction>

namespace neurocards::db {

namespace {

std::string percent_encoded(const std::string& text) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || c == '.' || c == '-' || c == '_') {
      result += c;
    } else {
      result += '%';
      result += hex[byte >> 4];
      result += hex[byte & 15];
    }
  }
  return result;
}

std::string quoted(const std::string& text) {
  std::string result = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\')
      result += '\\';
    result += c;
  }
  return result + "'";
}

} // namespace

std::string with_parameter(const std::string& url, const std::string& key,
                           const std::string& value) {
  if (url.find(key + "=") != std::string::npos || url.find(key + " =") != std::string::npos)
    return url;
  return with_own_parameter(url, key, value);
}

/// Of a key that is given twice libpq takes the later one.
std::string with_own_parameter(const std::string& url, const std::string& key,
                               const std::string& value) {
  if (url.find("://") == std::string::npos)
    return url + (url.empty() ? "" : " ") + key + "=" + quoted(value);
  const char separator = url.find('?') == std::string::npos ? '?' : '&';
  return url + separator + key + "=" + percent_encoded(value);
}

std::unique_ptr<pqxx::connection> connect(const connection_config& config) {
  if (const auto fault = url_fault(config.url); !fault.empty())
    throw pqxx::broken_connection{"DATABASE_URL: " + fault};
  auto url = with_parameter(config.url, "application_name", config.application_name);
  url = with_parameter(url, "connect_timeout", std::to_string(config.connect_timeout.count()));
  url = with_parameter(url, "keepalives_idle", "5");
  url = with_parameter(url, "keepalives_interval", "2");
  url = with_parameter(url, "keepalives_count", "3");
  url = with_parameter(url, "tcp_user_timeout", "10000");
  url = with_own_parameter(url, "target_session_attrs", "read-write");
  url = with_own_parameter(url, "client_encoding", "UTF8"); // messages of a refusal, too
  auto result = std::make_unique<pqxx::connection>(url);
  // A silent reconnect would lose prepared statements and locks. libpqxx 7 never does it, and 6.4
  // already calls the switch deprecated.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
  result->inhibit_reactivation(true);
#pragma GCC diagnostic pop
  apply_session_settings(*result, config);
  return result;
}

void demand_writable(pqxx::connection_base& on) {
  pqxx::nontransaction tx{on};
  if (tx.exec1("SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean")[0]
        .as<bool>())
    throw pqxx::broken_connection{"the database takes no writes: it is a standby or read-only"};
}

bool has_hung_up(const pqxx::connection_base& connection) {
  if (!connection.is_open())
    return true;
  pollfd socket{connection.sock(), POLLIN, 0};
  return poll(&socket, 1, 0) > 0;
}

} // namespace neurocards::db
