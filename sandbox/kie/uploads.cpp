#include "sandbox/kie/uploads.hpp"

#include "sandbox/media/probe.hpp"
#include "sandbox/text.hpp"

#include <nlohmann/json.hpp>

namespace neurocards::sandbox::kie {

namespace {

using nlohmann::json;

constexpr int64_t upload_life = 86'400'000; // ms
constexpr std::string_view folder = "/uploads/";

void refuse(exchange& x, int code, const std::string& message) {
  x.send(200, json{{"success", false}, {"code", code}, {"msg", message}, {"data", nullptr}}.dump(),
         code);
}

} // namespace

void uploads::by_stream(const http_server::request& req, exchange x) {
  const auto f = form::read(req);
  const auto* file = f ? f->file("file") : nullptr;
  if (!file)
    return refuse(x, 400, "file is required");
  keep(*f, req.header("Host"), file->content, file->filename, x);
}

void uploads::by_base64(const http_server::request& req, exchange x) {
  const auto f = form::read(req);
  const auto bytes = f ? decode_base64(f->text("base64Data")) : std::string{};
  if (bytes.empty())
    return refuse(x, 400, "base64Data is required");
  keep(*f, req.header("Host"), bytes, "", x);
}

void uploads::by_url(const http_server::request& req, exchange x) {
  auto f = form::read(req);
  if (!f || f->text("fileUrl").empty())
    return refuse(x, 400, "fileUrl is required");
  auto shared = std::make_shared<exchange>(std::move(x));
  outbound::request r{.url = f->text("fileUrl")};
  r.max_bytes = 100U << 20;
  world_.net.send(std::move(r), [this, f = *f, host = std::string{req.header("Host")},
                                 shared](const outbound::result& res) {
    if (res.status != 200)
      return refuse(*shared, 500, "Failed to download the file");
    keep(f, host, res.body, "", *shared);
  });
}

void uploads::keep(const form& f, std::string_view host, std::string_view bytes,
                   const std::string& name, exchange& x) {
  const auto type = probe(bytes);
  auto path = f.text("uploadPath");
  if (path.empty())
    return refuse(x, 400, "uploadPath is required");
  while (path.ends_with('/'))
    path.pop_back();
  auto file_name = f.text("fileName").empty() ? name : f.text("fileName");
  if (file_name.empty())
    file_name = "file" + std::to_string(++last_) + "." + type.extension;
  path += "/" + file_name;
  const auto blob = world_.blobs.put(bytes);
  files_[path] = {blob, type.mime, world_.clock.now() + upload_life}; // the same name overwrites
  json answer{{"success", true}, {"code", 200}, {"msg", "File uploaded successfully"}};
  answer["data"] = {{"fileName", file_name},
                    {"filePath", path},
                    {"downloadUrl", "http://" + std::string{host} + std::string{folder} + path},
                    {"fileSize", bytes.size()},
                    {"mimeType", type.mime},
                    {"uploadedAt", "2026-01-01T12:00:00.000Z"}};
  x.send(200, answer.dump(), 200);
}

std::string uploads::blob_at(const std::string& path) const {
  const auto found =
    path.starts_with(folder) ? files_.find(path.substr(folder.size())) : files_.end();
  return found == files_.end() || found->second.until <= world_.clock.now() ? ""
                                                                            : found->second.blob;
}

void uploads::download(const http_server::request& req, http_server::responder r) {
  const auto blob = blob_at(req.path);
  if (blob.empty())
    return r.send(404, "not found", "text/plain");
  r.send(http_server::answer{
    .headers = {{"Content-Type", files_.at(req.path.substr(folder.size())).mime}},
    .body = {},
    .file = world_.blobs.path(blob)});
}

} // namespace neurocards::sandbox::kie
