#include "sandbox/telegram/content.hpp"

#include "sandbox/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace neurocards::sandbox::telegram {

namespace {

using nlohmann::json;

constexpr size_t max_raw_bytes = 32'768;
constexpr size_t max_text = 4096;
constexpr size_t max_caption = 1024;
constexpr size_t max_button_bytes = 64;

formatted_text failed(std::string error) {
  return {.text = {}, .entities = {}, .error = std::move(error)};
}

/// Cleans the text and moves the entities along with what was cut off its beginning.
void tidy(formatted_text& x) {
  const auto plain = cleaned(x.text);
  const auto cut =
    plain.empty() ? 0 : utf16_units(std::string_view{x.text}.substr(0, x.text.find(plain[0])));
  const auto length = utf16_units(plain);
  for (auto& e : x.entities) {
    const auto begin = std::max(e.offset, cut) - cut;
    const auto end = std::min(std::max(e.offset + e.length, cut) - cut, length);
    e.offset = begin;
    e.length = end > begin ? end - begin : 0;
  }
  std::erase_if(x.entities, [](const entity& e) { return e.length == 0; });
  x.text = plain;
}

std::string button_fault(const json& button) {
  if (!button.is_object() || !button.contains("text") || !button["text"].is_string())
    return "can't parse inline keyboard button: Field \"text\" must be of type String";
  if (button["text"].get_ref<const std::string&>().empty())
    return "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard";
  if (button.size() < 2)
    return "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard";
  if (!button.contains("callback_data"))
    return {};
  const auto& data = button["callback_data"];
  const bool fits = data.is_string() && !data.get_ref<const std::string&>().empty()
                    && data.get_ref<const std::string&>().size() <= max_button_bytes;
  return fits ? "" : "BUTTON_DATA_INVALID";
}

} // namespace

formatted_text read_text(const form& f, text_kind kind) {
  const bool caption = kind == text_kind::caption;
  const auto& raw = f.text(caption ? "caption" : "text");
  if (!valid_utf8(raw))
    return failed("strings must be encoded in UTF-8");
  if (raw.size() > max_raw_bytes)
    return failed("text is too long");
  const auto mode = lower(f.text("parse_mode"));
  if (!mode.empty() && mode != "html")
    return failed("unsupported parse_mode"); // the sandbox knows no Markdown
  auto result = mode.empty() ? formatted_text{raw, {}, {}} : parse_html(raw);
  if (!result.error.empty())
    return failed("can't parse entities: " + result.error);
  tidy(result);
  if (!caption && result.text.empty())
    return failed("message text is empty");
  if (code_points(result.text) > (caption ? max_caption : max_text))
    return failed(caption ? "message caption is too long" : "message is too long");
  return result;
}

void put_text(json& message, const formatted_text& text, text_kind kind) {
  const bool caption = kind == text_kind::caption;
  message.erase(caption ? "caption" : "text");
  message.erase(caption ? "caption_entities" : "entities");
  if (text.text.empty())
    return;
  message[caption ? "caption" : "text"] = text.text;
  auto list = json::array();
  for (const auto& e : text.entities) {
    json one{{"type", e.type}, {"offset", e.offset}, {"length", e.length}};
    if (e.type == "text_link")
      one["url"] = e.argument;
    else if (e.type == "pre" && !e.argument.empty())
      one["language"] = e.argument;
    else if (e.type == "custom_emoji")
      one["custom_emoji_id"] = e.argument;
    list.push_back(std::move(one));
  }
  if (!list.empty())
    message[caption ? "caption_entities" : "entities"] = std::move(list);
}

markup read_markup(const form& f) {
  const auto& raw = f.text("reply_markup");
  if (raw.empty())
    return {};
  const auto body = json::parse(raw, nullptr, false);
  if (!body.is_object())
    return {
      .inline_keyboard = {}, .other = {}, .error = "can't parse reply keyboard markup JSON object"};
  if (!body.contains("inline_keyboard"))
    return {.inline_keyboard = {}, .other = raw, .error = {}};
  const auto& rows = body["inline_keyboard"];
  if (!rows.is_array())
    return {.inline_keyboard = {},
            .other = {},
            .error = "can't parse reply keyboard markup JSON object: Field \"inline_keyboard\" "
                     "must be of type Array"};
  for (const auto& row : rows)
    for (const auto& button : row)
      if (auto fault = button_fault(button); !fault.empty())
        return {.inline_keyboard = {}, .other = {}, .error = std::move(fault)};
  return {.inline_keyboard = rows.empty() ? "" : body.dump(), .other = {}, .error = {}};
}

} // namespace neurocards::sandbox::telegram
