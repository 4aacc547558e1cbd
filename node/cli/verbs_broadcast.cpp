#include "node/cli/verbs.hpp"

#include "domain/markup.hpp"
#include "node/cli/operator_action.hpp"
#include "node/cli/operator_database.hpp"
#include "node/cli/rows_text.hpp"
#include "node/cli/words.hpp"

#include <fstream>
#include <iostream>
#include <sstream>

/// The verbs about news for all users.
namespace neurocards::verbs {

namespace {

constexpr size_t most_units = 4096; // of a message, as Telegram counts them

/// The text of the message: HTML of Telegram.
std::string text_of(const invocation& in) {
  const auto file = in.values.find("--text-file");
  if (file == in.values.end())
    throw wrong_usage{"--text-file: missing; write --text-file=FILE with the message in it"};
  std::ifstream from{file->second};
  std::ostringstream read;
  read << from.rdbuf();
  if (!from)
    throw wrong_usage{"--text-file: " + file->second + " cannot be read"};
  const auto cleaned = markup::clean(read.str());
  const std::string text{markup::trimmed(cleaned)};
  if (markup::is_blank(text))
    throw wrong_usage{"--text-file: " + file->second + " is empty"};
  if (const auto length = markup::length(text); length > most_units)
    throw wrong_usage{"--text-file: " + std::to_string(length)
                      + " characters are not allowed; allowed: 4096, as Telegram has it"};
  return text;
}

void print(const invocation& in, const nlohmann::json& broadcast) {
  if (in.flags.contains("--json"))
    std::cout << broadcast.dump(2) << '\n';
  else
    std::cout << "Broadcast " << broadcast["id"] << ": " << broadcast["status"].get<std::string>()
              << ", " << broadcast["messages"] << " messages written, " << broadcast["users_left"]
              << " users left.\n";
}

int steer(const invocation& in, const char* action) {
  const auto id = std::to_string(number_word(in, 0, "ID of a broadcast"));
  const auto reason = reason_of(in);
  operator_database db{in.config.settings, operator_database::schema::ours};
  print(in, db.value("SELECT operator_steer_broadcast($1::bigint, $2, $3, $4)",
                     {id, action, operator_name(), reason}));
  return 0;
}

} // namespace

int broadcast_create(const invocation& in) {
  const bool paused = in.flags.contains("--paused");
  const auto text = text_of(in);
  const auto reason = reason_of(in);
  operator_database db{in.config.settings, operator_database::schema::ours};
  if (!paused) {
    const auto users =
      db.value("SELECT to_jsonb(count(*)) FROM users WHERE blocked_at IS NULL AND banned_at IS "
               "NULL AND news_off_at IS NULL");
    confirm(in, users.dump() + " users get this message. Send it?");
  }
  print(in, db.value("SELECT operator_create_broadcast($1, $2::boolean, $3, $4)",
                     {text, paused ? "true" : "false", operator_name(), reason}));
  return 0;
}

int broadcast_list(const invocation& in) {
  operator_database db{in.config.settings, operator_database::schema::ours};
  const auto broadcasts = db.value("SELECT broadcasts_list()");
  if (in.flags.contains("--json"))
    std::cout << nlohmann::json{{"broadcasts", broadcasts}}.dump(2) << '\n';
  else
    std::cout << table_of(
      broadcasts, {"ID", "STATUS", "WRITTEN", "LEFT", "CREATED", "BY", "REASON"},
      {"id", "status", "messages", "users_left", "created_at", "operator", "reason"},
      "There was no broadcast yet.");
  return 0;
}

int broadcast_pause(const invocation& in) {
  return steer(in, "pause");
}

int broadcast_resume(const invocation& in) {
  return steer(in, "resume");
}

int broadcast_cancel(const invocation& in) {
  return steer(in, "cancel");
}

} // namespace neurocards::verbs
