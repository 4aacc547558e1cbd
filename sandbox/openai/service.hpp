#pragma once

#include "sandbox/world.hpp"

namespace neurocards::sandbox::openai {

/// Chat completions and the list of models (`/v1/…`).
class service {
public:
  explicit service(world& w) : world_(w) {}

  void handle(const http_server::request& req, http_server::responder r);

private:
  void complete(const http_server::request& req, exchange x);
  std::vector<std::string> models() const;

  world& world_;
  uint64_t last_ = 0;
};

} // namespace neurocards::sandbox::openai
