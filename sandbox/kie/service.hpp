#pragma once

#include "sandbox/kie/accounts.hpp"
#include "sandbox/kie/models.hpp"
#include "sandbox/kie/tasks.hpp"
#include "sandbox/kie/uploads.hpp"
#include "sandbox/media/renderer.hpp"

namespace neurocards::sandbox::kie {

/// KIE's jobs API, its uploads and its files.
class service {
public:
  service(world& w, renderer& r) : world_(w), renderer_(r), accounts_(w.set), uploads_(w) {}

  /// `/api/…`; false: no such path.
  void on_api(const http_server::request& req, http_server::responder r);

  /// `/client/v1/model-pricing/page`: the site's own list, which asks for no key.
  void on_prices(const http_server::request& req, http_server::responder r);
  void on_upload(const http_server::request& req, http_server::responder r) {
    uploads_.download(req, std::move(r));
  }
  void on_result(const http_server::request& req, http_server::responder r);

  accounts& paying() { return accounts_; }
  tasks& known() { return tasks_; }

  /// Ends a task now, whatever was planned. `wish`: `state`, `fail_code`, `fail_msg`.
  void end(task& t, const nlohmann::json& wish);

  /// Sends a task's callback, again or before its time. `wish`: `forged`, `unsigned`, `url`.
  void call_back(const task& t, const nlohmann::json& wish);

  void clear();

private:
  void create(const http_server::request& req, const std::string& key, exchange x);
  void record_info(const http_server::request& req, const std::string& key, exchange x);
  void download_url(const http_server::request& req, exchange x);
  task& begin(const nlohmann::json& request, const std::string& key, const verdict& v,
              std::string_view host);
  void follow_script(task& t);
  void obtain_video(const std::string& id);
  void use_image(const std::string& id, std::string_view bytes, const std::string& blob);
  void fail_now(task& t, const std::string& code, const std::string& message);
  void settle_later(const task& t, milliseconds wait);
  void settle(const std::string& id);
  std::string result_url(const task& t, int64_t life) const;

  world& world_;
  renderer& renderer_;
  accounts accounts_;
  tasks tasks_;
  uploads uploads_;
};

} // namespace neurocards::sandbox::kie
