#pragma once

#include "sandbox/form.hpp"
#include "sandbox/world.hpp"

namespace neurocards::sandbox::kie {

/// KIE's File Upload API, and the downloads of what was uploaded (`/uploads/…`).
class uploads {
public:
  explicit uploads(world& w) : world_(w) {}

  void by_stream(const http_server::request& req, exchange x);
  void by_base64(const http_server::request& req, exchange x);
  void by_url(const http_server::request& req, exchange x);
  void download(const http_server::request& req, http_server::responder r);

  /// Blob of an uploaded file by the path of its address; empty: unknown, or its day is over.
  std::string blob_at(const std::string& path) const;

  void clear() { files_.clear(); }

private:
  struct kept {
    std::string blob;
    std::string mime;
    int64_t until; // time of the scaled clock
  };

  void keep(const form& f, std::string_view host, std::string_view bytes, const std::string& name,
            exchange& x);

  world& world_;
  std::unordered_map<std::string, kept> files_;
  uint64_t last_ = 0;
};

} // namespace neurocards::sandbox::kie
