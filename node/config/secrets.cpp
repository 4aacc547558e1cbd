#include "node/config/secrets.hpp"

#include "node/config/tidy_text.hpp"

#include <algorithm>
#include <set>
#include <sstream>

namespace neurocards::config {

namespace {

std::string trimmed(const std::string& x) {
  const auto begin = x.find_first_not_of(" \t\r");
  if (begin == std::string::npos)
    return {};
  return x.substr(begin, x.find_last_not_of(" \t\r") - begin + 1);
}

std::vector<std::string> split(const std::string& x, char separator) {
  std::vector<std::string> result;
  std::istringstream in{x};
  for (std::string part; std::getline(in, part, separator);)
    if (auto t = trimmed(part); !t.empty())
      result.push_back(std::move(t));
  return result;
}

bool is_name(const std::string& x) {
  return !x.empty() && !std::isdigit(static_cast<unsigned char>(x[0]))
         && std::all_of(x.begin(), x.end(),
                        [](unsigned char c) { return std::isalnum(c) || c == '_'; });
}

/// The value of one line, or nothing when a quote stays open.
std::optional<std::string> dot_env_value(const std::string& raw) {
  if (raw.empty() || (raw[0] != '"' && raw[0] != '\'')) {
    const auto comment = raw.find(" #");
    return trimmed(raw.substr(0, comment));
  }
  std::string result;
  for (size_t i = 1; i < raw.size(); ++i) {
    if (raw[i] == raw[0]) {
      const auto remainder = trimmed(raw.substr(i + 1));
      return remainder.empty() || remainder[0] == '#' ? std::optional{result} : std::nullopt;
    }
    if (raw[0] == '"' && raw[i] == '\\' && i + 1 < raw.size())
      ++i;
    result += raw[i];
  }
  return std::nullopt;
}

/// Keys one to a line, as key files have them, are accounts of their own like those with commas.
std::vector<std::vector<secret>> read_kie_accounts(std::string text,
                                                   std::vector<std::string>& faults) {
  std::replace(text.begin(), text.end(), '\n', ',');
  std::vector<std::vector<secret>> result;
  std::set<std::string> seen;
  for (const auto& account : split(text, ',')) {
    auto& keys = result.emplace_back();
    for (const auto& part : split(account, '+')) {
      const auto key = tidy_value("KIE_API_KEY", part);
      const auto where = "KIE_API_KEY: account " + std::to_string(result.size());
      if (key.empty())
        continue;
      if (const auto fault = fault_of_token(key); !fault.empty())
        faults.push_back(where + ": a key " + fault);
      else if (!seen.insert(key).second)
        faults.push_back(where + " repeats a key; each may stand once");
      keys.emplace_back(key);
    }
    if (keys.empty())
      result.pop_back();
  }
  return result;
}

} // namespace

dot_env parse_dot_env(const std::string& text) {
  dot_env result;
  const auto tidy = tidy_text(text);
  if (!tidy.fault.empty())
    result.faults.push_back(".env: " + tidy.fault);
  std::istringstream in{tidy.text};
  int number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    line = trimmed(line);
    if (line.rfind("export ", 0) == 0)
      line = trimmed(line.substr(7));
    if (line.empty() || line[0] == '#')
      continue;
    const auto equals = line.find('=');
    const auto name = trimmed(line.substr(0, equals));
    const auto value =
      equals == std::string::npos ? std::nullopt : dot_env_value(trimmed(line.substr(equals + 1)));
    if (!is_name(name) || !value)
      // The line may hold a secret: its number is all that is told.
      result.faults.push_back(".env:" + std::to_string(number) + ": not of the form NAME=value");
    else
      result.values[name] = *value;
  }
  return result;
}

variables merged(const variables& environment, const variables& file) {
  variables result;
  for (const auto* source : {&file, &environment})
    for (const auto& [name, value] : *source)
      if (!value.empty())
        result[name] = value;
  return result;
}

secrets read_secrets(const variables& from, std::vector<std::string>& faults) {
  const auto get = [&](const char* name) {
    const auto found = from.find(name);
    if (found == from.end())
      return secret{};
    auto value = tidy_value(name, found->second);
    const bool address = std::string_view{name} == "DATABASE_URL";
    const bool list = std::string_view{name} == "KIE_API_KEY"; // checked key by key
    if (const auto fault = address ? fault_of_address(value) : fault_of_token(value);
        !list && !fault.empty())
      faults.push_back(std::string{name} + ": " + fault);
    return secret{std::move(value)};
  };
  secrets result;
  result.bot_token = get("BOT_TOKEN");
  result.database_url = get("DATABASE_URL");
  result.kie_accounts = read_kie_accounts(get("KIE_API_KEY").reveal(), faults);
  result.runware_key = get("RUNWARE_API_KEY");
  result.openai_key = get("OPENAI_API_KEY");
  result.aws_access_key = get("AWS_ACCESS_KEY_ID");
  result.aws_secret_key = get("AWS_SECRET_ACCESS_KEY");
  result.redis_url = get("REDIS_URL");
  result.telegram_webhook_secret = get("TELEGRAM_WEBHOOK_SECRET");
  result.kie_webhook_key = get("KIE_WEBHOOK_KEY");
  result.http_token = get("HTTP_TOKEN");
  result.http_read_token = get("HTTP_READ_TOKEN");
  return result;
}

std::vector<std::string> changed_secrets(const secrets& before, const secrets& after) {
  std::vector<std::string> result;
  if (before.kie_accounts != after.kie_accounts)
    result.emplace_back("KIE_API_KEY");
  for (const auto& [variable, member] :
       {std::pair{"BOT_TOKEN", &secrets::bot_token},
        {"DATABASE_URL", &secrets::database_url},
        {"OPENAI_API_KEY", &secrets::openai_key},
        {"AWS_ACCESS_KEY_ID", &secrets::aws_access_key},
        {"AWS_SECRET_ACCESS_KEY", &secrets::aws_secret_key},
        {"REDIS_URL", &secrets::redis_url},
        {"TELEGRAM_WEBHOOK_SECRET", &secrets::telegram_webhook_secret},
        {"KIE_WEBHOOK_KEY", &secrets::kie_webhook_key},
        {"HTTP_TOKEN", &secrets::http_token},
        {"HTTP_READ_TOKEN", &secrets::http_read_token},
        {"RUNWARE_API_KEY", &secrets::runware_key}})
    if (before.*member != after.*member)
      result.emplace_back(variable);
  return result;
}

std::string secret_variable(const std::string& setting) {
  std::string name;
  for (const char c : setting)
    name +=
      c == '-' || c == '.' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  const auto names = [&](const std::string& variable) {
    return name == variable
           || (name.size() > variable.size() && name.ends_with(variable)
               && name[name.size() - variable.size() - 1] == '_');
  };
  for (const auto& x : secret_variables())
    if (names(x.variable))
      return x.variable;
  for (const auto& [word, variable] : {std::pair{"TELEGRAM_TOKEN", "BOT_TOKEN"},
                                       {"KIE_KEY", "KIE_API_KEY"},
                                       {"KIE_KEYS", "KIE_API_KEY"},
                                       {"KIE_API_KEYS", "KIE_API_KEY"},
                                       {"OPENAI_KEY", "OPENAI_API_KEY"},
                                       {"DB_URL", "DATABASE_URL"},
                                       {"STORAGE_ACCESS_KEY", "AWS_ACCESS_KEY_ID"},
                                       {"STORAGE_SECRET_KEY", "AWS_SECRET_ACCESS_KEY"},
                                       {"TELEGRAM_SECRET", "TELEGRAM_WEBHOOK_SECRET"}})
    if (names(word))
      return variable;
  return {};
}

const std::vector<secret_doc>& secret_variables() {
  static const std::vector<secret_doc> table{
    {"BOT_TOKEN", "the bot's token, from @BotFather"},
    {"DATABASE_URL", "PostgreSQL, e.g. postgresql://user:password@host/name"},
    {"KIE_API_KEY", "keys of kie.ai: accounts separated by commas, keys of one account by +"},
    {"RUNWARE_API_KEY",
     "key of runware.ai, which makes videos when KIE does not; one of both is needed"},
    {"OPENAI_API_KEY", "key of OpenAI; may be missing only with openai.required=false"},
    {"AWS_ACCESS_KEY_ID", "access key of the bucket; with storage.kind=s3"},
    {"AWS_SECRET_ACCESS_KEY", "its secret"},
    {"REDIS_URL",
     "Redis for heartbeats, redis://[user:password@]host[:port][/db], or rediss:// for TLS; may be "
     "missing"},
    {"TELEGRAM_WEBHOOK_SECRET",
     "what Telegram must send with every update; with telegram.mode=webhook"},
    {"KIE_WEBHOOK_KEY", "HMAC key of KIE's callbacks, if the account has one; may be missing"},
    {"HTTP_TOKEN", "bearer token for dashboard, /api and /metrics; required off loopback"},
    {"HTTP_READ_TOKEN", "the same for those who may read and not act; may be missing"},
    {"OLD_DATABASE_URL", "the old bot's database, for neurocards import alone"}};
  return table;
}

} // namespace neurocards::config
