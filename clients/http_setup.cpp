#include "clients/http_transfer.hpp"

#include <strings.h>

#include <algorithm>
#include <utility>

/// How a request becomes options of a libcurl handle.
namespace neurocards::http {

namespace {

constexpr long max_redirects = 5;

bool breaks_line(const std::string& text) {
  return text.find_first_of("\r\n") != std::string::npos;
}

long milliseconds_left(transfer::time_point deadline, transfer::time_point now) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - now).count();
  return std::max<long>(left, 1); // 0 would mean "without limit" to libcurl
}

} // namespace

bool transfer::prepare(std::unique_ptr<easy_handle> handle, const engine_config& config,
                       CURLSH* share, disk storage, time_point now) {
  if (!std::exchange(started_, true))
    deadline_ = now + request_.timeout;
  disk_ = std::move(storage);
  handle_ = std::move(handle);
  config_ = &config;
  handle_->complaint[0] = '\0';
  set_common(config, share, now);
  const auto unfit = [](const header& x) { return breaks_line(x.name) || breaks_line(x.value); };
  if (std::any_of(request_.headers.begin(), request_.headers.end(), unfit)
      || breaks_line(request_.bearer.reveal()))
    return fail_locally("a header contains a line break");
  set_method();
  if (!set_body())
    return false;
  set_headers();
  return true;
}

void transfer::set_common(const engine_config& config, CURLSH* share, time_point now) {
  CURL* c = curl();
  curl_easy_setopt(c, CURLOPT_PRIVATE, this);
  curl_easy_setopt(c, CURLOPT_ERRORBUFFER, handle_->complaint.data());
  curl_easy_setopt(c, CURLOPT_SHARE, share);
  curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
  // Without it a time-out during name resolution would wait for the resolver's thread.
  curl_easy_setopt(c, CURLOPT_QUICK_EXIT, 1L);
  curl_easy_setopt(c, CURLOPT_URL, request_.url.c_str());
  curl_easy_setopt(c, CURLOPT_PATH_AS_IS, 1L); // signatures cover the path as written
  curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(c, CURLOPT_USERAGENT, config.user_agent.c_str());
  curl_easy_setopt(c, CURLOPT_PROXY, request_.proxy.c_str()); // "": not even the environment's
  curl_easy_setopt(c, CURLOPT_NOPROXY, "");
  if (!config.ca_file.empty())
    curl_easy_setopt(c, CURLOPT_CAINFO, config.ca_file.c_str());
  curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, milliseconds_left(deadline_, now));
  curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS,
                   static_cast<long>(request_.connect_timeout.count()));
  curl_easy_setopt(c, CURLOPT_DNS_CACHE_TIMEOUT, static_cast<long>(config.dns_cache.count()));
  curl_easy_setopt(c, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(c, CURLOPT_TCP_KEEPIDLE, 30L);
  curl_easy_setopt(c, CURLOPT_TCP_KEEPINTVL, 10L);
  curl_easy_setopt(c, CURLOPT_MAXAGE_CONN, 55L); // below the idle limit of usual servers
  curl_easy_setopt(c, CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(request_.max_bytes));
  curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, &transfer::on_header);
  curl_easy_setopt(c, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, &transfer::on_body);
  curl_easy_setopt(c, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(c, CURLOPT_PREREQFUNCTION, &transfer::on_send);
  curl_easy_setopt(c, CURLOPT_PREREQDATA, this);
  curl_easy_setopt(c, CURLOPT_SOCKOPTFUNCTION, &transfer::on_new_socket);
  curl_easy_setopt(c, CURLOPT_SOCKOPTDATA, this);
  if (request_.fresh) {
    // HTTP/1.1: a GOAWAY or a lost stream would be one more way to an uncertain end.
    curl_easy_setopt(c, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(c, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
  } else if (request_.url.starts_with("https")) {
    // The TLS handshake tells whether streams can be shared. Without TLS only an answer would, and
    // all would wait for the first one.
    curl_easy_setopt(c, CURLOPT_PIPEWAIT, 1L);
  }
  if (request_.min_speed > 0) {
    curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, static_cast<long>(request_.min_speed));
    curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, 30L);
  }
  if (request_.follow) {
    curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(c, CURLOPT_MAXREDIRS, max_redirects);
    curl_easy_setopt(c, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
  }
  if (!request_.private_addresses && request_.proxy.empty()) {
    curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, &transfer::on_socket);
    curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, this);
  }
}

void transfer::set_method() {
  CURL* c = curl();
  if (request_.method == "HEAD")
    curl_easy_setopt(c, CURLOPT_NOBODY, 1L);
  else if (request_.method == "POST" && !upload_)
    curl_easy_setopt(c, CURLOPT_POST, 1L);
  else if (request_.method != "GET")
    curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, request_.method.c_str());
}

void transfer::set_headers() {
  bool typed = false;
  for (const auto& x : request_.headers) {
    const std::string line = x.name + ": " + x.value;
    headers_ = curl_slist_append(headers_, line.c_str());
    typed = typed || strcasecmp(x.name.c_str(), "content-type") == 0;
  }
  if (!request_.bearer.empty())
    headers_ =
      curl_slist_append(headers_, ("Authorization: Bearer " + request_.bearer.reveal()).c_str());
  // Without it any coding would do, says the standard.
  headers_ = curl_slist_append(headers_, "Accept-Encoding: identity");
  if (resumed_from_ > 0) {
    const auto range = "Range: bytes=" + std::to_string(resumed_from_) + "-";
    headers_ = curl_slist_append(headers_, range.c_str());
    headers_ = curl_slist_append(headers_, ("If-Range: " + validator_).c_str());
  }
  headers_ = curl_slist_append(headers_, "Expect:"); // else a second is lost waiting for 100
  if (!typed) {                                      // else libcurl guesses
    const auto type = upload_ ? " " + upload_->content_type() : std::string{};
    headers_ = curl_slist_append(headers_, ("Content-Type:" + type).c_str());
  }
  curl_easy_setopt(curl(), CURLOPT_HTTPHEADER, headers_);
}

bool transfer::set_body() {
  if (!files_are_good())
    return false;
  if (upload_) {
    set_upload();
  } else if (request_.method == "POST" || request_.method == "PUT" || !request_.body.empty()) {
    curl_easy_setopt(curl(), CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(request_.body.size()));
    curl_easy_setopt(curl(), CURLOPT_POSTFIELDS, request_.body.data());
  }
  return true;
}

void transfer::set_upload() {
  CURL* c = curl();
  curl_easy_setopt(c, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, request_.method.c_str());
  curl_easy_setopt(c, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(upload_->size()));
  curl_easy_setopt(c, CURLOPT_UPLOAD_BUFFERSIZE, 256L * 1024);
  curl_easy_setopt(c, CURLOPT_READFUNCTION, &transfer::on_upload);
  curl_easy_setopt(c, CURLOPT_READDATA, this);
  curl_easy_setopt(c, CURLOPT_SEEKFUNCTION, &transfer::on_rewind);
  curl_easy_setopt(c, CURLOPT_SEEKDATA, this);
}

} // namespace neurocards::http
