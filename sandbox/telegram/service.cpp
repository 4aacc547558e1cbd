#include "sandbox/telegram/service.hpp"

#include "sandbox/telegram/methods.hpp"
#include "sandbox/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace neurocards::sandbox::telegram {

namespace {

struct method {
  const char* name;
  reply (*run)(bot&, const form&);
  bool counts = false; // against the limits of messages a second
};

const std::unordered_map<std::string, method>& methods() {
  static const auto all = [] {
    std::unordered_map<std::string, method> map;
    for (const auto& m : {
           method{"getMe", get_me},
           method{"setMyCommands", set_my_commands},
           method{"getMyCommands", get_my_commands},
           method{"sendChatAction", send_chat_action},
           method{"getFile", get_file},
           method{"answerCallbackQuery", answer_callback_query},
           method{"sendMessage", send_message, true},
           method{"sendPhoto", send_photo, true},
           method{"sendVideo", send_video, true},
           method{"sendDocument", send_document, true},
           method{"sendMediaGroup", send_media_group, true},
           method{"editMessageText", edit_message_text, true},
           method{"editMessageCaption", edit_message_caption, true},
           method{"editMessageReplyMarkup", edit_message_reply_markup, true},
           method{"deleteMessage", delete_message},
           method{"sendInvoice", send_invoice, true},
           method{"answerPreCheckoutQuery", answer_pre_checkout_query},
           method{"refundStarPayment", refund_star_payment},
           method{"getStarTransactions", get_star_transactions},
           method{"getMyStarBalance", get_my_star_balance},
           method{"setWebhook", [](bot&b, const form&f) { return b.updates.set_webhook(f); }},
           method{"deleteWebhook", [](bot&b, const form&f) { return b.updates.delete_webhook(f); }},
           method{"getWebhookInfo", [](bot&b, const form&) { return b.updates.webhook_info(); }},
         })
      map.emplace(lower(m.name), m);
    return map;
  }();
  return all;
}

void finish(exchange& x, const reply& r) {
  http_server::answer a{.status = r.code,
                        .headers = {{"Content-Type", "application/json"}},
                        .body = to_body(r),
                        .file = {}};
  if (r.retry_after > 0)
    a.headers.emplace_back("Retry-After", std::to_string(r.retry_after));
  x.send(std::move(a), r.code);
}

/// Splits "/bot<token>/<method>" (after the prefix) into token and method.
std::pair<std::string_view, std::string_view> split(std::string_view path) {
  const auto slash = path.find('/');
  return {path.substr(0, slash), slash == path.npos ? "" : path.substr(slash + 1)};
}

/// How many messages a call sends.
double messages_in(const std::string& name, const form& f) {
  if (name != "sendmediagroup")
    return 1;
  const auto media = nlohmann::json::parse(f.text("media"), nullptr, false);
  return media.is_array() ? static_cast<double>(media.size()) : 1;
}

bool is_address(const std::string& x) {
  return x.starts_with("http://") || x.starts_with("https://");
}

} // namespace

bool service::accepts(std::string_view token) const {
  const auto colon = token.find(':');
  const auto digits = token.substr(0, colon);
  const bool well_formed = colon != token.npos && !digits.empty() && digits[0] != '0'
                           && token.size() <= 80
                           && digits.find_first_not_of("0123456789") == digits.npos;
  return well_formed && (world_.set.telegram_token.empty() || token == world_.set.telegram_token);
}

void service::on_method(const http_server::request& req, http_server::responder r) {
  auto [token, method] = split(std::string_view{req.path}.substr(4));
  if (method.starts_with("test/"))
    method.remove_prefix(5);
  const auto known = methods().find(lower(method));
  const bool polling = lower(method) == "getupdates";
  auto f = form::read(req);
  call request{"telegram", polling                    ? "getUpdates"
                           : known == methods().end() ? std::string{method}
                                                      : known->second.name};
  if (f && f->has("chat_id"))
    request.about.emplace_back("chat", f->text("chat_id"));
  exchange x{world_, std::move(request), std::move(r)};
  if (x.refused())
    return;
  if (!accepts(token))
    return finish(x, token.find(':') == token.npos ? refuse(404, "Not Found")
                                                   : refuse(401, "Unauthorized"));
  if (polling && f)
    return bot_.updates.get_updates(*f, std::move(x));
  if (known == methods().end())
    return finish(x, refuse(404, "Not Found: method not found"));
  if (!f)
    return finish(x, bad_request("can't parse the request body"));
  if (known->second.counts)
    if (const auto wait = limited(f->text("chat_id"), messages_in(known->first, *f));
        wait.code != 200)
      return finish(x, wait);
  for (const char* name : {"photo", "video", "document"})
    if (lower(method) == std::string{"send"} + name && is_address(f->text(name)))
      return fetch_and_run(lower(method), std::move(*f), std::move(x), name);
  run(lower(method), std::move(*f), std::move(x));
}

void service::run(const std::string& method, form f, exchange x) {
  const auto& m = methods().at(method);
  const auto r = m.run(bot_, f);
  if (m.counts && r.code != 200 && world_.set.telegram_limits) { // only what was sent counts
    per_chat_.give_back(f.text("chat_id"), messages_in(method, f));
    all_chats_.give_back(messages_in(method, f));
  }
  finish(x, r);
}

reply service::limited(const std::string& chat, double messages) {
  const auto& set = world_.set;
  if (!set.telegram_limits)
    return done();
  const auto now = std::chrono::steady_clock::now();
  auto wait = per_chat_.take(chat, now, set.telegram_chat_rate, set.telegram_chat_burst, messages);
  if (wait.count() == 0) {
    const auto burst = set.telegram_burst > 0 ? set.telegram_burst : set.telegram_rate;
    wait = all_chats_.take(now, set.telegram_rate, burst, messages);
    if (wait.count() == 0)
      return done();
    per_chat_.give_back(chat, messages);
  }
  const auto seconds = static_cast<int>(std::max<int64_t>(1, (wait.count() + 999) / 1000));
  auto r = refuse(429, "Too Many Requests: retry after " + std::to_string(seconds));
  r.retry_after = seconds;
  return r;
}

void service::fetch_and_run(const std::string& method, form f, exchange x,
                            const std::string& name) {
  constexpr size_t max_photo = 5U << 20;
  constexpr size_t max_other = 20U << 20;
  outbound::request r{.url = f.text(name)};
  r.max_bytes = name == "photo" ? max_photo : max_other;
  auto shared = std::make_shared<exchange>(std::move(x));
  world_.net.send(std::move(r), [=, this, f = std::move(f)](const outbound::result& res) mutable {
    if (res.status != 200)
      return finish(*shared, bad_request("failed to get HTTP URL content"));
    const auto type = probe(res.body);
    const bool right = name == "photo"   ? type.picture()
                       : name == "video" ? type.mime == "video/mp4"
                                         : type.extension == "pdf";
    if (!right)
      return finish(*shared, bad_request("wrong type of the web page content"));
    f.set(name, "");
    f.set_file({.name = name, .filename = {}, .content_type = type.mime, .content = res.body});
    run(method, std::move(f), std::move(*shared));
  });
}

void service::on_file(const http_server::request& req, http_server::responder r) {
  const auto [token, path] = split(std::string_view{req.path}.substr(9));
  exchange x{world_, {"telegram", "file"}, std::move(r)};
  if (x.refused())
    return;
  if (!accepts(token))
    return finish(x, refuse(401, "Unauthorized"));
  const auto* f = bot_.stored.by_path(std::string{path});
  if (!f)
    return finish(x, refuse(404, "Not Found"));
  x.send(http_server::answer{.headers = {{"Content-Type", "application/octet-stream"}},
                             .body = {},
                             .file = world_.blobs.path(f->blob)},
         200);
}

void service::clear() {
  bot_.clear();
  per_chat_.clear();
  all_chats_ = {};
}

} // namespace neurocards::sandbox::telegram
