#include "sandbox/telegram/methods.hpp"
#include "sandbox/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace neurocards::sandbox::telegram {

namespace {

using nlohmann::json;

constexpr int64_t max_download = 20 << 20; // bytes, by getFile

bool command_fits(const json& x) {
  const auto command = x.value("command", "");
  const auto words = code_points(x.value("description", ""));
  const auto fine = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !command.empty() && command.size() <= 32
         && std::all_of(command.begin(), command.end(), fine) && words >= 1 && words <= 256;
}

} // namespace

reply get_me(bot& b, const form&) {
  auto me = b.as_user();
  me["can_join_groups"] = true;
  me["can_read_all_group_messages"] = false;
  me["supports_inline_queries"] = false;
  return ok(me);
}

reply set_my_commands(bot& b, const form& f) {
  const auto list = json::parse(f.text("commands"), nullptr, false);
  if (!list.is_array())
    return bad_request("can't parse commands: Expected an Array of BotCommand");
  if (list.size() > 100)
    return bad_request("BOT_COMMANDS_TOO_MUCH");
  if (!std::all_of(list.begin(), list.end(), command_fits))
    return bad_request("BOT_COMMAND_INVALID");
  b.commands = list.dump();
  return done();
}

reply get_my_commands(bot& b, const form&) {
  return {.result = b.commands, .description = {}};
}

reply send_chat_action(bot& b, const form& f) {
  reply refusal;
  const auto* to = addressee(b, f, refusal);
  if (!to)
    return refusal;
  if (f.text("action").empty())
    return bad_request("wrong parameter action in request");
  b.w.events.add({{"type", "action"}, {"chat", to->id}, {"action", f.text("action")}});
  return done();
}

reply get_file(bot& b, const form& f) {
  const auto* x = b.stored.find(f.text("file_id"));
  if (!x)
    return bad_request("wrong file_id or the file is temporarily unavailable");
  if (x->size > max_download)
    return bad_request("file is too big");
  b.stored.open_link(x->id);
  return ok({{"file_id", x->id},
             {"file_unique_id", x->unique_id},
             {"file_size", x->size},
             {"file_path", x->path}});
}

reply answer_callback_query(bot& b, const form& f) {
  const auto press = b.presses.find(f.number("callback_query_id"));
  if (press == b.presses.end() || press->second.expires_at <= b.w.clock.now())
    return bad_request("query is too old and response timeout expired or query ID is invalid");
  const auto& text = f.text("text");
  if (code_points(text) > 200)
    return bad_request("MESSAGE_TOO_LONG");
  press->second.answered = true;
  b.w.events.add({{"type", "callback_answer"},
                  {"chat", press->second.user},
                  {"text", text},
                  {"show_alert", f.flag("show_alert")},
                  {"callback_query_id", f.text("callback_query_id")}});
  return done();
}

} // namespace neurocards::sandbox::telegram
