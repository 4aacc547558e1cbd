#include "clients/telegram.hpp"

#include "clients/sigv4.hpp"
#include "domain/outbox.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace neurocards::telegram {

namespace {

using nlohmann::json;
using namespace std::chrono_literals;

constexpr int64_t updates_limit = 16 << 20; // bytes; the server stops at about 4 MB
constexpr auto transfer_timeout = 10min;    // of files up to 50 MB

/// Never throws: what is not UTF-8 is replaced.
std::string dump(const json& x) {
  return x.dump(-1, ' ', false, json::error_handler_t::replace);
}

void add_markup(json& body, const keyboard& buttons) {
  if (const auto markup = outbox::reply_markup(buttons); !markup.empty())
    body["reply_markup"] = json::parse(markup, nullptr, false);
}

json message_body(chat_id chat, const outgoing& x) {
  json body{{"chat_id", chat.value}, {"text", x.text}};
  if (x.disable_preview)
    body["link_preview_options"] = {{"is_disabled", true}};
  add_markup(body, x.buttons);
  return body;
}

} // namespace

api::api(std::string base_url, secret token, std::chrono::milliseconds timeout, std::string proxy)
  : base_url_(std::move(base_url)), token_(std::move(token)), timeout_(timeout),
    proxy_(std::move(proxy)) {}

http::request api::call(std::string_view method, std::string body) const {
  http::request result;
  result.method = "POST";
  result.url = base_url_ + "/bot" + token_.reveal() + "/" + std::string{method};
  result.label = "telegram." + std::string{method};
  result.timeout = timeout_;
  result.proxy = proxy_;
  if (!body.empty()) {
    result.headers.push_back({"Content-Type", "application/json"});
    result.body = std::move(body);
  }
  return result;
}

http::request api::get_me() const {
  return call("getMe", {});
}

http::request api::get_updates(int64_t offset, std::chrono::seconds wait, int limit) const {
  json body{{"timeout", wait.count()}, {"limit", limit}, {"allowed_updates", json::array()}};
  for (const auto kind : allowed_updates())
    body["allowed_updates"].push_back(kind);
  if (offset != 0)
    body["offset"] = offset;
  auto result = call("getUpdates", dump(body));
  result.timeout = std::max<std::chrono::milliseconds>(timeout_, wait + 10s);
  result.max_bytes = updates_limit;
  return result;
}

http::request api::delete_webhook() const {
  return call("deleteWebhook", {}); // pending updates are kept
}

http::request api::set_webhook(const std::string& url, const secret& secret_token,
                               int connections) const {
  json body{{"url", url}, {"max_connections", connections}, {"allowed_updates", json::array()}};
  for (const auto kind : allowed_updates())
    body["allowed_updates"].push_back(kind);
  if (!secret_token.empty())
    body["secret_token"] = secret_token.reveal();
  return call("setWebhook", dump(body));
}

http::request api::send_message(chat_id chat, const outgoing& x) const {
  auto body = message_body(chat, x);
  body["parse_mode"] = "HTML";
  return call("sendMessage", dump(body));
}

http::request api::send_plain_message(chat_id chat, const outgoing& x) const {
  return call("sendMessage", dump(message_body(chat, x)));
}

http::request api::edit_message_text(chat_id chat, int64_t message_id, const outgoing& x) const {
  auto body = message_body(chat, x);
  body["message_id"] = message_id;
  body["parse_mode"] = "HTML";
  return call("editMessageText", dump(body));
}

http::request api::send_media(std::string_view method, std::string_view field, chat_id chat,
                              const media& what, const caption& about,
                              std::vector<std::pair<std::string, std::string>> extra) const {
  extra.emplace_back("chat_id", std::to_string(chat.value));
  if (!about.html.empty()) {
    extra.emplace_back("caption", about.html);
    extra.emplace_back("parse_mode", "HTML");
  }
  if (auto markup = outbox::reply_markup(about.buttons); !markup.empty())
    extra.emplace_back("reply_markup", std::move(markup));
  auto result = call(method, {});
  for (auto& [name, value] : extra)
    result.parts.push_back({name, std::move(value), {}, {}, {}});
  http::part file{std::string{field}, {}, {}, {}, {}};
  if (!what.file.empty()) {
    file.file = what.file;
    file.file_name = what.file_name.empty() ? "file" : what.file_name;
    file.content_type = what.content_type;
    result.timeout = std::max<std::chrono::milliseconds>(timeout_, transfer_timeout);
    result.min_speed = 1024;
  } else {
    file.value = what.file_id.empty() ? what.url : what.file_id;
  }
  result.parts.push_back(std::move(file));
  return result;
}

http::request api::send_video(chat_id chat, const media& what, const caption& about,
                              const video_facts& facts) const {
  std::vector<std::pair<std::string, std::string>> extra{{"supports_streaming", "true"}};
  const auto add = [&extra](const char* name, int value) {
    if (value > 0)
      extra.emplace_back(name, std::to_string(value));
  };
  add("width", facts.width);
  add("height", facts.height);
  add("duration", facts.seconds);
  return send_media("sendVideo", "video", chat, what, about, std::move(extra));
}

http::request api::answer_callback_query(const std::string& query, const std::string& text,
                                         bool alert) const {
  json body{{"callback_query_id", query}};
  if (!text.empty())
    body["text"] = text;
  if (alert)
    body["show_alert"] = true;
  auto result = call("answerCallbackQuery", dump(body));
  result.urgent = true;
  return result;
}

http::request api::answer_pre_checkout_query(const std::string& query,
                                             const std::string& refusal) const {
  json body{{"pre_checkout_query_id", query}, {"ok", refusal.empty()}};
  if (!refusal.empty())
    body["error_message"] = refusal;
  auto result = call("answerPreCheckoutQuery", dump(body));
  result.urgent = true;
  return result;
}

http::request api::send_invoice(chat_id chat, const invoice& x) const {
  const json price{{"label", x.label}, {"amount", x.stars}};
  return call("sendInvoice", dump({{"chat_id", chat.value},
                                   {"title", x.title},
                                   {"description", x.description},
                                   {"payload", x.payload},
                                   {"currency", "XTR"},
                                   {"provider_token", ""},
                                   {"prices", json::array({price})}}));
}

http::request api::get_file(const std::string& file_id) const {
  return call("getFile", dump({{"file_id", file_id}}));
}

http::request api::download(const std::string& file_path, const std::string& save_to,
                            int64_t max_bytes) const {
  http::request result;
  result.url = base_url_ + "/file/bot" + token_.reveal() + "/" + sigv4::encode_path(file_path);
  result.label = "telegram.download";
  result.save_to = save_to;
  result.max_bytes = max_bytes;
  result.timeout = std::max<std::chrono::milliseconds>(timeout_, transfer_timeout);
  result.min_speed = 1024;
  result.proxy = proxy_;
  return result;
}

http::request api::set_my_commands(std::span<const command> commands,
                                   const std::string& language) const {
  json list = json::array();
  for (const auto& x : commands)
    list.push_back({{"command", x.name}, {"description", x.description}});
  json body{{"commands", std::move(list)}};
  if (!language.empty())
    body["language_code"] = language;
  return call("setMyCommands", dump(body));
}

} // namespace neurocards::telegram
