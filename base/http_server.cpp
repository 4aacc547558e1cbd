#include "base/http_server.hpp"

#include "base/http_exchange.hpp"
#include "base/log.hpp"

#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/listener.h>
#include <event2/thread.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>

#include <map>
#include <mutex>
#include <stdexcept>
#include <system_error>
#include <unordered_map>

namespace neurocards {

namespace {

using clock = std::chrono::steady_clock;

timeval to_timeval(clock::duration x) {
  const auto us = std::max<int64_t>(0, std::chrono::ceil<std::chrono::microseconds>(x).count());
  return {static_cast<time_t>(us / 1'000'000), static_cast<suseconds_t>(us % 1'000'000)};
}

/// Runs what others have handed over: an exception must not leave through libevent, which is C.
template <class F>
void guarded(F&& f) noexcept {
  try {
    std::forward<F>(f)();
  } catch (const std::exception& err) {
    log::error("http_server.handler_threw", "error", err.what(), "advice", "report this");
  } catch (...) {
    log::error("http_server.handler_threw", "error", "not a std::exception", "advice",
               "report this");
  }
}

} // namespace

/// What lives on the server's thread. Shared with the responders, which may outlive the server;
/// everything but `queue` and `open` belongs to that thread.
struct http_server::responder::loop {
  struct connection {
    uint64_t id = 0;               // of its latest request
    evhttp_request* req = nullptr; // waits for its answer; null: answered
    bool busy = false;             // its answer is not yet on its way in full
  };

  std::mutex mutex;
  std::vector<std::function<void()>> queue;
  bool open = true; // false: nothing runs any more

  handler on_request;
  event_base* base = nullptr;
  evhttp* http = nullptr;
  evhttp_bound_socket* door = nullptr;
  event* wake = nullptr;
  event* alarm = nullptr;
  std::multimap<clock::time_point, std::function<void()>> timers;
  std::unordered_map<void*, connection> connections;
  std::atomic<size_t> connected = 0;
  uint64_t last_id = 0;
  size_t busy = 0;
  std::thread::id thread;       // set before the first responder exists
  std::shared_ptr<loop> shared; // for the responders made by `accept`

  void post(std::function<void()> f) {
    const std::lock_guard guard{mutex};
    if (!open)
      return;
    queue.push_back(std::move(f));
    if (queue.size() == 1)
      event_active(wake, EV_TIMEOUT, 0);
  }

  void run_posted() {
    std::vector<std::function<void()>> work;
    {
      const std::lock_guard guard{mutex};
      work.swap(queue);
    }
    for (auto& f : work)
      guarded(f);
  }

  void add_timer(clock::time_point at, std::function<void()> f) {
    const auto place = timers.emplace(at, std::move(f));
    if (place == timers.begin())
      set_alarm();
  }

  void set_alarm() {
    if (timers.empty())
      return;
    const auto wait = to_timeval(timers.begin()->first - clock::now());
    event_add(alarm, &wait);
  }

  void run_timers() {
    // Only those due now: a timer that sets another one at once must not keep the loop for itself.
    const auto now = clock::now();
    while (!timers.empty() && timers.begin()->first <= now)
      guarded(timers.extract(timers.begin()).mapped());
    set_alarm();
  }

  static void on_evhttp(evhttp_request* req, void* self) { static_cast<loop*>(self)->accept(req); }

  void accept(evhttp_request* req) {
    auto* conn = evhttp_request_get_connection(req);
    auto& entry = connections[conn];
    if (entry.id == 0) {
      connected = connections.size();
      evhttp_connection_set_closecb(
        conn, [](evhttp_connection* c, void* self) { static_cast<loop*>(self)->forget(c); }, this);
    }
    evhttp_request_set_on_complete_cb(
      req,
      [](evhttp_request* r, void* self) {
        static_cast<loop*>(self)->sent(evhttp_request_get_connection(r));
      },
      this);
    entry = {++last_id, req, true};
    ++busy;
    responder to{shared, conn, entry.id}; // answers 500 if the handler throws
    guarded([&] { on_request(read_request(req), std::move(to)); });
  }

  void sent(void* conn) {
    const auto at = connections.find(conn);
    if (at != connections.end() && std::exchange(at->second.busy, false))
      --busy;
  }

  void forget(void* conn) {
    sent(conn);
    connections.erase(conn);
    connected = connections.size();
  }

  /// The request to be answered, or null when the client has gone. Each is given out once.
  evhttp_request* take(void* conn, uint64_t id) {
    const auto at = connections.find(conn);
    if (at == connections.end() || at->second.id != id)
      return nullptr;
    return std::exchange(at->second.req, nullptr);
  }

  void finish(void* conn, uint64_t id, answer x) {
    if (auto* req = take(conn, id))
      send_answer(req, std::move(x));
  }

  void cut(void* conn, uint64_t id, const std::string& bytes) {
    auto* req = take(conn, id);
    if (!req)
      return;
    auto* c = evhttp_request_get_connection(req);
    const auto fd = bufferevent_getfd(evhttp_connection_get_bufferevent(c));
    (void)!::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL); // as much as the socket takes
    evhttp_connection_free(c);
  }

  void listen(const config& cfg) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_PASSIVE;
    addrinfo* found = nullptr;
    const auto number = std::to_string(cfg.port);
    const char* host = cfg.host.empty() ? nullptr : cfg.host.c_str();
    evconnlistener* listener = nullptr;
    if (getaddrinfo(host, number.c_str(), &hints, &found) == 0) {
      listener = evconnlistener_new_bind(
        base, nullptr, nullptr, LEV_OPT_REUSEABLE | LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC,
        1024, found->ai_addr, static_cast<int>(found->ai_addrlen));
      freeaddrinfo(found);
    }
    if (!listener)
      throw std::runtime_error("http_server: cannot listen on " + cfg.host + ":" + number + ": "
                               + std::generic_category().message(errno));
    door = evhttp_bind_listener(http, listener);
  }

  uint16_t bound_port() const {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    getsockname(evhttp_bound_socket_get_fd(door), reinterpret_cast<sockaddr*>(&address), &size);
    return ntohs(address.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6&>(address).sin6_port
                                               : reinterpret_cast<sockaddr_in&>(address).sin_port);
  }

  void begin_stop(clock::time_point deadline) {
    if (door)
      evhttp_del_accept_socket(http, std::exchange(door, nullptr));
    if (busy == 0 || clock::now() >= deadline) {
      event_base_loopbreak(base);
      return;
    }
    add_timer(clock::now() + std::chrono::milliseconds{5},
              [this, deadline] { begin_stop(deadline); });
  }

  void run() {
    thread = std::this_thread::get_id();
    sigset_t gone; // clients that have hung up are no reason to die: writing to them fails instead
    sigemptyset(&gone);
    sigaddset(&gone, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &gone, nullptr);
    event_base_loop(base, EVLOOP_NO_EXIT_ON_EMPTY);
  }

  bool here() const { return std::this_thread::get_id() == thread; }

  /// Once the thread has ended (or never began): from here on every call is without effect.
  void close() {
    std::vector<std::function<void()>> unused;
    {
      const std::lock_guard guard{mutex};
      open = false;
      unused.swap(queue); // dropped outside the lock: responders in there will try to answer
    }
    unused.clear();
    std::exchange(timers, {}).clear();
    if (http)
      evhttp_free(std::exchange(http, nullptr));
    for (auto** e : {&wake, &alarm})
      if (*e)
        event_free(std::exchange(*e, nullptr));
    if (base)
      event_base_free(std::exchange(base, nullptr));
    shared.reset();
  }
};

http_server::responder& http_server::responder::operator=(responder&& other) noexcept {
  const responder old{std::move(*this)}; // answers 500 if it still has to
  loop_ = std::move(other.loop_);
  connection_ = other.connection_;
  id_ = other.id_;
  return *this;
}

http_server::responder::~responder() {
  if (loop_)
    guarded([this] { send(500, "{\"error\":\"not answered\"}"); });
}

void http_server::responder::send(answer x) {
  const auto l = std::exchange(loop_, nullptr);
  if (!l)
    return;
  if (l->here())
    return l->finish(connection_, id_, std::move(x));
  l->post([raw = l.get(), conn = connection_, id = id_, x = std::move(x)]() mutable {
    raw->finish(conn, id, std::move(x));
  });
}

void http_server::responder::send(int status, std::string body, std::string_view content_type) {
  send(answer{.status = status,
              .headers = {{"Content-Type", std::string{content_type}}},
              .body = std::move(body),
              .file = {}});
}

void http_server::responder::cut(std::string bytes) {
  if (const auto l = std::exchange(loop_, nullptr))
    l->post([raw = l.get(), conn = connection_, id = id_, bytes = std::move(bytes)] {
      raw->cut(conn, id, bytes);
    });
}

http_server::http_server(const config& cfg, handler h)
  : loop_(std::make_shared<responder::loop>()) {
  static const int threads = evthread_use_pthreads(); // once, before the first base
  auto& l = *loop_;
  l.on_request = std::move(h);
  l.base = threads == 0 ? event_base_new() : nullptr;
  l.http = l.base ? evhttp_new(l.base) : nullptr;
  if (!l.http)
    throw std::runtime_error("http_server: cannot create an event loop");
  l.wake = event_new(
    l.base, -1, 0, [](int, short, void* x) { static_cast<responder::loop*>(x)->run_posted(); }, &l);
  l.alarm = evtimer_new(
    l.base, [](int, short, void* x) { static_cast<responder::loop*>(x)->run_timers(); }, &l);
  evhttp_set_gencb(l.http, responder::loop::on_evhttp, &l);
  evhttp_set_default_content_type(l.http, nullptr);
  evhttp_set_max_body_size(l.http, static_cast<ev_ssize_t>(cfg.max_body));
  evhttp_set_max_headers_size(l.http, static_cast<ev_ssize_t>(cfg.max_headers));
  evhttp_set_timeout(l.http, static_cast<int>(cfg.idle_timeout.count()));
  evhttp_set_flags(l.http, EVHTTP_SERVER_LINGERING_CLOSE); // lets a too big upload hear its 413
  evhttp_set_allowed_methods(l.http, EVHTTP_REQ_GET | EVHTTP_REQ_POST | EVHTTP_REQ_HEAD
                                       | EVHTTP_REQ_PUT | EVHTTP_REQ_DELETE | EVHTTP_REQ_OPTIONS
                                       | EVHTTP_REQ_PATCH);
  try {
    l.listen(cfg);
  } catch (...) {
    l.close();
    throw;
  }
  port_ = l.bound_port();
  l.shared = loop_;
  thread_ = std::thread{[raw = &l] { raw->run(); }};
}

http_server::~http_server() {
  stop(std::chrono::milliseconds{0});
}

size_t http_server::connections() const {
  return loop_->connected;
}

void http_server::post(std::function<void()> f) {
  loop_->post(std::move(f));
}

void http_server::run_after(std::chrono::milliseconds delay, std::function<void()> f) {
  loop_->post([l = loop_.get(), at = clock::now() + delay, f = std::move(f)]() mutable {
    l->add_timer(at, std::move(f));
  });
}

void http_server::stop(std::chrono::milliseconds grace) {
  if (!thread_.joinable())
    return;
  loop_->post([l = loop_.get(), until = clock::now() + grace] { l->begin_stop(until); });
  thread_.join();
  loop_->close();
}

} // namespace neurocards
