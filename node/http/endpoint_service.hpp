#pragma once

#include "node/http/access.hpp"
#include "node/http/endpoint.hpp"

#include <memory>
#include <optional>
#include <string>

namespace neurocards {

/// What the server's thread works with: the routes and what they do. Outlives the endpoint while a
/// request is being answered.
struct http_endpoint::service {
  endpoint_options options;
  endpoint_hooks hooks;

  using request = http_server::request;
  using responder = http_server::responder;
  using answer = http_server::answer;

  /// What `head` may bring, before anything of its body is read.
  http_server::admission admit(const request& head) const;

  /// A request that was admitted.
  void serve(request r, responder to) const;

  /// What metrics call a path.
  static std::string_view route_of(std::string_view path);

private:
  enum class area : uint8_t { open, read, act };

  using handler = void (service::*)(const request&, responder) const;
  using head_check = std::optional<answer> (service::*)(const request&) const;
  struct route {
    std::string_view path; // ends in '/': everything below
    std::string_view method;
    area need;
    handler serve;
    size_t max_body = 0;
    head_check refuse = nullptr; // sees the head; null: who passes the guard is welcome
  };
  static const route* find(const request&);

  access::right right_of(const request&) const;
  std::optional<answer> refuse_stranger(const request&, bool acts) const;

  // endpoint_pages.cpp
  void health(const request&, responder) const;
  void ready(const request&, responder) const;
  void metrics(const request&, responder) const;
  void dashboard(const request&, responder) const;
  void page(const request&, responder) const;
  void send_page(const std::string& name, responder) const;

  // endpoint_api.cpp
  void access_right(const request&, responder) const;
  void status(const request&, responder) const;
  void job(const request&, responder) const;
  void actors(const request&, responder) const;
  void operators(const request&, responder) const;
  void series(const request&, responder) const;
  void events(const request&, responder) const;

  // endpoint_strangers.cpp
  void file(const request&, responder) const;
  std::optional<answer> refuse_webhook(const request&) const;
  void webhook(const request&, responder) const;
  std::optional<answer> refuse_callback(const request&) const;
  void callback(const request&, responder) const;
};

/// What the routes are made of.
namespace endpoint_parts {

constexpr std::string_view dashboard_prefix = "/dashboard/";
constexpr std::string_view files_prefix = "/files/";
constexpr std::string_view jobs_prefix = "/api/jobs/";
constexpr std::string_view callback_prefix = "/kie/callback/";

/// An answer that says what is wrong.
http_server::answer refusal(int status, std::string_view reason, http_server::fields headers = {});

void refuse(http_server::responder& to, int status, std::string_view reason);

void send_json(http_server::responder& to, std::string json, int status = 200);

/// A hook's `done` must be copyable, a responder is not.
std::shared_ptr<http_server::responder> hold(http_server::responder to);

} // namespace endpoint_parts

} // namespace neurocards
