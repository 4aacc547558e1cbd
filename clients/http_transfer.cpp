#include "clients/http_transfer.hpp"

#include "clients/address.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <stdexcept>
#include <utility>

namespace neurocards::http {

namespace {

constexpr size_t prefix_limit = 64;            // of what goes to a file
constexpr size_t error_body_limit = 64 * 1024; // of a refusal where a file was expected
constexpr size_t header_limit = 64;            // entries kept
constexpr int max_resumptions = 5;             // of one download

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

transfer::transfer(uint64_t number, request content, engine::callback done, time_point now)
  : number_(number), request_(std::move(content)), done_(std::move(done)), submitted_(now),
    deadline_(now + request_.timeout) {
  if (carries_file())
    deadline_ = time_point::max(); // its turn comes: those before it have limits
}

transfer::~transfer() {
  if (handle_)
    curl_easy_reset(handle_->curl); // it points into this transfer
  curl_slist_free_all(headers_);
  if (sink_)
    sink_->close(false);
}

bool transfer::carries_file() const {
  const auto with_file = [](const part& x) { return !x.file.empty(); };
  return wants_file() || !request_.body_file.empty()
         || std::any_of(request_.parts.begin(), request_.parts.end(), with_file);
}

bool transfer::wants_file() const {
  return !request_.save_to.empty();
}

bool transfer::fail_locally(std::string reason) {
  if (local_fault_.empty())
    local_fault_ = std::move(reason);
  return false;
}

// ── what libcurl calls ───────────────────────────────────────────────────────────────────────────

/// libcurl takes a connection that ends within the headers for a complete answer without a body. It
/// gives trailers to this function as well, but not the empty line behind them.
size_t transfer::on_header(const char* line, size_t, size_t size, void* self) {
  const std::string_view text{line, size};
  auto& complete = static_cast<transfer*>(self)->head_complete_;
  if (text.starts_with("HTTP/"))
    complete = false;
  else if (text == "\r\n" || text == "\n")
    complete = true;
  return size;
}

size_t transfer::on_body(char* data, size_t, size_t size, void* self) {
  try {
    return static_cast<transfer*>(self)->take({data, size});
  } catch (const std::exception&) { // out of memory; nothing may be thrown through libcurl
    return CURL_WRITEFUNC_ERROR;
  }
}

size_t transfer::take(std::string_view data) {
  if (wants_file() && is_success(status_of(curl())))
    return save(data);
  received_ += static_cast<int64_t>(data.size());
  if (received_ > request_.max_bytes) {
    too_large_ = true;
    return CURL_WRITEFUNC_ERROR;
  }
  // A refusal instead of a file: its beginning will do.
  const size_t room =
    wants_file() ? error_body_limit - std::min(error_body_limit, body_.size()) : data.size();
  body_.append(data.substr(0, room));
  return data.size();
}

size_t transfer::save(std::string_view data) {
  if (!saving_ && !begin_saving())
    return CURL_WRITEFUNC_ERROR;
  const auto size = static_cast<int64_t>(data.size());
  if (received_ + size > request_.max_bytes) {
    too_large_ = true;
    return CURL_WRITEFUNC_ERROR;
  }
  switch (sink_->put(data)) {
    case file_sink::taken::failed:
      return CURL_WRITEFUNC_ERROR;
    case file_sink::taken::full:
      paused_ = true;
      return CURL_WRITEFUNC_PAUSE;
    case file_sink::taken::yes:
      break;
  }
  received_ += size;
  prefix_.append(data.substr(0, prefix_limit - std::min(prefix_limit, prefix_.size())));
  return data.size();
}

void transfer::open_sink() {
  if (!sink_)
    sink_ = std::make_shared<file_sink>(request_.save_to, *disk_.worker, disk_.changed);
}

/// A part is taken only as what was asked for: the rest of the very same content. Anything else
/// begins the file anew, or is no file at all.
bool transfer::begin_saving() {
  const bool part = status_of(curl()) == 206;
  if (part && !continues_here()) {
    validator_.clear(); // nothing to go on with: the next try is the caller's
    return false;
  }
  open_sink();
  if (!part) {
    if (received_ > 0)
      sink_->restart();
    received_ = 0;
    resumed_from_ = 0;
    prefix_.clear();
    validator_ = validator_here();
    curl_off_t announced = -1;
    curl_easy_getinfo(curl(), CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &announced);
    whole_ = announced;
  }
  return saving_ = true;
}

bool transfer::continues_here() {
  const auto range = header_value("Content-Range"); // bytes 6-9/10, or bytes 6-9/*
  const auto size = range.substr(std::min(range.find('/'), range.size() - 1) + 1);
  if (whole_ < 0)
    std::from_chars(size.data(), size.data() + size.size(), whole_);
  const auto name = validator_here();
  return resumed_from_ > 0 && range.starts_with("bytes " + std::to_string(resumed_from_) + "-")
         && (size == "*" || size == std::to_string(whole_)) && (name.empty() || name == validator_);
}

/// A server may send less of the rest than it was asked for.
bool transfer::is_cut_short() const {
  return saving_ && received_ < whole_;
}

/// What vouches for the bytes of this answer. A weak ETag does not; nor may a body that was coded
/// for the journey go on.
std::string transfer::validator_here() const {
  if (!header_value("Content-Encoding").empty())
    return {};
  const auto tag = header_value("ETag");
  return tag.empty() || tag.starts_with("W/") ? header_value("Last-Modified") : tag;
}

std::string transfer::header_value(const char* name) const {
  curl_header* found = nullptr;
  return curl_easy_header(curl(), name, 0, CURLH_HEADER, -1, &found) == CURLHE_OK ? found->value
                                                                                  : "";
}

CURLcode transfer::on_disk() {
  return std::exchange(paused_, false) ? curl_easy_pause(curl(), CURLPAUSE_CONT) : CURLE_OK;
}

/// The connection stands and the request is about to leave on it. When a kept connection turns out
/// dead libcurl comes here again for a second try on another one, although the server may have
/// acted on the first: only what is harmless twice may go on.
int transfer::on_send(void* self, char*, char*, int, int) {
  auto& x = *static_cast<transfer*>(self);
  if (std::exchange(x.connects_, false) && x.config_->connected)
    x.config_->connected();
  const bool again = x.sends_++ > 0;
  return again && !repeatable(x.request_.method) ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

int transfer::on_new_socket(void* self, curl_socket_t, curlsocktype) {
  static_cast<transfer*>(self)->connects_ = true;
  return CURL_SOCKOPT_OK;
}

/// Checks the address that is really connected to: a name cannot resolve to another one later.
curl_socket_t transfer::on_socket(void* self, curlsocktype, curl_sockaddr* address) {
  auto& x = *static_cast<transfer*>(self);
  if (is_private(&address->addr)) {
    x.forbidden_ = true;
    x.forbidden_address_ = to_text(&address->addr) + " is of " + private_network_of(&address->addr);
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
  if (!called_off_.empty())
    return outcome::not_started;
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

bool transfer::resumes(CURLcode code, time_point now) {
  const bool cut = (code == CURLE_OK && is_cut_short()) || code == CURLE_PARTIAL_FILE
                   || code == CURLE_RECV_ERROR || code == CURLE_HTTP2_STREAM || code == CURLE_HTTP2;
  if (!cut || !saving_ || validator_.empty() || request_.method != "GET"
      || received_ <= resumed_from_ || resumptions_ >= max_resumptions || deadline_ <= now
      || sink_->error_number() != 0)
    return false;
  ++resumptions_;
  resumed_from_ = received_;
  saving_ = false;
  paused_ = false;
  head_complete_ = false;
  curl_slist_free_all(std::exchange(headers_, nullptr));
  curl_easy_reset(curl());
  return true;
}

/// A server may answer before it has the whole request (over HTTP/2 it then ends the stream without
/// a fault: RFC 9113, 8.1). To libcurl 7.88 that is an exchange that failed, or one that never
/// ends. An answer that is whole by its length counts all the same; so does one without a length
/// where libcurl has nothing to say of the stream's end: of a fault it tells which.
bool transfer::answered_early(CURLcode code) const {
  const bool of_network = code == CURLE_HTTP2_STREAM || code == CURLE_HTTP2
                          || code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR
                          || code == CURLE_OPERATION_TIMEDOUT;
  if (!of_network || !head_complete_)
    return false;
  curl_off_t announced = -1; // of the body; stays so where the server says nothing of it
  curl_easy_getinfo(curl(), CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &announced);
  return announced < 0 ? code == CURLE_HTTP2_STREAM && handle_->complaint[0] == '\0'
                       : announced == received_;
}

bool transfer::close_file(CURLcode code, time_point now) {
  const long status = curl() != nullptr ? status_of(curl()) : 0;
  if (answered_early(code))
    code = CURLE_OK;
  if (code == CURLE_OK && (!head_complete_ || status < 200))
    code = CURLE_GOT_NOTHING; // only informed, or not even that
  if (code == CURLE_OK && is_cut_short())
    code = CURLE_PARTIAL_FILE;
  if (code == CURLE_OK && wants_file() && is_success(status) && !saving_ && !begin_saving())
    code = CURLE_RANGE_ERROR; // an empty body is a file, too
  code_ = code;
  if (code != CURLE_OK)
    blame_waiting_disk();
  if (!sink_)
    return false;
  sink_->close(code == CURLE_OK && saving_);
  deadline_ = now + disk_limit;
  return !sink_->closed();
}

/// A file that the disk does not finish is none, whatever the server sent.
void transfer::adopt_fault_of_disk() {
  if (!sink_ || !local_fault_.empty())
    return;
  error_number_ = sink_->error_number();
  if (error_number_ != 0) {
    local_fault_ = sink_->fault();
  } else if (code_ == CURLE_OK && !sink_->closed()) {
    error_number_ = ETIMEDOUT;
    local_fault_ = "the disk does not take " + request_.save_to;
  }
}

response transfer::finish(time_point now) {
  adopt_fault_of_disk();
  response result;
  result.outcome = outcome_of(code_);
  result.took = std::chrono::duration_cast<std::chrono::microseconds>(now - submitted_);
  if (result.outcome == outcome::answered) {
    result.status = static_cast<int>(status_of(curl()));
    if (wants_file() && result.status == 206)
      result.status = 200; // the parts make a whole
    result.bytes = received_;
    result.body = std::move(body_);
    result.prefix = std::move(prefix_);
    read_headers(result);
    return result;
  }
  result.error = local_fault_.empty() ? called_off_ : local_fault_;
  result.error_number = error_number_;
  if (result.outcome == outcome::forbidden_address && forbidden_address_.empty())
    result.error_number = EPROTONOSUPPORT; // the server sends us to another scheme
  else if (result.outcome == outcome::forbidden_address)
    result.error = forbidden_address_ + ", no public network";
  if (result.error.empty() && handle_ && handle_->complaint[0] != '\0')
    result.error = handle_->complaint.data();
  if (result.error.empty())
    result.error = too_large_ ? "answer too large" : curl_easy_strerror(code_);
  return result;
}

void transfer::call_off(std::string reason) {
  called_off_ = std::move(reason);
}

response transfer::not_started(std::string reason, time_point now) const {
  response result;
  result.outcome = outcome::not_started;
  result.error = std::move(reason);
  result.took = std::chrono::duration_cast<std::chrono::microseconds>(now - submitted_);
  return result;
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
