#include "clients/http_transfer.hpp"

#include "clients/address.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace neurocards::http {

namespace {

constexpr size_t prefix_limit = 64;            // of what goes to a file
constexpr size_t error_body_limit = 64 * 1024; // of a refusal where a file was expected
constexpr size_t header_limit = 64;            // entries kept

bool write_all(int fd, const char* data, size_t size) {
  while (size > 0) {
    const ssize_t n = ::write(fd, data, size);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return false;
    data += n;
    size -= static_cast<size_t>(n);
  }
  return true;
}

bool repeatable(const std::string& method) {
  return method == "GET" || method == "HEAD" || method == "PUT" || method == "DELETE";
}

bool is_success(long status) {
  return status >= 200 && status < 300;
}

long status_of(CURL* curl) {
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  return status;
}

} // namespace

easy_handle::easy_handle() : curl(curl_easy_init()) {
  if (curl == nullptr)
    throw std::runtime_error("libcurl gives no handle: out of memory");
}

easy_handle::~easy_handle() {
  curl_easy_cleanup(curl);
}

transfer::transfer(request what, engine::callback done, time_point now)
  : request_(std::move(what)), done_(std::move(done)), submitted_(now),
    deadline_(now + request_.timeout) {}

transfer::~transfer() {
  if (handle_)
    curl_easy_reset(handle_->curl); // it points into this transfer
  curl_mime_free(parts_);
  curl_slist_free_all(headers_);
  if (source_ >= 0)
    ::close(source_);
  if (target_ >= 0)
    finish_file(CURLE_ABORTED_BY_CALLBACK);
}

bool transfer::fail_locally(std::string why) {
  if (local_fault_.empty())
    local_fault_ = std::move(why);
  return false;
}

bool transfer::fail_on(std::string_view what, const std::string& path) {
  error_number_ = errno;
  return fail_locally(std::string{what} + " " + path + ": " + std::strerror(error_number_));
}

// ── what libcurl calls ───────────────────────────────────────────────────────────────────────────

/// libcurl takes a connection that ends within the headers for a complete answer without a body.
size_t transfer::on_header(const char* line, size_t, size_t size, void* self) {
  const std::string_view text{line, size};
  static_cast<transfer*>(self)->head_complete_ = text == "\r\n" || text == "\n";
  return size;
}

size_t transfer::on_body(char* data, size_t, size_t size, void* self) {
  try {
    return static_cast<transfer*>(self)->take(data, size) ? size : CURL_WRITEFUNC_ERROR;
  } catch (const std::exception&) { // out of memory; nothing may be thrown through libcurl
    return CURL_WRITEFUNC_ERROR;
  }
}

bool transfer::take(const char* data, size_t size) {
  received_ += static_cast<int64_t>(size);
  if (received_ > request_.max_bytes) {
    too_large_ = true;
    return false;
  }
  if (request_.save_to.empty()) {
    body_.append(data, size);
    return true;
  }
  if (!is_success(status_of(curl()))) { // a refusal instead of the file: its beginning will do
    body_.append(data, std::min(size, error_body_limit - std::min(error_body_limit, body_.size())));
    return true;
  }
  if (target_ < 0 && !open_target())
    return false;
  prefix_.append(data, std::min(size, prefix_limit - prefix_.size()));
  if (!write_all(target_, data, size))
    return fail_on("cannot write", request_.save_to);
  return true;
}

bool transfer::open_target() {
  target_ = ::open(request_.save_to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
  return target_ >= 0 || fail_on("cannot create", request_.save_to);
}

size_t transfer::on_upload(char* out, size_t, size_t room, void* self) {
  auto& x = *static_cast<transfer*>(self);
  const auto left = static_cast<size_t>(x.source_bytes_ - x.source_at_);
  if (left == 0)
    return 0;
  const ssize_t n = ::pread(x.source_, out, std::min(room, left), x.source_at_);
  if (n <= 0) { // an error, or the file was cut meanwhile
    x.fail_on("cannot read", x.request_.body_file);
    return CURL_READFUNC_ABORT;
  }
  x.source_at_ += n;
  return static_cast<size_t>(n);
}

int transfer::on_rewind(void* self, curl_off_t offset, int origin) {
  auto& x = *static_cast<transfer*>(self);
  if (origin != SEEK_SET || offset < 0 || offset > x.source_bytes_)
    return CURL_SEEKFUNC_FAIL;
  x.source_at_ = offset;
  return CURL_SEEKFUNC_OK;
}

/// The connection stands and the request is about to leave on it. When a kept connection turns out
/// dead libcurl comes here again for a second try on another one, although the server may have
/// acted on the first: only what is harmless twice may go on.
int transfer::on_send(void* self, char*, char*, int, int) {
  auto& x = *static_cast<transfer*>(self);
  const bool again = x.sends_++ > 0;
  return again && !repeatable(x.request_.method) ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

/// Judges the address that is really connected to: a name cannot resolve to another one later.
curl_socket_t transfer::on_socket(void* self, curlsocktype, curl_sockaddr* address) {
  if (is_private(&address->addr)) {
    static_cast<transfer*>(self)->forbidden_ = true;
    return CURL_SOCKET_BAD;
  }
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

// ── the answer ───────────────────────────────────────────────────────────────────────────────────

outcome transfer::outcome_of(CURLcode code) const {
  if (!local_fault_.empty())
    return outcome::local_fault;
  if (too_large_ || code == CURLE_FILESIZE_EXCEEDED)
    return outcome::too_large;
  if (code == CURLE_OK)
    return outcome::answered;
  if (forbidden_ && (code == CURLE_COULDNT_CONNECT || code == CURLE_ABORTED_BY_CALLBACK))
    return outcome::forbidden_address;
  const long status = curl() != nullptr ? status_of(curl()) : 0;
  if (code == CURLE_UNSUPPORTED_PROTOCOL && status >= 300 && status < 400)
    return outcome::forbidden_address; // redirected to another scheme
  if (sends_ > 0)
    return outcome::interrupted;
  switch (code) {
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_OUT_OF_MEMORY:
    case CURLE_FAILED_INIT:
    case CURLE_SSL_CACERT_BADFILE:
      return outcome::local_fault;
    default:
      return outcome::not_sent;
  }
}

response transfer::finish(CURLcode code, time_point now) {
  if (code == CURLE_OK && !head_complete_)
    code = CURLE_GOT_NOTHING;
  if (code == CURLE_OK && !request_.save_to.empty() && target_ < 0 && is_success(status_of(curl())))
    open_target(); // an empty body is a file, too
  if (!finish_file(code))
    fail_on("cannot write", request_.save_to);
  response result;
  result.how = outcome_of(code);
  result.took = std::chrono::duration_cast<std::chrono::microseconds>(now - submitted_);
  if (result.how == outcome::answered) {
    result.status = static_cast<int>(status_of(curl()));
    result.bytes = received_;
    result.body = std::move(body_);
    result.prefix = std::move(prefix_);
    read_headers(result);
    return result;
  }
  result.error = local_fault_;
  result.error_number = error_number_;
  if (result.error.empty() && handle_ && handle_->complaint[0] != '\0')
    result.error = handle_->complaint.data();
  if (result.error.empty())
    result.error = too_large_ ? "answer too large" : curl_easy_strerror(code);
  return result;
}

response transfer::abandon(std::string why, time_point now) {
  if (handle_)
    handle_->complaint[0] = '\0';
  response result = finish(CURLE_ABORTED_BY_CALLBACK, now);
  if (result.how == outcome::interrupted || result.how == outcome::not_sent)
    result.error = std::move(why);
  return result;
}

/// Closes the file that took the body; after a failure nothing of it is left.
bool transfer::finish_file(CURLcode code) {
  if (target_ < 0)
    return true;
  const bool closed = ::close(target_) == 0;
  target_ = -1;
  if (code != CURLE_OK || !closed)
    ::unlink(request_.save_to.c_str());
  return closed;
}

void transfer::read_headers(response& out) const {
  curl_header* entry = nullptr;
  while (out.headers.size() < header_limit
         && (entry = curl_easy_nextheader(curl(), CURLH_HEADER, -1, entry)) != nullptr) {
    if (strcasecmp(entry->name, "content-type") == 0)
      out.content_type = entry->value;
    else if (strcasecmp(entry->name, "retry-after") == 0)
      out.retry_after = entry->value;
    out.headers.push_back({entry->name, entry->value});
  }
}

std::unique_ptr<easy_handle> transfer::take_handle() {
  if (handle_)
    curl_easy_reset(handle_->curl);
  return std::move(handle_);
}

} // namespace neurocards::http
