#include "clients/crypto.hpp"
#include "clients/kie.hpp"
#include "clients/storage.hpp"
#include "node/http/endpoint_service.hpp"

/// Telegram, KIE and whoever has a link to a file: they know no token.
namespace neurocards {

using namespace endpoint_parts;

namespace {

/// The sequel of `path` after `prefix`; nullopt: it begins otherwise.
std::optional<std::string> after(const std::string& path, std::string_view prefix) {
  if (path.rfind(prefix, 0) != 0)
    return std::nullopt;
  return path.substr(prefix.size());
}

} // namespace

void http_endpoint::service::file(const request& r, responder to) const {
  using verdict = endpoint_hooks::file_verdict;
  if (!hooks.file)
    return refuse(to, 404, "not served here");
  const auto link = storage::read_link_path(r.path.substr(files_prefix.size()));
  const auto& key = link.file;
  auto found = link.signature.empty() ? hooks.file(key, r.param("expires"), r.param("sig"))
                                      : hooks.file(key, link.expires, link.signature);
  if (found.verdict == verdict::forbidden)
    return refuse(to, 403, "this link is not valid, or not any more");
  if (found.verdict == verdict::missing)
    return refuse(to, 404, "no such file");
  const auto name = key.value.substr(key.value.rfind('/') + 1); // of a key: no quotes in it
  to.send({.headers = {{"Content-Type", std::move(found.content_type)},
                       {"Content-Disposition", "inline; filename=\"" + name + "\""},
                       {"Cache-Control", "private, max-age=3600"},
                       {"X-Content-Type-Options", "nosniff"}},
           .body = {},
           .file = std::move(found.path)});
}

std::optional<http_server::answer>
http_endpoint::service::refuse_webhook(const request& head) const {
  const auto& expected = options.telegram_webhook_secret;
  if (!hooks.webhook || expected.empty())
    return refusal(404, "not served here");
  if (!crypto::equal(head.header("X-Telegram-Bot-Api-Secret-Token"), expected.reveal()))
    return refusal(401, "the secret is missing or wrong");
  return std::nullopt;
}

void http_endpoint::service::webhook(const request& r, responder to) const {
  hooks.webhook(r.body, [held = hold(std::move(to))](endpoint_hooks::stored x) {
    if (x == endpoint_hooks::stored::yes)
      return held->send(200, "{}");
    refuse(*held, 503, "not stored; send it again"); // Telegram does
  });
}

/// The signature covers the task's id, which is in the body; whether there is a fresh one is seen
/// before.
std::optional<http_server::answer>
http_endpoint::service::refuse_callback(const request& head) const {
  const auto token = after(head.path, callback_prefix).value_or("");
  if (!hooks.callback || !uuid::parse(token))
    return refusal(404, "no such callback");
  if (!options.kie_webhook_key.empty()
      && (head.header("X-Webhook-Signature").empty()
          || !kie::timestamp_fresh(head.header("X-Webhook-Timestamp"),
                                   std::chrono::system_clock::now())))
    return refusal(401, "the signature is missing or wrong");
  return std::nullopt;
}

void http_endpoint::service::callback(const request& r, responder to) const {
  auto parsed = kie::parse_callback(r.body);
  if (!parsed || !kie::is_task_id(parsed->task.value))
    return refuse(to, 400, "not a callback of KIE");
  if (!options.kie_webhook_key.empty()
      && !kie::signature_valid(options.kie_webhook_key, parsed->task,
                               r.header("X-Webhook-Timestamp"), r.header("X-Webhook-Signature"),
                               std::chrono::system_clock::now()))
    return refuse(to, 401, "the signature is missing or wrong");
  hooks.callback({after(r.path, callback_prefix).value_or(""), std::move(parsed->task)},
                 [held = hold(std::move(to))](endpoint_hooks::stored x) {
                   if (x == endpoint_hooks::stored::yes)
                     return held->send(200, "{}");
                   refuse(*held, 503, "not stored; send it again");
                 });
}

} // namespace neurocards
