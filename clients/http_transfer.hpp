#pragma once

#include "clients/http_engine.hpp"

#include <curl/curl.h>

#include <array>

namespace neurocards::http {

struct host_queue;

/// A pooled libcurl handle and the buffer it writes its complaints to.
struct easy_handle {
  easy_handle();
  ~easy_handle();
  easy_handle(const easy_handle&) = delete;
  easy_handle& operator=(const easy_handle&) = delete;

  CURL* curl;
  std::array<char, CURL_ERROR_SIZE> complaint{};
};

/// One exchange from submission to answer. Lives on the engine's thread.
class transfer {
public:
  using time_point = std::chrono::steady_clock::time_point;

  transfer(request, engine::callback, time_point now);
  ~transfer();
  transfer(const transfer&) = delete;
  transfer& operator=(const transfer&) = delete;

  /// Readies `handle` for the request. False: a local fault, to be had from `finish`.
  bool prepare(std::unique_ptr<easy_handle> handle, const engine_config&, CURLSH* share,
               time_point now);

  /// Makes the answer of what libcurl said. Gives up files; the handle stays.
  response finish(CURLcode, time_point now);

  /// An answer for a transfer that is ended from outside.
  response abandon(std::string why, time_point now);

  void answer(response x) { done_(std::move(x)); }

  CURL* curl() const { return handle_ ? handle_->curl : nullptr; }
  std::unique_ptr<easy_handle> take_handle();
  const request& what() const { return request_; }
  time_point deadline() const { return deadline_; }

  host_queue* host = nullptr; // set by the engine

private:
  void set_common(const engine_config&, CURLSH* share, time_point now);
  void set_method();
  void set_headers();
  bool set_body();
  bool set_body_file();
  bool set_parts();
  bool open_target();
  bool fail_locally(std::string why);
  bool fail_on(std::string_view what, const std::string& path);
  outcome outcome_of(CURLcode) const;
  void read_headers(response&) const;
  bool finish_file(CURLcode);

  static size_t on_header(const char* line, size_t, size_t size, void* self);
  static size_t on_body(char* data, size_t, size_t size, void* self);
  static size_t on_upload(char* out, size_t, size_t room, void* self);
  static int on_rewind(void* self, curl_off_t offset, int origin);
  static int on_send(void* self, char*, char*, int, int);
  static curl_socket_t on_socket(void* self, curlsocktype, curl_sockaddr*);

  bool take(const char* data, size_t size);

  request request_;
  engine::callback done_;
  time_point submitted_;
  time_point deadline_;
  std::unique_ptr<easy_handle> handle_;
  curl_slist* headers_ = nullptr;
  curl_mime* parts_ = nullptr;
  int target_ = -1; // file that takes the body
  int source_ = -1; // file that is the body
  int64_t source_bytes_ = 0;
  int64_t source_at_ = 0;
  int sends_ = 0;              // how often a request began to leave on a connection
  bool head_complete_ = false; // of the latest answer
  bool forbidden_ = false;
  bool too_large_ = false;
  std::string local_fault_;
  int error_number_ = 0;
  std::string body_;
  std::string prefix_;
  int64_t received_ = 0;
};

} // namespace neurocards::http
