#pragma once

#include "sandbox/media/renderer.hpp"
#include "sandbox/world.hpp"

#include <nlohmann/json_fwd.hpp>

#include <unordered_map>

namespace neurocards::sandbox::runware {

/// Runware's API with its oddities: a UUID that is known is refused with 400, a task that is
/// unknown and one that has just started are answered alike, and nobody is called back. A task
/// takes as long as one of KIE's; `kie_null` is how long it cannot be told from an unknown one.
class service {
public:
  service(world& w, renderer& r) : world_(w), renderer_(r) {}

  /// POST of an array of tasks, of which we expect one.
  void on_api(const http_server::request& req, http_server::responder r);
  void on_result(const http_server::request& req, http_server::responder r);
  void clear() { tasks_.clear(); }

private:
  struct task {
    int64_t shown_from = 0; // until then it is answered like an unknown one
    int64_t done_from = 0;
    std::string host;
  };

  void create(const nlohmann::json& order, std::string host, exchange x);
  void poll(const std::string& id, exchange x);

  world& world_;
  renderer& renderer_;
  std::unordered_map<std::string, task> tasks_; // by UUID
};

} // namespace neurocards::sandbox::runware
