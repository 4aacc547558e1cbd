#pragma once

#include "sandbox/kie/service.hpp"
#include "sandbox/telegram/service.hpp"

namespace neurocards::sandbox {

/// The API for tests and for the chat page: `/control/…` (README.md).
class control {
public:
  control(world& w, telegram::service& t, kie::service& k) : world_(w), telegram_(t), kie_(k) {}

  void handle(const http_server::request& req, http_server::responder r);

private:
  using json = nlohmann::json;

  bool stream(const http_server::request& req, http_server::responder& r);
  json answer(const std::string& path, const http_server::request& req, const json& body);
  json change(const std::string& path, const json& body);
  json script(const http_server::request& req, const json& body);
  json settings_of(const json& body);
  json users(const json& body);
  json messages(const http_server::request& req);
  json tasks(const http_server::request& req);
  json accounts(const json& body);
  json kie_action(const std::string& path, const json& body);
  void pay(const json& body, http_server::responder r);
  void reset();

  world& world_;
  telegram::service& telegram_;
  kie::service& kie_;
};

} // namespace neurocards::sandbox
