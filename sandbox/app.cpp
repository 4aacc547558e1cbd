#include "sandbox/app.hpp"

#include "base/log.hpp"
#include "sandbox/control/control.hpp"
#include "sandbox/openai/service.hpp"
#include "sandbox/runware/service.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>

namespace neurocards::sandbox {

namespace {

constexpr size_t max_body = 110U << 20; // an upload for KIE may have 100 MB

struct mime {
  std::string_view extension;
  const char* type;
};

constexpr std::array mimes{mime{".html", "text/html; charset=utf-8"}, mime{".css", "text/css"},
                           mime{".js", "text/javascript"}, mime{".svg", "image/svg+xml"},
                           mime{".png", "image/png"}};

/// Where the chat page is: beside the program's sources, or given by the environment.
std::string web_directory() {
  const char* given = std::getenv("NEUROCARDS_SANDBOX_WEB");
  return given ? given : NEUROCARDS_WEB_DIR;
}

void send_page(const std::string& path, http_server::responder r) {
  if (path.find("..") != path.npos)
    return r.send(404, "not found", "text/plain");
  http_server::answer a;
  a.file = web_directory() + (path == "/" ? "/index.html" : path);
  for (const auto& m : mimes)
    if (a.file.ends_with(m.extension))
      a.headers.emplace_back("Content-Type", m.type);
  r.send(std::move(a));
}

std::string temporary_directory() {
  auto name = (std::filesystem::temp_directory_path() / "sandbox-XXXXXX").string();
  if (!mkdtemp(name.data()))
    throw std::runtime_error("cannot make a directory for files under " + name);
  return name;
}

} // namespace

struct app::parts {
  parts(const config& cfg, world::poster post, world::timer run_after)
    : common(cfg.directory, cfg.initial, std::move(post), std::move(run_after)),
      films(common.blobs, cfg.directory + "/renders", common.post), telegram(common),
      kie(common, films), runware(common, films), openai(common), commands(common, telegram, kie) {}

  world common;
  renderer films;
  telegram::service telegram;
  kie::service kie;
  runware::service runware;
  openai::service openai;
  control commands;
};

app::app(config cfg) : config_(std::move(cfg)) {
  temporary_ = config_.directory.empty();
  if (temporary_)
    config_.directory = temporary_directory();
  parts_ = std::make_unique<parts>(
    config_, [this](auto f) { server_->post(std::move(f)); },
    [this](milliseconds delay, auto f) { server_->run_after(delay, std::move(f)); });
  server_ = std::make_unique<http_server>(
    http_server::config{.host = config_.host, .port = config_.port, .max_body = max_body},
    [this](const http_server::request& req, http_server::responder r) {
      route(req, std::move(r));
    });
  ready_ = true;
  ready_.notify_all();
}

app::~app() {
  server_->stop(milliseconds{0});
  parts_.reset();
  if (temporary_)
    std::filesystem::remove_all(config_.directory);
}

uint16_t app::port() const {
  return server_->port();
}

std::string app::address() const {
  return "http://" + config_.host + ":" + std::to_string(port());
}

void app::route(const http_server::request& req, http_server::responder r) {
  const std::string_view path = req.path;
  if (path.starts_with("/bot"))
    return parts_->telegram.on_method(req, std::move(r));
  if (path.starts_with("/file/bot"))
    return parts_->telegram.on_file(req, std::move(r));
  if (path.starts_with("/api/"))
    return parts_->kie.on_api(req, std::move(r));
  if (path.starts_with("/client/v1/model-pricing/"))
    return parts_->kie.on_prices(req, std::move(r));
  if (path.starts_with("/uploads/"))
    return parts_->kie.on_upload(req, std::move(r));
  if (path.starts_with("/results/"))
    return parts_->kie.on_result(req, std::move(r));
  if (path.starts_with("/runware/results/"))
    return parts_->runware.on_result(req, std::move(r));
  if (path.starts_with("/runware/"))
    return parts_->runware.on_api(req, std::move(r));
  if (path.starts_with("/v1/"))
    return parts_->openai.handle(req, std::move(r));
  if (path.starts_with("/control/"))
    return parts_->commands.handle(req, std::move(r));
  send_page(req.path, std::move(r));
}

} // namespace neurocards::sandbox
