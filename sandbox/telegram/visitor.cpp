#include "sandbox/telegram/visitor.hpp"

#include "sandbox/media/samples.hpp"
#include "sandbox/telegram/methods.hpp"
#include "sandbox/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <stdexcept>

namespace neurocards::sandbox::telegram {

namespace {

using nlohmann::json;

constexpr int64_t press_life = 150'000;   // ms
constexpr int64_t checkout_life = 10'000; // ms
constexpr size_t presses_kept = 100'000;

person& user_of(bot& b, const json& wish) {
  if (!wish.contains("user"))
    throw std::invalid_argument{"user is missing"};
  return b.users.of(wish["user"].get<int64_t>());
}

json file_json(const file& f) {
  return {{"file_id", f.id}, {"file_unique_id", f.unique_id}, {"file_size", f.size}};
}

/// A small size and the whole picture, as Telegram offers several.
json photo_json(bot& b, std::string_view bytes) {
  auto list = json::array();
  for (const auto content : {std::string_view{sample_png()}, bytes}) {
    const auto& f = b.stored.add("photo", content);
    auto one = file_json(f);
    one["width"] = std::max(1, f.type.width);
    one["height"] = std::max(1, f.type.height);
    list.push_back(std::move(one));
  }
  return list;
}

json document_json(bot& b, std::string_view bytes, const json& wish) {
  const auto& f = b.stored.add("document", bytes, wish.value("file_name", ""));
  auto one = file_json(f);
  one["file_name"] = wish.value("file_name", "picture." + f.type.extension);
  one["mime_type"] = wish.value("mime_type", f.type.mime); // as the sender says: may be a lie
  return one;
}

void add_command_entity(json& content) {
  const auto& text = content["text"].get_ref<const std::string&>();
  if (!text.starts_with('/'))
    return;
  const auto length = std::min(text.size(), text.find_first_of(" \n"));
  content["entities"] = {{{"type", "bot_command"}, {"offset", 0}, {"length", length}}};
}

/// The content of a message of the wished type.
json content_of(bot& b, const json& wish, std::string_view bytes) {
  const auto type = wish.value("type", wish.contains("text") ? "text" : "photo");
  if (type == "text") {
    json content{{"text", wish.value("text", "")}};
    add_command_entity(content);
    return content;
  }
  json content;
  if (wish.contains("caption"))
    content["caption"] = wish["caption"];
  if (type == "photo" || type == "album")
    content["photo"] = photo_json(b, bytes);
  else if (type == "document")
    content["document"] = document_json(b, bytes, wish);
  else if (type == "sticker")
    content["sticker"] = {{"file_id", b.stored.add("sticker", sample_webp()).id},
                          {"file_unique_id", "s"},
                          {"type", "regular"},
                          {"width", 512},
                          {"height", 512},
                          {"is_animated", false},
                          {"is_video", false},
                          {"emoji", "👍"}};
  else if (type == "voice")
    content["voice"] = {{"file_id", b.stored.add("voice", "OggS").id},
                        {"file_unique_id", "v"},
                        {"duration", 2},
                        {"mime_type", "audio/ogg"}};
  else if (type == "video")
    content["video"] = file_json(b.stored.add("video", sample_video()));
  else if (type == "location")
    content["location"] = {{"latitude", 55.75}, {"longitude", 37.62}};
  else if (type == "contact")
    content["contact"] = {{"phone_number", "+70000000000"}, {"first_name", "Ann"}};
  else
    throw std::invalid_argument{"type: no such kind of message: " + type};
  return content;
}

json deliver(bot& b, const person& who, json content) {
  content["from"] = who.as_user();
  auto& m = b.messages.add(std::move(content), who.as_chat(), false);
  announce(b, "message", m);
  const auto update = b.updates.add("message", who.id, json::parse(m.json));
  return {{"message_id", m.id}, {"update_id", update}};
}

const json* find_button(const json& message, const json& wish) {
  const auto keyboard = message.find("reply_markup");
  if (keyboard == message.end())
    return nullptr;
  for (const auto& row : (*keyboard)["inline_keyboard"])
    for (const auto& button : row) {
      const bool by_data =
        wish.contains("data") && button.value("callback_data", json{}) == wish["data"];
      const bool by_text = wish.contains("text") && button["text"] == wish["text"];
      if (by_data || by_text)
        return &button;
    }
  return nullptr;
}

} // namespace

json send_as(bot& b, const json& wish, std::string_view bytes) {
  auto& who = user_of(b, wish);
  if (who.blocked)
    throw std::invalid_argument{"the user has blocked the bot"};
  who.started = true;
  const auto kept = bytes.empty() ? sample(wish.value("sample", "jpeg")) : std::string{bytes};
  if (kept.empty())
    throw std::invalid_argument{"sample: no such file"};
  auto content = content_of(b, wish, kept);
  if (wish.value("type", "") != "album")
    return deliver(b, who, std::move(content));
  content["media_group_id"] = std::to_string(++b.last_album);
  auto result = json::array();
  for (int64_t i = 0; i < wish.value("count", int64_t{2}); ++i) {
    result.push_back(deliver(b, who, content));
    content.erase("caption"); // it stands on the first only
  }
  return result;
}

json press_as(bot& b, const json& wish) {
  auto& who = user_of(b, wish);
  auto* m = b.messages.find(who.id, wish.at("message_id").get<int64_t>());
  if (!m)
    throw std::invalid_argument{"message_id: no such message"};
  const auto shown = json::parse(m->json);
  const auto* button = find_button(shown, wish);
  const bool forced = wish.value("force", false); // clients can send data that no button has
  if (!forced && (!button || !button->contains("callback_data")))
    throw std::invalid_argument{"the message has no such button"};
  const auto id = ++b.last_query;
  b.presses[id] = {who.id, b.w.clock.now() + press_life, false};
  if (b.presses.size() > presses_kept)
    b.presses.erase(b.presses.begin());
  const auto update = b.updates.add("callback_query", who.id,
                                    {{"id", std::to_string(id)},
                                     {"from", who.as_user()},
                                     {"message", shown},
                                     {"chat_instance", std::to_string(-who.id)},
                                     {"data", forced ? wish["data"] : (*button)["callback_data"]}});
  return {{"callback_query_id", std::to_string(id)}, {"update_id", update}};
}

json block_as(bot& b, int64_t user, bool blocked) {
  auto& who = b.users.of(user);
  who.blocked = blocked;
  const auto member = [&](bool out) -> json {
    return {{"user", b.as_user()}, {"status", out ? "kicked" : "member"}};
  };
  const auto update = b.updates.add("my_chat_member", user,
                                    {{"chat", who.as_chat()},
                                     {"from", who.as_user()},
                                     {"date", real_now() / 1000},
                                     {"old_chat_member", member(!blocked)},
                                     {"new_chat_member", member(blocked)}});
  return {{"update_id", update}};
}

void pay_as(bot& b, const json& wish, std::function<void(const json&)> on_end) {
  auto& who = user_of(b, wish);
  const auto* m = b.messages.find(who.id, wish.at("message_id").get<int64_t>());
  if (!m || m->payload.empty())
    throw std::invalid_argument{"message_id: not an invoice"};
  const auto invoice = json::parse(m->json)["invoice"];
  const auto id = ++b.last_query;
  auto& c = b.checkouts[id];
  c = {.user = who.id,
       .chat = who.id,
       .currency = invoice["currency"],
       .amount = invoice["total_amount"],
       .payload = m->payload,
       .expires_at = b.w.clock.now() + checkout_life,
       .on_end = std::move(on_end)};
  b.updates.add("pre_checkout_query", who.id,
                {{"id", std::to_string(id)},
                 {"from", who.as_user()},
                 {"currency", c.currency},
                 {"total_amount", c.amount},
                 {"invoice_payload", c.payload}});
  b.w.run_after(b.w.clock.real(milliseconds{checkout_life}), [&b, id] {
    const auto found = b.checkouts.find(id);
    if (found == b.checkouts.end())
      return;
    const auto late = std::move(b.checkouts.extract(found).mapped());
    if (late.on_end)
      late.on_end({{"paid", false}, {"error", "the bot did not answer in time"}});
  });
}

json refund_as(bot& b, const json& wish) {
  if (const auto fault = refund(b, wish.at("charge_id").get<std::string>(), 0); !fault.empty())
    throw std::invalid_argument{"charge_id: " + fault};
  return {{"ok", true}};
}

} // namespace neurocards::sandbox::telegram
