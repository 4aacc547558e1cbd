#include "db/connection_url.hpp"

#include <algorithm>
#include <cctype>
#include <set>

namespace neurocards::db {

namespace {

constexpr auto advice =
  "cannot be read; write postgresql://user:password@host:port/name, and in user and password "
  "%25 for %, %2F for /, %40 for @, %3A for :, %3F for ?, %23 for # and %20 for a space";
constexpr auto advice_on_pairs =
  "cannot be read; write name=value pairs as libpq knows them, values with spaces or quotes as "
  "'value' with \\' and \\\\ in it, or postgresql://user:password@host:port/name";

/// Parameters of libpq, up to version 18; `ssl` is what other libraries write.
bool is_parameter(std::string_view name) {
  static const std::set<std::string_view> known{"application_name",
                                                "channel_binding",
                                                "client_encoding",
                                                "connect_timeout",
                                                "dbname",
                                                "fallback_application_name",
                                                "gssdelegation",
                                                "gssencmode",
                                                "gsslib",
                                                "host",
                                                "hostaddr",
                                                "keepalives",
                                                "keepalives_count",
                                                "keepalives_idle",
                                                "keepalives_interval",
                                                "krbsrvname",
                                                "load_balance_hosts",
                                                "max_protocol_version",
                                                "min_protocol_version",
                                                "options",
                                                "passfile",
                                                "password",
                                                "port",
                                                "replication",
                                                "require_auth",
                                                "requirepeer",
                                                "requiressl",
                                                "service",
                                                "ssl",
                                                "ssl_max_protocol_version",
                                                "ssl_min_protocol_version",
                                                "sslcert",
                                                "sslcertmode",
                                                "sslcompression",
                                                "sslcrl",
                                                "sslcrldir",
                                                "sslkey",
                                                "sslmode",
                                                "sslnegotiation",
                                                "sslpassword",
                                                "sslrootcert",
                                                "sslsni",
                                                "target_session_attrs",
                                                "tcp_user_timeout",
                                                "user"};
  return known.contains(name);
}

std::string_view take_until(std::string_view& text, char end) {
  const auto part = text.substr(0, text.find(end));
  text.remove_prefix(std::min(text.size(), part.size() + 1));
  return part;
}

bool is_number(std::string_view x) {
  return std::all_of(x.begin(), x.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
}

bool are_numbers(std::string_view list) {
  while (!list.empty())
    if (!is_number(take_until(list, ',')))
      return false;
  return true;
}

/// Every % begins two hexadecimal digits, and none of them stands for a zero byte.
bool is_percent_encoded(std::string_view x) {
  for (auto position = x.find('%'); position != x.npos; position = x.find('%', position + 1)) {
    const auto digits = x.substr(position + 1, 2);
    if (digits.size() < 2 || digits == "00"
        || !std::all_of(digits.begin(), digits.end(),
                        [](unsigned char c) { return std::isxdigit(c) != 0; }))
      return false;
  }
  return true;
}

bool is_host(std::string_view x) {
  if (x.starts_with('[')) { // an IPv6 address
    const auto end = x.find(']');
    if (end == x.npos)
      return false;
    x.remove_prefix(end + 1);
    return x.empty() || (x.front() == ':' && is_number(x.substr(1)));
  }
  const auto name = take_until(x, ':');
  return is_number(x) && std::all_of(name.begin(), name.end(), [](unsigned char c) {
           return std::isalnum(c) != 0 || c == '.' || c == '-' || c == '_' || c == '%';
         });
}

bool are_hosts(std::string_view list) {
  while (!list.empty())
    if (!is_host(take_until(list, ',')))
      return false;
  return true;
}

bool are_url_parameters(std::string_view text) {
  while (!text.empty()) {
    auto value = take_until(text, '&');
    const auto name = take_until(value, '=');
    if (!is_parameter(name) || (name == "port" && !are_numbers(value)))
      return false;
  }
  return true;
}

/// `remainder`: what follows "://". Divided as libpq does it.
bool is_after_scheme(std::string_view remainder) {
  if (!is_percent_encoded(remainder) || remainder.find_first_of(" \t\r\n") != remainder.npos)
    return false;
  const auto mark = remainder.find_first_of("@/");
  if (mark != remainder.npos && remainder[mark] == '@')
    remainder.remove_prefix(mark + 1);
  else if (remainder.find('@') != remainder.npos)
    return false; // a password with a / in it
  auto place = take_until(remainder, '?');
  if (place.find('@') != place.npos) // a password with an @ in it
    return false;
  return are_hosts(take_until(place, '/')) && are_url_parameters(remainder);
}

/// Reads a value of name=value pairs; false where a quote stays open.
bool skip_value(std::string_view& text, std::string& value) {
  const bool quoted = text.starts_with('\'');
  size_t position = quoted ? 1 : 0;
  for (; position < text.size(); ++position) {
    if (quoted ? text[position] == '\''
               : std::isspace(static_cast<unsigned char>(text[position])) != 0)
      break;
    if (text[position] == '\\' && ++position == text.size())
      break;
    value += text[position];
  }
  if (quoted && position >= text.size())
    return false;
  text.remove_prefix(std::min(text.size(), position + (quoted ? 1 : 0)));
  return true;
}

void skip_spaces(std::string_view& text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front())) != 0)
    text.remove_prefix(1);
}

bool are_pairs(std::string_view text) {
  for (skip_spaces(text); !text.empty(); skip_spaces(text)) {
    auto name = text.substr(0, text.find('='));
    if (name.size() == text.size())
      return false;
    text.remove_prefix(name.size() + 1);
    while (!name.empty() && std::isspace(static_cast<unsigned char>(name.back())) != 0)
      name.remove_suffix(1);
    skip_spaces(text);
    std::string value;
    if (!is_parameter(name) || name == "ssl" || !skip_value(text, value)
        || (name == "port" && !are_numbers(value)))
      return false;
  }
  return true;
}

} // namespace

std::string url_fault(std::string_view url) {
  for (const std::string_view scheme : {"postgresql://", "postgres://"})
    if (url.starts_with(scheme))
      return is_after_scheme(url.substr(scheme.size())) ? "" : advice;
  if (url.find('=') == url.npos || url.find("://") < url.find('='))
    return "no address of PostgreSQL; write postgresql://user:password@host/name";
  return are_pairs(url) ? "" : advice_on_pairs;
}

} // namespace neurocards::db
