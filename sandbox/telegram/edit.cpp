#include "sandbox/telegram/content.hpp"
#include "sandbox/telegram/methods.hpp"

#include <nlohmann/json.hpp>

namespace neurocards::sandbox::telegram {

namespace {

using nlohmann::json;

/// The bot's message that the call means, or the reason why not.
message* editable(bot& b, const form& f, reply& refusal) {
  const auto* to = addressee(b, f, refusal);
  if (!to)
    return nullptr;
  auto* m = b.messages.find(to->id, f.number("message_id"));
  if (!m)
    refusal = bad_request("message to edit not found");
  else if (!m->from_bot)
    refusal = bad_request("message can't be edited");
  else
    return m;
  return nullptr;
}

/// Applies the keyboard of the call (none removes it) and keeps the change, if it is one.
reply finish(bot& b, const form& f, message& m, const json& before, json after) {
  const auto keys = read_markup(f);
  if (!keys.error.empty())
    return bad_request(keys.error);
  after.erase("reply_markup");
  if (!keys.inline_keyboard.empty())
    after["reply_markup"] = json::parse(keys.inline_keyboard);
  if (after == before)
    return bad_request(
      "message is not modified: specified new message content and reply markup are exactly "
      "the same as a current content and reply markup of the message");
  b.messages.edit(m, after);
  announce(b, "edit", m);
  return {.result = m.json, .description = {}};
}

reply edit_words(bot& b, const form& f, text_kind kind) {
  const auto text = read_text(f, kind);
  if (!text.error.empty())
    return bad_request(text.error);
  reply refusal;
  auto* m = editable(b, f, refusal);
  if (!m)
    return refusal;
  const auto before = json::parse(m->json);
  if (kind == text_kind::message && !before.contains("text"))
    return bad_request("there is no text in the message to edit");
  if (kind == text_kind::caption && before.contains("text"))
    return bad_request("there is no caption in the message to edit");
  auto after = before;
  put_text(after, text, kind);
  return finish(b, f, *m, before, std::move(after));
}

} // namespace

reply edit_message_text(bot& b, const form& f) {
  return edit_words(b, f, text_kind::message);
}

reply edit_message_caption(bot& b, const form& f) {
  return edit_words(b, f, text_kind::caption);
}

reply edit_message_reply_markup(bot& b, const form& f) {
  reply refusal;
  auto* m = editable(b, f, refusal);
  if (!m)
    return refusal;
  const auto before = json::parse(m->json);
  return finish(b, f, *m, before, before);
}

reply delete_message(bot& b, const form& f) {
  reply refusal;
  const auto* to = addressee(b, f, refusal);
  if (!to)
    return refusal;
  auto* m = b.messages.find(to->id, f.number("message_id"));
  if (!m)
    return bad_request("message to delete not found");
  m->deleted = true;
  announce(b, "delete", *m);
  return done();
}

} // namespace neurocards::sandbox::telegram
