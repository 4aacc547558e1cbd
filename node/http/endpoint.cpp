#include "node/http/endpoint.hpp"

#include "base/uuid.hpp"
#include "clients/crypto.hpp"
#include "clients/kie.hpp"
#include "clients/storage.hpp"
#include "node/http/actors_page.hpp"
#include "node/http/connection_limit.hpp"
#include "node/http/token.hpp"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

namespace neurocards {

namespace {

using namespace std::chrono_literals;
using request = http_server::request;
using responder = http_server::responder;

constexpr std::string_view dashboard_prefix = "/dashboard/";
constexpr std::string_view files_prefix = "/files/";
constexpr std::string_view jobs_prefix = "/api/jobs/";
constexpr std::string_view callback_prefix = "/kie/callback/";

// What a request may bring. An update of Telegram has some kilobytes, a callback of KIE with the
// whole order in it as well.
constexpr size_t most_update = 1U << 20;
constexpr size_t most_callback = 64U << 10;

constexpr size_t most_per_address = 250; // Telegram comes with 100 at most

/// The sequel of `path` after `prefix`; nullopt: it begins otherwise.
std::optional<std::string> after(const std::string& path, std::string_view prefix) {
  if (path.rfind(prefix, 0) != 0)
    return std::nullopt;
  return path.substr(prefix.size());
}

std::string error_json(std::string_view reason) {
  return nlohmann::json{{"error", reason}}.dump();
}

/// A hook's `done` must be copyable, a responder is not.
std::shared_ptr<responder> hold(responder to) {
  return std::make_shared<responder>(std::move(to));
}

std::string_view page_type(std::string_view name) {
  if (name.ends_with(".html"))
    return "text/html; charset=utf-8";
  if (name.ends_with(".css"))
    return "text/css; charset=utf-8";
  if (name.ends_with(".js"))
    return "text/javascript; charset=utf-8";
  if (name.ends_with(".svg"))
    return "image/svg+xml";
  return "application/octet-stream";
}

/// Files, in folders too, whose names begin alphanumerically: nothing hidden, no way up.
bool is_page_path(const std::string& path) {
  bool begins = true; // of the file's or folder's name
  for (const unsigned char c : path) {
    if (!std::isalnum(c) && (begins || (c != '.' && c != '-' && c != '_' && c != '/')))
      return false;
    begins = c == '/';
  }
  return !begins;
}

/// Where a file of the dashboard lies: what others wrote has a folder of its own.
std::string page_file(const std::string& web_folder, const std::string& path) {
  return web_folder + (path.starts_with("vendor/") ? "/" : "/dashboard/") + path;
}

http_server::answer refusal(int status, std::string_view reason, http_server::fields headers = {}) {
  headers.emplace_back("Content-Type", "application/json");
  return {.status = status, .headers = std::move(headers), .body = error_json(reason), .file = {}};
}

void refuse(responder& to, int status, std::string_view reason) {
  to.send(refusal(status, reason));
}

void send_json(responder& to, std::string json) {
  to.send({.headers = {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}},
           .body = std::move(json),
           .file = {}});
}

std::string ready_json(const std::vector<ready_check>& checks, bool ready) {
  auto list = nlohmann::json::object();
  for (const auto& x : checks) {
    list[x.name] = {{"ok", x.ok}};
    if (!x.detail.empty())
      list[x.name]["detail"] = x.detail;
  }
  const bool all = std::all_of(checks.begin(), checks.end(), [](const auto& x) { return x.ok; });
  const auto* status = !ready ? "unavailable" : all ? "ok" : "degraded";
  return nlohmann::json{{"status", status}, {"checks", list}}.dump(
    2, ' ', false, nlohmann::json::error_handler_t::replace);
}

} // namespace

/// What the server's thread works with. Outlives the endpoint while a request is being answered.
struct http_endpoint::service {
  endpoint_options options;
  endpoint_hooks hooks;

  /// What `head` may bring, before anything of its body is read.
  http_server::admission admit(const request& head) const;

  /// A request that was admitted.
  void serve(request r, responder to) const;

  /// What metrics call a path.
  static std::string_view route_of(std::string_view path);

private:
  using answer = http_server::answer;
  using handler = void (service::*)(const request&, responder) const;
  using judge = std::optional<answer> (service::*)(const request&) const;
  struct route {
    std::string_view path; // ends in '/': everything below
    std::string_view method;
    bool guarded;
    handler serve;
    size_t max_body = 0;
    judge refuse = nullptr; // looks at the head; null: who passes the guard is welcome
  };
  static const std::array<route, 12> routes;

  static const route* find(const request&);
  std::optional<answer> refuse_webhook(const request&) const;
  std::optional<answer> refuse_callback(const request&) const;
  bool may_pass(const request&) const;
  void health(const request&, responder) const;
  void ready(const request&, responder) const;
  void metrics(const request&, responder) const;
  void dashboard(const request&, responder) const;
  void page(const request&, responder) const;
  void status(const request&, responder) const;
  void job(const request&, responder) const;
  void actors(const request&, responder) const;
  void file(const request&, responder) const;
  void webhook(const request&, responder) const;
  void callback(const request&, responder) const;
  void send_page(const std::string& name, responder) const;
};

const std::array<http_endpoint::service::route, 12> http_endpoint::service::routes{{
  {"/healthz", "GET", false, &service::health},
  {"/readyz", "GET", false, &service::ready},
  {"/metrics", "GET", true, &service::metrics},
  {"/", "GET", true, &service::dashboard},
  {dashboard_prefix, "GET", true, &service::page},
  {"/api/status", "GET", true, &service::status},
  {jobs_prefix, "GET", true, &service::job},
  {actors_page::all_path, "GET", true, &service::actors},
  {actors_page::below, "GET", true, &service::actors},
  {files_prefix, "GET", false, &service::file},
  {"/telegram/webhook", "POST", false, &service::webhook, most_update, &service::refuse_webhook},
  {callback_prefix, "POST", false, &service::callback, most_callback, &service::refuse_callback},
}};

const http_endpoint::service::route* http_endpoint::service::find(const request& r) {
  const auto fits = [&](const route& x) {
    const bool below = x.path.size() > 1 && x.path.back() == '/';
    return below ? r.path.rfind(x.path, 0) == 0 : r.path == x.path;
  };
  const auto found = std::find_if(routes.begin(), routes.end(), fits);
  return found == routes.end() ? nullptr : &*found;
}

std::string_view http_endpoint::service::route_of(std::string_view path) {
  request named;
  named.path = path;
  const auto* found = find(named);
  return found ? found->path : "other";
}

http_server::admission http_endpoint::service::admit(const request& head) const {
  const auto* found = find(head);
  // What does not exist below /api/ is nobody's business either.
  const bool guarded = found ? found->guarded : head.path.rfind("/api/", 0) == 0;
  if (guarded && !may_pass(head))
    return {0, refusal(401, "the token is missing or wrong; send Authorization: Bearer HTTP_TOKEN",
                       {{"WWW-Authenticate", "Bearer realm=\"Neurocards\""},
                        {"WWW-Authenticate", "Basic realm=\"Neurocards\""}})};
  if (!found)
    return {0, refusal(404, "no such page")};
  if (head.method != found->method && !(found->method == "GET" && head.method == "HEAD"))
    return {0, refusal(405, "wrong method", {{"Allow", std::string{found->method}}})};
  return {found->max_body, found->refuse ? (this->*found->refuse)(head) : std::nullopt};
}

void http_endpoint::service::serve(request r, responder to) const {
  if (const auto* found = find(r))
    (this->*found->serve)(r, std::move(to));
}

bool http_endpoint::service::may_pass(const request& r) const {
  return options.token.empty()
         || crypto::equal(shown_token(r.header("Authorization")), options.token.reveal());
}

void http_endpoint::service::health(const request&, responder to) const {
  to.send(200, "ok\n", "text/plain");
}

void http_endpoint::service::ready(const request&, responder to) const {
  if (!hooks.ready)
    return refuse(to, 404, "not served here");
  hooks.ready([held = hold(std::move(to))](std::vector<ready_check> checks) {
    const bool is_ready =
      std::all_of(checks.begin(), checks.end(), [](const auto& x) { return x.ok || !x.vital; });
    held->send(is_ready ? 200 : 503, ready_json(checks, is_ready));
  });
}

void http_endpoint::service::metrics(const request&, responder to) const {
  if (!hooks.metrics)
    return refuse(to, 404, "not served here");
  hooks.metrics([held = hold(std::move(to))](std::string text) {
    held->send(200, std::move(text), "text/plain; version=0.0.4; charset=utf-8");
  });
}

void http_endpoint::service::dashboard(const request&, responder to) const {
  send_page("index.html", std::move(to));
}

void http_endpoint::service::page(const request& r, responder to) const {
  send_page(r.path.substr(dashboard_prefix.size()), std::move(to));
}

void http_endpoint::service::send_page(const std::string& name, responder to) const {
  if (options.web_folder.empty() || !is_page_path(name))
    return refuse(to, 404, "no such page");
  to.send({.headers = {{"Content-Type", std::string{page_type(name)}},
                       {"Cache-Control", "no-cache"},
                       {"Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'"},
                       {"X-Content-Type-Options", "nosniff"}},
           .body = {},
           .file = page_file(options.web_folder, name)});
}

void http_endpoint::service::status(const request&, responder to) const {
  if (!hooks.status)
    return refuse(to, 404, "not served here");
  hooks.status([held = hold(std::move(to))](std::string json) {
    if (json.empty())
      return refuse(*held, 503, "the database does not answer");
    send_json(*held, std::move(json));
  });
}

void http_endpoint::service::job(const request& r, responder to) const {
  const auto id = uuid::parse(r.path.substr(jobs_prefix.size()));
  if (!hooks.job || !id)
    return refuse(to, 404,
                  "no such job; a job's ID has the form 01234567-89ab-cdef-0123-456789abcdef");
  hooks.job(job_id{*id}, r.param("texts") == "1",
            [held = hold(std::move(to))](std::optional<std::string> json) {
              if (!json)
                return refuse(*held, 503, "the database does not answer");
              if (json->empty())
                return refuse(*held, 404, "no such job");
              send_json(*held, std::move(*json));
            });
}

void http_endpoint::service::actors(const request& r, responder to) const {
  if (!hooks.actors)
    return refuse(to, 404, "not served here");
  auto asked = actors_page::parse(r);
  if (const auto* fault = std::get_if<actors_page::refusal>(&asked))
    return refuse(to, fault->status, fault->text);
  const auto& query = std::get<actors_query>(asked);
  hooks.actors(query, [query, held = hold(std::move(to))](const actors_answer& got) {
    auto page = actors_page::compose(query, got);
    if (const auto* fault = std::get_if<actors_page::refusal>(&page))
      return refuse(*held, fault->status, fault->text);
    send_json(*held, std::get<std::string>(std::move(page)));
  });
}

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

http_endpoint::http_endpoint(endpoint_options options, endpoint_hooks hooks)
  : service_(std::make_shared<service>(service{std::move(options), std::move(hooks)})) {
  http_server::config cfg;
  cfg.host = service_->options.host;
  cfg.port = service_->options.port;
  cfg.max_headers = 16U << 10;
  cfg.idle_timeout = 60s;
  cfg.head_deadline = 10s;
  cfg.body_deadline = 30s;
  cfg.max_connections = connection_limit();
  cfg.max_per_address = most_per_address;
  cfg.loopback_counts = false; // a proxy on this host speaks for many
  if (service_->hooks.answered)
    cfg.answered = [s = service_](std::string_view path, int status,
                                  std::chrono::nanoseconds took) {
      s->hooks.answered(service::route_of(path), status, took);
    };
  cfg.admit = [s = service_](const request& head) { return s->admit(head); };
  server_ = std::make_unique<http_server>(
    cfg, [s = service_](request r, responder to) { s->serve(std::move(r), std::move(to)); });
}

http_endpoint::~http_endpoint() {
  stop();
}

uint16_t http_endpoint::port() const {
  return server_->port();
}

void http_endpoint::stop() {
  server_->stop();
}

} // namespace neurocards
