#include "base/http_connection.hpp"

#include "base/http_exchange.hpp"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <sys/socket.h>

#include <algorithm>
#include <stdexcept>

namespace neurocards {

namespace {

using namespace std::chrono_literals;

constexpr int request_timeout = 408;
constexpr int body_too_long = 413;
constexpr int head_too_long = 431;

/// How long what a refused client still sends is read and dropped, so that it hears why.
constexpr auto longest_farewell = 2s;

timeval to_timeval(std::chrono::milliseconds x) {
  return {static_cast<time_t>(x.count() / 1000), static_cast<suseconds_t>(x.count() % 1000 * 1000)};
}

} // namespace

http_connection::http_connection(event_base* base, int fd, uint64_t id, std::string remote,
                                 const http_server::config& limits, owner& by)
  : id_(id), remote_(std::move(remote)), limits_(limits), owner_(by),
    io_(bufferevent_socket_new(base, fd, BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS)),
    deadline_(evtimer_new(
      base, [](int, short, void* x) { static_cast<http_connection*>(x)->on_deadline(); }, this)) {
  if (!io_ || !deadline_)
    throw std::runtime_error("http_connection: out of memory");
  bufferevent_setcb(
    io_, [](bufferevent*, void* x) { static_cast<http_connection*>(x)->on_readable(); },
    [](bufferevent*, void* x) { static_cast<http_connection*>(x)->on_written(); },
    [](bufferevent*, short events, void* x) { static_cast<http_connection*>(x)->on_event(events); },
    this);
  // What waits to be read is bounded in every state, also while an answer is being made.
  bufferevent_setwatermark(io_, EV_READ, 0, limits.max_headers);
  const auto patience = to_timeval(limits.idle_timeout);
  bufferevent_set_timeouts(io_, nullptr, &patience); // for a client that takes nothing
  enter(state::idle, limits.head_deadline);          // a new client speaks at once
  bufferevent_enable(io_, EV_READ | EV_WRITE);
}

http_connection::~http_connection() {
  if (deadline_)
    event_free(deadline_);
  if (io_)
    bufferevent_free(io_);
}

/// `limit` 0: as long as it takes.
void http_connection::enter(state next, std::chrono::milliseconds limit) {
  state_ = next;
  since_ = clock::now();
  if (limit.count() == 0) {
    event_del(deadline_);
    return;
  }
  const auto wait = to_timeval(limit);
  event_add(deadline_, &wait);
}

void http_connection::on_readable() {
  for (;;) {
    switch (state_) {
      case state::idle:
      case state::head:
        if (!read_head())
          return;
        break;
      case state::body:
        if (!read_body())
          return;
        break;
      case state::farewell: {
        auto* in = bufferevent_get_input(io_);
        evbuffer_drain(in, evbuffer_get_length(in));
        return;
      }
      default: // the next request waits for its turn
        return;
    }
  }
}

/// False: it is not whole, or there is nothing more to do with it.
bool http_connection::read_head() {
  auto* in = bufferevent_get_input(io_);
  char first[2] = {};
  while (seen_ == 0 && evbuffer_copyout(in, first, 1) == 1
         && (first[0] == '\r' || first[0] == '\n'))
    evbuffer_drain(in, 1); // empty lines between requests are legal
  const auto size = evbuffer_get_length(in);
  if (size == 0)
    return false;
  if (state_ == state::idle)
    enter(state::head, limits_.head_deadline);
  const std::string_view bytes{
    reinterpret_cast<const char*>(evbuffer_pullup(in, static_cast<ev_ssize_t>(size))), size};
  const auto end = end_of_head(bytes, std::exchange(seen_, size));
  if (end == 0) {
    if (size >= limits_.max_headers) {
      keep_ = false;
      refuse(head_too_long);
    }
    return false;
  }
  seen_ = 0;
  auto parsed = parse_head(bytes.substr(0, end));
  evbuffer_drain(in, end);
  ++requests_;
  if (const auto* status = std::get_if<int>(&parsed)) {
    keep_ = false;
    refuse(*status);
    return false;
  }
  return begin_body(std::get<http_head>(std::move(parsed)));
}

bool http_connection::begin_body(http_head head) {
  keep_ = head.keep_alive;
  bare_ = head.method == "HEAD";
  length_ = head.length;
  const bool continues = head.expects_continue && length_ != 0;
  incoming_ = to_request(std::move(head), remote_);
  range_ = incoming_.header("Range");
  auto verdict = owner_.admit(incoming_);
  if (verdict.refusal) {
    refuse(std::move(*verdict.refusal));
    return false;
  }
  max_body_ = verdict.max_body;
  if (length_ && *length_ > max_body_) {
    refuse(body_too_long);
    return false;
  }
  chunks_ = {};
  enter(state::body, limits_.body_deadline);
  if (continues)
    bufferevent_write(io_, "HTTP/1.1 100 Continue\r\n\r\n", 25);
  return true;
}

bool http_connection::read_body() {
  if (!length_)
    return read_chunks();
  auto* in = bufferevent_get_input(io_);
  auto& body = incoming_.body;
  const auto more = std::min<uint64_t>(*length_ - body.size(), evbuffer_get_length(in));
  const auto before = body.size();
  body.resize(before + more);
  evbuffer_remove(in, body.data() + before, more);
  if (body.size() < *length_)
    return false;
  serve();
  return false;
}

bool http_connection::read_chunks() {
  auto* in = bufferevent_get_input(io_);
  while (const auto size = evbuffer_get_contiguous_space(in)) {
    const auto* data = evbuffer_pullup(in, static_cast<ev_ssize_t>(size));
    std::string_view bytes{reinterpret_cast<const char*>(data), size};
    const auto got = chunks_.read(bytes, incoming_.body, max_body_);
    evbuffer_drain(in, size - bytes.size());
    if (got == chunk_reader::outcome::more)
      continue;
    if (got == chunk_reader::outcome::whole)
      serve();
    else
      refuse(got == chunk_reader::outcome::too_long ? body_too_long : 400);
    return false;
  }
  return false;
}

void http_connection::enter_served() {
  if (limits_.answered)
    path_ = incoming_.path;
  enter(state::served, 0ms);
}

void http_connection::serve() {
  enter_served();
  owner_.serve(*this, std::exchange(incoming_, {}));
}

void http_connection::refuse(int status) {
  refuse(http_server::answer{.status = status,
                             .headers = {{"Content-Type", "application/json"}},
                             .body = R"({"error":")" + std::string{reason_of(status)} + "\"}",
                             .file = {}});
}

/// Answers without reading the body. Where there is one, it cannot be told from the next request.
void http_connection::refuse(http_server::answer x) {
  keep_ = keep_ && length_ == 0;
  enter_served();
  incoming_ = {};
  answer(std::move(x));
}

void http_connection::answer(http_server::answer x) {
  if (limits_.answered)
    limits_.answered(path_, x.status, clock::now() - since_);
  enter(state::written, 0ms);
  write_answer(bufferevent_get_output(io_), std::move(x), {range_, bare_, keep_});
}

void http_connection::begin_stream(const http_server::answer& head) {
  keep_ = false;
  if (bare_)
    return answer(head);
  enter(state::streamed, 0ms);
  write_stream_head(bufferevent_get_output(io_), head);
}

bool http_connection::write(std::string_view bytes, size_t most_behind) const {
  auto* out = bufferevent_get_output(io_);
  if (evbuffer_get_length(out) + bytes.size() > most_behind)
    return false;
  return evbuffer_add(out, bytes.data(), bytes.size()) == 0;
}

void http_connection::cut(std::string_view bytes) const {
  (void)!::send(bufferevent_getfd(io_), bytes.data(), bytes.size(), MSG_NOSIGNAL);
}

void http_connection::on_written() {
  if (state_ != state::written || evbuffer_get_length(bufferevent_get_output(io_)) > 0)
    return;
  if (keep_) {
    enter(state::idle, limits_.idle_timeout);
    on_readable(); // the next request may be here already
    if (half_closed_ && waits())
      owner_.ended(*this);
    return;
  }
  ::shutdown(bufferevent_getfd(io_), SHUT_WR);
  if (half_closed_)
    return owner_.ended(*this);
  // Closed with bytes unread, the answer would be lost on its way: they are taken and dropped.
  enter(state::farewell, longest_farewell);
  on_readable();
}

void http_connection::on_event(short events) {
  const bool end_of_input = (events & BEV_EVENT_EOF) != 0 && (events & BEV_EVENT_READING) != 0;
  if (end_of_input && state_ == state::written) {
    half_closed_ = true; // it may still listen
    return;
  }
  owner_.ended(*this);
}

void http_connection::on_deadline() {
  if (state_ == state::idle || state_ == state::farewell)
    return owner_.ended(*this);
  keep_ = false;
  refuse(request_timeout);
}

} // namespace neurocards
