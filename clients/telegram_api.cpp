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

/// The parameters that put a new message in its place.
json place_of(const destination& to) {
  json body{{"chat_id", to.chat.value}};
  if (to.where.thread != 0)
    body["message_thread_id"] = to.where.thread;
  if (to.where.direct_messages != 0)
    body["direct_messages_topic_id"] = to.where.direct_messages;
  if (!to.where.business_connection.empty())
    body["business_connection_id"] = to.where.business_connection;
  if (to.where.reply_to != 0)
    body["reply_parameters"] = {{"message_id", to.where.reply_to},
                                {"allow_sending_without_reply", true}};
  return body;
}

json message_body(json body, const outgoing& x) {
  body["text"] = x.text;
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

http::request api::get_star_transactions(int64_t offset, int limit) const {
  return call("getStarTransactions", dump(json{{"offset", offset}, {"limit", limit}}));
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

http::request api::refund_star_payment(user_id who, const std::string& charge) const {
  return call("refundStarPayment",
              dump(json{{"user_id", who.value}, {"telegram_payment_charge_id", charge}}));
}

http::request api::delete_webhook() const {
  return call("deleteWebhook", {}); // pending updates are kept
}

http::request api::get_webhook_info() const {
  return call("getWebhookInfo", {});
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

http::request api::send_message(const destination& to, const outgoing& x) const {
  auto body = message_body(place_of(to), x);
  body["parse_mode"] = "HTML";
  return call("sendMessage", dump(body));
}

http::request api::send_plain_message(const destination& to, const outgoing& x) const {
  return call("sendMessage", dump(message_body(place_of(to), x)));
}

http::request api::edit_message_text(const destination& to, int64_t message_id,
                                     const outgoing& x) const {
  json where{{"chat_id", to.chat.value}};
  if (!to.where.business_connection.empty())
    where["business_connection_id"] = to.where.business_connection;
  auto body = message_body(std::move(where), x);
  body["message_id"] = message_id;
  body["parse_mode"] = "HTML";
  return call("editMessageText", dump(body));
}

http::request api::send_media(std::string_view method, std::string_view field,
                              const destination& to, const media& content, const caption& about,
                              std::vector<std::pair<std::string, std::string>> extra) const {
  const auto where = place_of(to);
  for (const auto& [name, value] : where.items())
    extra.emplace_back(name, value.is_string() ? value.get<std::string>() : dump(value));
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
  if (!content.file.empty()) {
    file.file = content.file;
    file.file_name = content.file_name.empty() ? "file" : content.file_name;
    file.content_type = content.content_type;
    result.timeout = std::max<std::chrono::milliseconds>(timeout_, transfer_timeout);
    result.min_speed = 1024;
  } else {
    file.value = content.file_id.empty() ? content.url : content.file_id;
  }
  result.parts.push_back(std::move(file));
  if (!content.file.empty() && !content.thumbnail.empty())
    result.parts.push_back({"thumbnail", {}, content.thumbnail, "thumbnail.jpg", "image/jpeg"});
  return result;
}

http::request api::send_video(const destination& to, const media& content, const caption& about,
                              const video_facts& facts) const {
  std::vector<std::pair<std::string, std::string>> extra{{"supports_streaming", "true"}};
  const auto add = [&extra](const char* name, int value) {
    if (value > 0)
      extra.emplace_back(name, std::to_string(value));
  };
  add("width", facts.width);
  add("height", facts.height);
  add("duration", facts.seconds);
  return send_media("sendVideo", "video", to, content, about, std::move(extra));
}

http::request api::send_photo(const destination& to, const media& content,
                              const caption& about) const {
  return send_media("sendPhoto", "photo", to, content, about, {});
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

http::request api::send_invoice(const destination& to, const invoice& x) const {
  auto body = place_of(to);
  body.erase("business_connection_id"); // sendInvoice knows none
  const json price{{"label", x.label}, {"amount", x.stars}};
  body.update({{"title", x.title},
               {"description", x.description},
               {"payload", x.payload},
               {"currency", "XTR"},
               {"provider_token", ""},
               {"prices", json::array({price})}});
  return call("sendInvoice", dump(body));
}

http::request api::get_file(const std::string& file_id) const {
  return call("getFile", dump({{"file_id", file_id}}));
}

bool is_own_server(const std::string& api_url) {
  const auto scheme = api_url.find("://");
  const auto host = scheme == api_url.npos ? api_url : api_url.substr(scheme + 3);
  return host.substr(0, host.find_first_of("/:")) != "api.telegram.org";
}

bool api::own_server() const {
  return is_own_server(base_url_);
}

int64_t api::max_upload_bytes() const {
  constexpr int64_t mb = 1'000'000;
  return own_server() ? 2000 * mb : 50 * mb;
}

bool api::lies_on_disk(const std::string& file_path) const {
  return file_path.starts_with('/') && own_server();
}

http::request api::download(const std::string& file_path, const std::string& save_to,
                            int64_t max_bytes) const {
  // Some serve the folder of a `--local` server by another program, at the usual address.
  const auto folder = "/" + token_.reveal() + "/";
  const auto in_folder = file_path.starts_with('/') ? file_path.find(folder) : file_path.npos;
  const auto path =
    in_folder == file_path.npos ? file_path : file_path.substr(in_folder + folder.size());
  http::request result;
  result.url = base_url_ + "/file/bot" + token_.reveal() + "/" + sigv4::encode_path(path);
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

http::request api::get_my_commands(const std::string& language) const {
  return language.empty() ? call("getMyCommands", {})
                          : call("getMyCommands", dump({{"language_code", language}}));
}

} // namespace neurocards::telegram
