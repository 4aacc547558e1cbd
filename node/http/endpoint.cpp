#include "node/http/endpoint.hpp"

#include "node/http/actors_page.hpp"
#include "node/http/connection_limit.hpp"
#include "node/http/endpoint_service.hpp"
#include "node/http/operators_api.hpp"
#include "node/http/series_page.hpp"
#include "node/http/token.hpp"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

namespace neurocards {

namespace {

using namespace std::chrono_literals;
using namespace endpoint_parts;

// What a request may bring. An update of Telegram has some kilobytes, a callback of KIE with the
// whole order in it as well.
constexpr size_t most_update = 1U << 20;
constexpr size_t most_callback = 64U << 10;

constexpr size_t most_per_address = 250; // Telegram comes with 100 at most

std::string error_json(std::string_view reason) {
  return nlohmann::json{{"error", reason}}.dump();
}

} // namespace

http_server::answer endpoint_parts::refusal(int status, std::string_view reason,
                                            http_server::fields headers) {
  headers.emplace_back("Content-Type", "application/json");
  return {.status = status, .headers = std::move(headers), .body = error_json(reason), .file = {}};
}

void endpoint_parts::refuse(http_server::responder& to, int status, std::string_view reason) {
  to.send(refusal(status, reason));
}

void endpoint_parts::send_json(http_server::responder& to, std::string json, int status) {
  to.send({.status = status,
           .headers = {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}},
           .body = std::move(json),
           .file = {}});
}

std::shared_ptr<http_server::responder> endpoint_parts::hold(http_server::responder to) {
  return std::make_shared<http_server::responder>(std::move(to));
}

const http_endpoint::service::route* http_endpoint::service::find(const request& r) {
  using operators_api::most_body;
  static const std::array<route, 23> routes{{
    {"/healthz", "GET", area::open, &service::health},
    {"/readyz", "GET", area::open, &service::ready},
    {"/metrics", "GET", area::read, &service::metrics},
    {"/", "GET", area::read, &service::dashboard},
    {dashboard_prefix, "GET", area::read, &service::page},
    {"/api/access", "GET", area::read, &service::access_right},
    {"/api/status", "GET", area::read, &service::status},
    {operators_api::jobs_path, "GET", area::read, &service::operators},
    {operators_api::job_actions_path, "POST", area::act, &service::operators, most_body},
    {jobs_prefix, "GET", area::read, &service::job},
    {actors_page::all_path, "GET", area::read, &service::actors},
    {actors_page::below, "GET", area::read, &service::actors},
    {operators_api::errors_path, "GET", area::read, &service::operators},
    {operators_api::actions_path, "GET", area::read, &service::operators},
    {operators_api::queue_path, "POST", area::act, &service::operators, most_body},
    {operators_api::keys_below, "POST", area::act, &service::operators, most_body},
    {operators_api::models_below, "POST", area::act, &service::operators, most_body},
    {operators_api::nodes_below, "POST", area::act, &service::operators, most_body},
    {series_page::path, "GET", area::read, &service::series},
    {"/api/events", "GET", area::read, &service::events},
    {files_prefix, "GET", area::open, &service::file},
    {"/telegram/webhook", "POST", area::open, &service::webhook, most_update,
     &service::refuse_webhook},
    {callback_prefix, "POST", area::open, &service::callback, most_callback,
     &service::refuse_callback},
  }};
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
  const auto need = found                              ? found->need
                    : head.path.rfind("/api/", 0) == 0 ? area::read
                                                       : area::open;
  if (need != area::open)
    if (auto refused = refuse_stranger(head, need == area::act && head.method == found->method))
      return {0, std::move(refused)};
  if (!found)
    return {0, refusal(404, "no such page")};
  if (head.method != found->method && !(found->method == "GET" && head.method == "HEAD"))
    return {0, refusal(405, "wrong method", {{"Allow", std::string{found->method}}})};
  return {found->max_body, found->refuse ? (this->*found->refuse)(head) : std::nullopt};
}

access::right http_endpoint::service::right_of(const request& r) const {
  return access::right_of(shown_token(r.header("Authorization")), options.tokens);
}

std::optional<http_server::answer> http_endpoint::service::refuse_stranger(const request& head,
                                                                           bool acts) const {
  const bool is_open = options.tokens.act.empty() && options.tokens.read.empty();
  switch (
    access::decide(acts, right_of(head), {head.header("Origin"), head.header("Host")}, is_open)) {
    case access::verdict::allowed:
      return std::nullopt;
    case access::verdict::no_token:
      return refusal(401, "the token is missing or wrong; send Authorization: Bearer HTTP_TOKEN",
                     {{"WWW-Authenticate", "Bearer realm=\"Neurocards\""},
                      {"WWW-Authenticate", "Basic realm=\"Neurocards\""}});
    case access::verdict::may_not_act:
      return refusal(403, "this token may read and not act; acting needs HTTP_TOKEN");
    case access::verdict::foreign_origin:
      return refusal(403, "the request comes from another site's page");
  }
  return refusal(403, "not allowed");
}

void http_endpoint::service::serve(request r, responder to) const {
  if (const auto* found = find(r))
    (this->*found->serve)(r, std::move(to));
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
  cfg.admit = [s = service_](const http_server::request& head) { return s->admit(head); };
  server_ = std::make_unique<http_server>(
    cfg, [s = service_](http_server::request r, http_server::responder to) {
      s->serve(std::move(r), std::move(to));
    });
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
