#include "node/cli/old_env.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>
#include <vector>

namespace neurocards {

namespace {

using variables = std::map<std::string, std::string>;

struct secret_line {
  std::string_view old_name;
  std::string_view our_name;
  std::string_view remark;
};

constexpr auto secret_lines = std::to_array<secret_line>({
  {"BOT_TOKEN", "BOT_TOKEN", "the same; without blanks"},
  {"DATABASE_URL", "OLD_DATABASE_URL",
   "for the import alone; DATABASE_URL must name another database, made for this program"},
  {"KIE_API_KEY", "KIE_API_KEY", ""},
  {"OPENAI_API_KEY", "OPENAI_API_KEY", "the same"},
  {"REDIS_URL", "REDIS_URL", "may be left out: only heartbeats go there"},
  {"WEBHOOK_SECRET_TOKEN", "TELEGRAM_WEBHOOK_SECRET", "only with telegram.mode=webhook"},
});

struct unused_line {
  std::string_view name; // a trailing * stands for anything
  std::string_view remark;
};

constexpr auto unused_lines = std::to_array<unused_line>({
  {"WELCOME_VIDEO_FILE_ID", "put the id into welcome.videos of cluster.conf"},
  {"WELCOME_VIDEO_FILE_IDS", "put the ids into welcome.videos of cluster.conf"},
  {"ADMIN_IDS", "operators' chats: the variable is read here as well; or operators.chats"},
  {"SERVICE_CHANNEL_ID", "not needed: jobs show, jobs resend"},
  {"PROXY_FILE", "the old bot's proxy for OpenAI; set OPENAI_API_URL to a relay if OpenAI refuses "
                 "this network"},
  {"PROXY_COOLDOWN", "see PROXY_FILE"},
  {"YOOKASSA_*", "credits are sold for Telegram Stars"},
  {"BASE_URL", "see PUBLIC_BASE_URL"},
  {"DATABASE_TYPE", "read by nothing"},
  {"USE_POSTGRES", "read by nothing"},
  {"WORKER_*", "one node does the work of all; worker.concurrency is its limit"},
  {"POSTGRES_*", "of the container of the database"},
  {"STORAGE_TYPE", "see STORAGE_BASE_PATH"},
});

std::string value_of(const variables& old, const char* name) {
  const auto found = old.find(name);
  return found == old.end() ? std::string{} : found->second;
}

bool is_more_keys(std::string_view name) {
  constexpr std::string_view prefix = "KIE_API_KEY_";
  return name.starts_with(prefix) && name.size() > prefix.size()
         && std::all_of(name.begin() + prefix.size(), name.end(),
                        [](unsigned char c) { return std::isdigit(c); });
}

bool fits(std::string_view pattern, std::string_view name) {
  return pattern.ends_with('*') ? name.starts_with(pattern.substr(0, pattern.size() - 1))
                                : name == pattern;
}

/// Values that cannot be secret and are written into cluster.conf must not break out of its quotes.
std::string conf_text(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\')
      result += '\\';
    if (static_cast<unsigned char>(c) >= ' ')
      result += c;
  }
  return result + "\"";
}

size_t count_of_keys(const variables& old) {
  size_t result = 0;
  for (const auto& [name, value] : old)
    if (name == "KIE_API_KEY" || is_more_keys(name))
      result += static_cast<size_t>(std::ranges::count(value, ',')) + 1;
  return result;
}

std::string secrets_text(const variables& old) {
  std::string result = "# .env: copy each value from the old file; values are not shown here\n";
  for (const auto& x : secret_lines) {
    const std::string name{x.old_name};
    if (name != "KIE_API_KEY" && value_of(old, name.c_str()).empty())
      continue;
    const auto keys = count_of_keys(old);
    if (name == "KIE_API_KEY" && keys == 0)
      continue;
    result.append("\n# from ").append(name);
    if (name == "KIE_API_KEY")
      result += " and KIE_API_KEY_1 …: " + std::to_string(keys)
                + " in all. Join keys of one account with +, accounts with a comma; keep every key "
                  "as long as tasks of its are under way";
    else
      result.append(": ").append(x.remark);
    result.append("\n").append(x.our_name).append("=\n");
  }
  return result;
}

std::string settings_text(const variables& old) {
  std::string result = "\n# cluster.conf\n";
  const auto add = [&](const std::string& line) { result += line + "\n"; };
  auto folder = value_of(old, "STORAGE_BASE_PATH");
  if (folder.empty())
    folder = "/app/storage";
  add("# photos: set OLD_STORAGE in .env to where the old " + conf_text(folder)
      + " is on this host");
  add("http {");
  const auto port = value_of(old, "PORT");
  add("  # where the old bot does not listen, as long as both live");
  add("  listen = \"127.0.0.1:" + std::string{port == "8081" ? "8082" : "8081"} + "\"");
  const auto url = value_of(old, "PUBLIC_BASE_URL");
  if (url.starts_with("https://") && url.find('@') == std::string::npos)
    add("  public-url = " + conf_text(url));
  else
    add("  # no public-url: photos go to KIE by upload");
  add("}");
  if (const auto support = value_of(old, "SUPPORT_URL"); !support.empty())
    add("terms {\n  support = " + conf_text(support) + "\n}");
  if (const auto model = value_of(old, "KIE_MODEL"); !model.empty())
    add("# KIE_MODEL was " + conf_text(model) + ": it should be the first of kie.models");
  return result;
}

bool is_translated(std::string_view name) {
  constexpr auto settings = std::to_array<std::string_view>(
    {"STORAGE_BASE_PATH", "PORT", "PUBLIC_BASE_URL", "KIE_MODEL", "SUPPORT_URL"});
  return std::ranges::any_of(secret_lines, [&](const auto& x) { return x.old_name == name; })
         || std::ranges::find(settings, name) != settings.end() || is_more_keys(name);
}

std::string unused_text(const variables& old) {
  std::string result;
  for (const auto& [name, value] : old) {
    if (is_translated(name))
      continue;
    const auto known =
      std::ranges::find_if(unused_lines, [&](const auto& x) { return fits(x.name, name); });
    result.append("# ").append(name).append(": ");
    result.append(known == unused_lines.end() ? "not known here; left out" : known->remark);
    result += '\n';
  }
  return result.empty() ? result : "\n# without a place here\n" + result;
}

} // namespace

std::string translated_env(const variables& old) {
  return secrets_text(old) + settings_text(old) + unused_text(old);
}

} // namespace neurocards
