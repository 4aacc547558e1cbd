#include "node/config/load.hpp"

#include "clients/redis.hpp"
#include "domain/prices.hpp"
#include "node/config/file.hpp"
#include "node/config/keys.hpp"
#include "node/config/secrets.hpp"
#include "node/config/spelling.hpp"
#include "node/config/system_config.hpp"
#include "node/config/tidy_text.hpp"
#include "node/config/value.hpp"

#include <algorithm>
#include <charconv>
#include <sstream>

namespace neurocards::config {

namespace {

/// Puts what the sources say into `loaded`, later calls over earlier ones.
class loader {
public:
  loader(const sources& from, loaded& out) : from_(from), out_(out) {}

  void read_file() {
    if (!from_.text)
      return;
    auto tidy = tidy_text(*from_.text);
    if (!tidy.fault.empty()) {
      out_.faults.push_back(from_.file + ": " + tidy.fault);
      return;
    }
    auto content = parse_file(from_.file, tidy.text);
    for (auto& x : content.faults)
      out_.faults.push_back(std::move(x));
    lines_ = std::move(content.lines);
    walk(content.values, "");
  }

  void read_variables(const variables& vars) {
    for (const auto& x : key_variables())
      if (const auto found = vars.find(x.variable); found != vars.end())
        take(*find_key(x.key), caf::config_value{tidy_value(x.variable, found->second)}, x.variable,
             "");
  }

  void read_options() {
    for (const auto& option : from_.options)
      read_option(option);
  }

  /// An entry's `http` goes above the file's `http.listen`, and below what the command line says.
  /// For who only asks a node, --node names the one asked about, which may be on another host.
  void listen_as_entry_says(need purpose) {
    std::string fault; // whoever must be one of the nodes says so himself
    const auto name = purpose == need::services ? out_.node : std::string{};
    const auto* entry = choose_node(out_.settings, name, fault);
    if (entry != nullptr && !entry->http.empty() && !told_where_to_listen_)
      out_.settings.http.listen = entry->http;
  }

private:
  void walk(const caf::settings& block, const std::string& prefix) {
    for (const auto& [name, value] : block) {
      const auto path = prefix + name;
      const auto* inner = caf::get_if<caf::config_value::dictionary>(&value);
      if (path == "caf" && inner != nullptr)
        caf::put(out_.caf, "caf", value);
      else if (const auto* key = find_key(path))
        take(*key, value, path, where(path));
      else if (inner != nullptr && !inner->empty())
        walk(*inner, path + ".");
      else if (!is_group(path) || inner == nullptr)
        unknown(path, where(path));
    }
  }

  static bool is_group(const std::string& path) {
    return std::any_of(keys().begin(), keys().end(),
                       [&](const key& k) { return k.name.rfind(path + ".", 0) == 0; });
  }

  void read_option(const std::string& option) {
    const auto equals = option.find('=');
    const auto flag = option.substr(0, equals);
    if (flag.rfind("--", 0) != 0 || flag.size() == 2) {
      out_.faults.push_back(quote(flag)
                            + ": not understood; options are written --group.key=value");
      return;
    }
    const auto name = flag.substr(2);
    if (equals == std::string::npos) {
      missing_value(name);
      return;
    }
    const auto value = option.substr(equals + 1);
    if (name == "config-file")
      return; // load_from_disk has read it
    told_where_to_listen_ = told_where_to_listen_ || name == "http.listen";
    if (name == "node")
      out_.node = value;
    else if (name.rfind("caf.", 0) == 0)
      caf::put(out_.caf, name, from_text(value));
    else if (const auto* key = find_key(name))
      take(*key, key->is_text ? caf::config_value{unquoted(value)} : from_text(value), flag, "");
    else
      unknown(name, "");
  }

  static std::string unquoted(const std::string& x) {
    const bool quotes = x.size() >= 2 && x.front() == '"' && x.back() == '"';
    return quotes ? x.substr(1, x.size() - 2) : x;
  }

  void missing_value(const std::string& name) {
    if (const auto* key = find_key(name))
      out_.faults.push_back("--" + name + ": a value is missing; write --" + name + "="
                            + key->show(defaults()));
    else if (name == "node" || name == "config-file")
      out_.faults.push_back("--" + name + ": a value is missing; write --" + name + "=…");
    else
      unknown(name, "");
  }

  void take(const key& k, const caf::config_value& value, const std::string& given_as,
            const std::string& where) {
    const auto reason = k.read(out_.settings, value);
    for (size_t begin = 0; begin < reason.size();) {
      const auto end = std::min(reason.find('\n', begin), reason.size());
      const auto line = reason.substr(begin, end - begin);
      // Faults of a list's entries begin with their place in it.
      out_.faults.push_back(given_as + (line[0] == '[' ? "" : ": ") + line + where);
      begin = end + 1;
    }
  }

  /// The value is not told: under a name that is not ours it may be a secret.
  void unknown(const std::string& name, const std::string& where) {
    if (const auto variable = secret_variable(name); !variable.empty()) {
      out_.faults.push_back(name + ": a secret; it is read only from " + variable
                            + " in the environment or in .env" + where);
      return;
    }
    out_.faults.push_back(name + ": unknown key" + suggestion_for(name) + where);
  }

  /// A misspelt name, or a right one in the wrong group.
  static std::string suggestion_for(const std::string& name) {
    auto candidates = key_names();
    const auto last = name.substr(name.rfind('.') + 1);
    for (const auto& k : candidates)
      if (k.substr(k.rfind('.') + 1) == last)
        return " (did you mean \"" + k + "\"?)";
    candidates.insert(candidates.end(), {"node", "config-file"});
    if (auto result = suggestion(name, candidates); !result.empty())
      return result;
    return "; every key stands in docs/configuration.md";
  }

  std::string where(const std::string& path) const {
    const auto line = lines_.find(path);
    return line == lines_.end() ? "" : " (" + from_.file + ":" + std::to_string(line->second) + ")";
  }

  const sources& from_;
  loaded& out_;
  std::map<std::string, int> lines_;
  bool told_where_to_listen_ = false; // by an option
};

/// The variable ADMIN_IDS, which the superseded bot had, names further chats of operators.
void add_admins(const variables& from, loaded& x) {
  const auto given = from.find("ADMIN_IDS");
  if (given == from.end())
    return;
  std::istringstream parts{given->second};
  for (std::string part; std::getline(parts, part, ',');) {
    std::erase_if(part, [](unsigned char c) { return std::isspace(c) || c == '"' || c == '\''; });
    int64_t chat = 0;
    const char* const end = part.data() + part.size();
    const auto read = std::from_chars(part.data(), end, chat);
    auto& chats = x.settings.operators.chats;
    if (part.empty())
      continue;
    if (read.ec != std::errc{} || read.ptr != end)
      x.faults.push_back("ADMIN_IDS: " + quote(part) + " is no number; write 123,456");
    else if (std::ranges::find(chats, chat) == chats.end())
      chats.push_back(chat);
  }
}

void strip_slashes(std::string& url) {
  while (!url.empty() && url.back() == '/')
    url.pop_back();
}

/// Brings settings that depend on each other into line, where that is surely what was meant.
void normalise(loaded& x) {
  auto& s = x.settings;
  for (auto* url : {&s.telegram.api_url, &s.kie.api_url, &s.kie.upload_url, &s.openai.api_url,
                    &s.storage.endpoint, &s.storage.public_url, &s.http.public_url})
    strip_slashes(*url);
  if (s.db.heartbeat > s.db.lease / 3)
    s.db.heartbeat = s.db.lease / 3;
  if (s.kie.backoff_initial > s.kie.backoff_max)
    s.kie.backoff_initial = s.kie.backoff_max;
}

/// What nearly all of KIE's tasks end within.
constexpr duration usual_generation = std::chrono::minutes{10};

/// Nothing hangs on Redis: an address that cannot be used is told, and done without.
void do_without_redis(loaded& x) {
  std::vector<std::string> left;
  for (auto& fault : x.faults)
    if (fault.starts_with("REDIS_URL"))
      x.warnings.push_back(std::move(fault) + "; until then heartbeats go to the database only");
    else
      left.push_back(std::move(fault));
  x.faults = std::move(left);
}

void add_warnings(loaded& x, need purpose) {
  const auto& s = x.settings;
  if (purpose == need::services && s.secrets.openai_key.empty() && !s.openai.required)
    x.warnings.emplace_back(
      "OPENAI_API_KEY is missing: every script comes from the built-in templates");
  const auto& telegram_url = s.telegram.api_url;
  if (purpose == need::services && telegram_url.rfind("http://", 0) == 0
      && !is_loopback(telegram_url.substr(7, telegram_url.find_first_of(":/", 7) - 7)))
    x.warnings.emplace_back("telegram.api-url: BOT_TOKEN and all messages go there without TLS; "
                            "keep that to a private network");
  if (const auto redis = redis::parse_url(s.secrets.redis_url.reveal()))
    for (const auto& name : redis->ignored)
      x.warnings.push_back("REDIS_URL: the parameter " + quote(name) + " means nothing here");
  if (purpose == need::services && s.cluster.nodes.size() > 1 && s.cluster.tls.certificate.empty())
    x.warnings.emplace_back("cluster.tls is empty: remoting between nodes binds loopback only; "
                            "script/cluster-certs makes certificates");
  const auto grace = s.kie.grace(!s.http.public_url.empty());
  if (purpose == need::services && !s.http.public_url.empty() && grace < usual_generation)
    x.warnings.emplace_back("kie.orphan-grace: " + show(grace)
                            + " is shorter than most generations take, and KIE calls back when one "
                              "has ended: a task whose creation was cut off is paid for twice; "
                              "set it to "
                            + show(usual_generation) + " or more");
  if (purpose == need::services) {
    auto used = s.kie;
    used.models = models::with_keys(s);
    for (auto& text : prices::warnings(used, s.credits))
      x.warnings.push_back(std::move(text));
  }
}

} // namespace

loaded load(const sources& from, need purpose) {
  loaded result;
  result.settings = defaults();
  auto file = parse_dot_env(from.dot_env);
  for (auto& x : file.faults)
    result.faults.push_back(std::move(x));
  const auto vars = merged(from.environment, file.values);
  loader in{from, result};
  in.read_file();
  in.read_variables(vars);
  in.read_options();
  in.listen_as_entry_says(purpose);
  add_admins(vars, result);
  result.settings.secrets = read_secrets(vars, result.faults);
  normalise(result);
  for (auto& x : faults_of_caf(result.caf))
    result.faults.push_back(std::move(x));
  for (auto& x : faults_of(result.settings, purpose))
    result.faults.push_back(std::move(x));
  do_without_redis(result);
  add_warnings(result, purpose);
  return result;
}

} // namespace neurocards::config
