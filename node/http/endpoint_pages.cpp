#include "node/http/endpoint_service.hpp"

#include <algorithm>
#include <cctype>

#include <nlohmann/json.hpp>

/// The pages for browsers, and what monitoring asks.
namespace neurocards {

using namespace endpoint_parts;

namespace {

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

} // namespace neurocards
