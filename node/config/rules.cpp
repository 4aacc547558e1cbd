#include "node/config/keys.hpp"
#include "node/config/secrets.hpp"
#include "node/config/spelling.hpp"

#include "clients/redis.hpp"
#include "clients/telegram.hpp"
#include "db/connection_url.hpp"
#include "domain/flow.hpp"
#include "domain/models.hpp"
#include "domain/prices.hpp"
#include "node/config/load.hpp"

#include <algorithm>
#include <set>

/// What must hold between settings, beyond each value's own limits.
namespace neurocards::config {

namespace {

using faults = std::vector<std::string>;

bool is_node_name(const std::string& x) {
  return !x.empty() && x.size() <= 63 && std::all_of(x.begin(), x.end(), [](unsigned char c) {
    return std::isalnum(c) || c == '-' || c == '_' || c == '.';
  });
}

/// `listening`: host and http of the entries before, port 0 aside, which takes a free one.
void check_http_of(const node& n, const std::string& where, std::set<std::string>& listening,
                   faults& out) {
  const auto address = parse_address(n.http);
  if (!address)
    out.push_back(where + ".http: " + quote(n.http)
                  + " is no address; write host:port, e.g. 127.0.0.1:8081");
  else if (address->port != 0 && !listening.insert(n.host + " " + n.http).second)
    out.push_back(where + ".http: " + quote(n.http) + " stands twice for " + quote(n.host));
}

void check_nodes(const all& x, faults& out) {
  if (x.cluster.nodes.empty())
    out.push_back("cluster.nodes: empty; at least one node is needed");
  std::set<std::string> names;
  std::set<std::pair<std::string, uint16_t>> addresses;
  std::set<std::string> listening;
  for (size_t i = 0; i < x.cluster.nodes.size(); ++i) {
    const auto& n = x.cluster.nodes[i];
    const auto where = "cluster.nodes[" + std::to_string(i) + "]";
    if (!is_node_name(n.name))
      out.push_back(where + ".name: " + quote(n.name)
                    + " is not allowed; allowed: 1 to 63 letters, digits, '-', '_' and '.'");
    else if (!names.insert(n.name).second)
      out.push_back(where + ".name: " + quote(n.name) + " stands twice");
    if (n.host.empty() && n.port != 0)
      out.push_back(where + ".host: missing, although there is a port");
    if (n.port != 0 && !addresses.emplace(n.host, n.port).second)
      out.push_back(where + ".port: " + std::to_string(n.port) + " stands twice for "
                    + quote(n.host));
    if (n.concurrency < 0)
      out.push_back(where + ".concurrency: " + std::to_string(n.concurrency)
                    + " is not allowed; allowed: 0 or more");
    if (!n.http.empty())
      check_http_of(n, where, listening, out);
  }
}

void check_tls(const tls& x, faults& out) {
  const bool some = !x.certificate.empty() || !x.key.empty() || !x.ca.empty();
  for (const auto& [name, value] :
       {std::pair{"certificate", &x.certificate}, {"key", &x.key}, {"ca", &x.ca}})
    if (some && value->empty())
      out.push_back(std::string{"cluster.tls."} + name
                    + ": missing; certificate, key and ca stand together or not at all");
}

void check_storage(const all& x, need purpose, faults& out) {
  if (x.storage.kind != storage_kind::s3)
    return;
  if (x.storage.bucket.empty())
    out.push_back("storage.bucket: missing; storage.kind s3 needs the name of a bucket");
  if (x.storage.endpoint.empty())
    out.push_back("storage.endpoint: missing; storage.kind s3 needs the address of a server");
  if (purpose != need::services)
    return;
  for (const auto& [name, value] : {std::pair{"AWS_ACCESS_KEY_ID", &x.secrets.aws_access_key},
                                    {"AWS_SECRET_ACCESS_KEY", &x.secrets.aws_secret_key}})
    if (value->empty())
      out.push_back(std::string{name}
                    + ": missing; storage.kind s3 needs it, from the environment or .env");
}

void check_packs(const credits& x, faults& out) {
  constexpr int most_stars = 10'000; // Bot API: of one invoice
  for (size_t i = 0; i < x.packs.size(); ++i) {
    const auto where = "credits.packs[" + std::to_string(i) + "]";
    if (x.packs[i].credits < 1)
      out.push_back(where + ".credits: " + show(x.packs[i].credits)
                    + " is not allowed; allowed: 1 or more");
    if (x.packs[i].stars < 1 || x.packs[i].stars > most_stars)
      out.push_back(where + ".stars: " + show(x.packs[i].stars) + " is not allowed; allowed: 1 to "
                    + show(most_stars));
  }
}

void check_http(const all& x, need purpose, faults& out) {
  const auto address = parse_address(x.http.listen);
  if (!address)
    out.push_back("http.listen: " + quote(x.http.listen)
                  + " is no address; write host:port, e.g. 127.0.0.1:8080");
  else if (purpose == need::services && !is_loopback(address->host) && x.secrets.http_token.empty())
    out.push_back("HTTP_TOKEN: missing; http.listen " + quote(x.http.listen)
                  + " is reachable from outside: set a token, or listen on 127.0.0.1");
  if (!x.secrets.http_read_token.empty() && x.secrets.http_read_token == x.secrets.http_token)
    out.push_back("HTTP_READ_TOKEN: is the same as HTTP_TOKEN; who may only read needs another");
}

/// Telegram's rule for a webhook's secret_token.
bool is_webhook_secret(const std::string& x) {
  return x.size() <= 256 && std::all_of(x.begin(), x.end(), [](unsigned char c) {
           return std::isalnum(c) || c == '-' || c == '_';
         });
}

/// Bot API, setWebhook. (A server of one's own calls any address.)
bool telegram_calls(const std::string& url) {
  const std::string_view scheme = "https://";
  if (!url.starts_with(scheme))
    return false;
  const auto place = url.substr(scheme.size(), url.find('/', scheme.size()) - scheme.size());
  const auto colon = place.find(':', place.starts_with('[') ? place.find(']') : 0);
  const auto port = colon == place.npos ? std::string{} : place.substr(colon);
  return port.empty() || port == ":443" || port == ":80" || port == ":88" || port == ":8443";
}

void check_webhook(const all& x, need purpose, faults& out) {
  const auto& webhook_secret = x.secrets.telegram_webhook_secret;
  if (!is_webhook_secret(webhook_secret.reveal()))
    out.push_back(
      "TELEGRAM_WEBHOOK_SECRET: not allowed; allowed: up to 256 letters, digits, '-' and '_'");
  if (x.telegram.mode != telegram_mode::webhook)
    return;
  if (x.http.public_url.empty())
    out.push_back(
      "http.public-url: missing; telegram.mode webhook needs the address Telegram is to call");
  else if (!neurocards::telegram::is_own_server(x.telegram.api_url)
           && !telegram_calls(x.http.public_url))
    out.push_back("http.public-url: " + quote(x.http.public_url)
                  + " is not allowed with telegram.mode webhook; allowed: https://, and of ports "
                    "443, 80, 88 and 8443 (Telegram calls no other)");
  if (purpose == need::services && webhook_secret.empty())
    out.push_back("TELEGRAM_WEBHOOK_SECRET: missing; telegram.mode webhook needs it, from the "
                  "environment or .env");
}

/// What stands in front of /bot<token>/, which is added; a token in a file would be a secret in it.
void check_telegram(const telegram& x, faults& out) {
  const auto path = x.api_url.find('/', x.api_url.find("://") + 3);
  const auto remainder = path == std::string::npos ? std::string{} : x.api_url.substr(path);
  if (remainder.find_first_of("?#") != std::string::npos
      || remainder.find("/bot") != std::string::npos)
    out.push_back("telegram.api-url: not allowed; allowed: the address in front of /bot<token>/, "
                  "without that and without parameters, e.g. http://127.0.0.1:8081");
}

void check_models(const generation& x, faults& out) {
  if (!x.models.empty() && prices::within_limit(x).empty())
    out.push_back(
      "kie.max-price: no model of kie.models costs so little; allowed: the price of one "
      "at least (price, in KIE's credits of 0.005 $), or 0 for no limit");
  for (const auto& fault : models::faults_of(x.models))
    out.push_back(fault.rfind("kie.models", 0) == 0 ? fault : "kie.models: " + fault);
}

/// As @BotFather gives them: the bot's number, a colon, 35 characters.
bool is_bot_token(const std::string& x) {
  const auto colon = x.find(':');
  if (colon == 0 || colon == std::string::npos || colon > 20)
    return false;
  const auto remainder = x.substr(colon + 1);
  return std::all_of(x.begin(), x.begin() + static_cast<std::ptrdiff_t>(colon),
                     [](unsigned char c) { return std::isdigit(c) != 0; })
         && remainder.size() >= 30 && remainder.size() <= 64
         && std::all_of(remainder.begin(), remainder.end(), [](unsigned char c) {
              return (std::isalnum(c) != 0 && c < 0x80) || c == '_' || c == '-';
            });
}

void check_secrets(const all& x, need purpose, faults& out) {
  const auto missing = [&](const std::string& name, const std::string& hint = {}) {
    out.push_back(name + ": missing; set it in the environment or in .env" + hint);
  };
  const auto& s = x.secrets;
  if (purpose != need::nothing && s.database_url.empty())
    missing("DATABASE_URL");
  if (!s.database_url.empty())
    if (const auto fault = neurocards::db::url_fault(s.database_url.reveal()); !fault.empty())
      out.push_back("DATABASE_URL: " + fault);
  if (!s.redis_url.empty() && !redis::parse_url(s.redis_url.reveal()))
    out.push_back(
      "REDIS_URL: no address of Redis; write redis://[user:password@]host[:port][/db], or "
      "rediss:// for TLS, and in user and password %25 for %, %2F for / and %40 for @");
  if (purpose != need::services)
    return;
  if (s.bot_token.empty())
    missing("BOT_TOKEN");
  else if (!is_bot_token(s.bot_token.reveal()))
    out.push_back("BOT_TOKEN: not allowed; allowed: digits, a colon and about 35 letters, digits, "
                  "'-' and '_', as @BotFather gives it");
  if (s.kie_accounts.empty() && s.runware_key.empty())
    missing("KIE_API_KEY", ", or RUNWARE_API_KEY: somebody has to make the videos");
  else if (!x.kie.models.empty() && models::with_keys(x).empty())
    out.push_back("kie.models: no model of a provider that has a key; allowed: one of them at "
                  "least, or the key of the other provider (KIE_API_KEY, RUNWARE_API_KEY)");
  if (s.openai_key.empty() && x.openai.required)
    missing("OPENAI_API_KEY",
            ", or say openai.required=false to write scripts from the built-in templates");
}

} // namespace

std::vector<std::string> faults_of(const all& x, need purpose) {
  faults out;
  for (const auto& key : keys())
    if (auto reason = key.check(x); !reason.empty())
      out.push_back(key.name + ": " + reason);
  check_nodes(x, out);
  check_tls(x.cluster.tls, out);
  check_telegram(x.telegram, out);
  check_models(x.kie, out);
  check_packs(x.credits, out);
  for (auto& fault : flow::faults_of(x.terms))
    out.push_back(std::move(fault));
  check_storage(x, purpose, out);
  check_http(x, purpose, out);
  check_webhook(x, purpose, out);
  check_secrets(x, purpose, out);
  return out;
}

const config::node* choose_node(const all& x, const std::string& name, std::string& fault) {
  std::vector<std::string> names;
  for (const auto& n : x.cluster.nodes)
    names.push_back(n.name);
  std::string list;
  for (const auto& n : names)
    list += (list.empty() ? "" : ", ") + n;
  if (name.empty() && x.cluster.nodes.size() == 1)
    return &x.cluster.nodes.front();
  for (const auto& n : x.cluster.nodes)
    if (n.name == name)
      return &n;
  fault = name.empty() ? "--node: missing; allowed: " + list
                       : "--node: " + quote(name) + " is not in cluster.nodes; allowed: " + list
                           + suggestion(name, names);
  return nullptr;
}

std::optional<endpoint_address> parse_address(const std::string& text) {
  const auto colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0)
    return std::nullopt;
  auto host = text.substr(0, colon);
  const auto digits = text.substr(colon + 1);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']')
    host = host.substr(1, host.size() - 2);
  if (digits.empty() || digits.size() > 5
      || !std::all_of(digits.begin(), digits.end(), [](unsigned char c) { return std::isdigit(c); })
      || host.find_first_of(" \t/") != std::string::npos)
    return std::nullopt;
  const int port = std::stoi(digits);
  if (port > 65535)
    return std::nullopt;
  return endpoint_address{std::move(host), static_cast<uint16_t>(port)};
}

bool is_loopback(const std::string& host) {
  return host == "localhost" || host == "::1" || host.rfind("127.", 0) == 0;
}

} // namespace neurocards::config
