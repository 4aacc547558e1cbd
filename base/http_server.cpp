#include "base/http_server.hpp"

#include "base/http_clients.hpp"
#include "base/http_connection.hpp"
#include "base/http_door.hpp"

#include <event2/event.h>
#include <event2/thread.h>
#include <event2/util.h>
#include <pthread.h>
#include <signal.h>

#include <map>
#include <mutex>
#include <stdexcept>

namespace neurocards {

namespace {

using clock = std::chrono::steady_clock;

timeval to_timeval(clock::duration x) {
  const auto us = std::max<int64_t>(0, std::chrono::ceil<std::chrono::microseconds>(x).count());
  return {static_cast<time_t>(us / 1'000'000), static_cast<suseconds_t>(us % 1'000'000)};
}

/// Runs what others have handed over: an exception must not leave through libevent, which is C.
/// False: there was one.
template <class F>
bool guarded(log::spell& faults, F&& f) noexcept {
  std::string error = "not a std::exception";
  try {
    std::forward<F>(f)();
    return true;
  } catch (const std::exception& err) {
    error = err.what();
  } catch (...) { // it has nothing to say
  }
  if (faults.should_log())
    log::error("http_server.handler_threw", "error", error, "times", faults.count(), "advice",
               "report this");
  return false;
}

} // namespace

/// What lives on the server's thread. Shared with the responders, which may outlive the server;
/// everything but `queue` and `open` belongs to that thread.
struct http_server::responder::loop final : http_connection::owner {
  std::mutex mutex;
  std::vector<std::function<void()>> queue;
  bool open = true; // false: nothing runs any more

  config settings;
  handler on_request;
  event_base* base = nullptr;
  event* wake = nullptr;
  event* alarm = nullptr;
  std::multimap<clock::time_point, std::function<void()>> timers;
  std::optional<http_door> door;
  http_clients clients;
  log::spell faults;
  std::thread::id thread;       // set before the first responder exists
  std::shared_ptr<loop> shared; // for the responders made by `serve`

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
      guarded(faults, f);
  }

  void add_timer(clock::time_point due, std::function<void()> f) {
    const auto place = timers.emplace(due, std::move(f));
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
      guarded(faults, timers.extract(timers.begin()).mapped());
    set_alarm();
  }

  void arrive(int fd, std::string remote) {
    if (!clients.make_room(remote, settings)) {
      evutil_closesocket(fd);
      return;
    }
    clients.add(base, fd, std::move(remote), settings, *this);
  }

  admission admit(const request& head) override {
    admission result{settings.max_body, {}};
    if (settings.admit && !guarded(faults, [&] { result = settings.admit(head); }))
      return {0, answer{.status = 500, .headers = {}, .body = {}, .file = {}}};
    return result;
  }

  void serve(http_connection& from, request x) override {
    responder to{shared, from.id(), from.requests()}; // answers 500 if the handler throws
    guarded(faults, [&] { on_request(std::move(x), std::move(to)); });
  }

  void ended(http_connection& x) override { clients.remove(x.id()); }

  void finish(uint64_t connection, uint64_t number, answer x) {
    if (auto* to = clients.waiting(connection, number))
      to->answer(std::move(x));
  }

  void cut(uint64_t connection, uint64_t number, const std::string& bytes) {
    if (auto* to = clients.waiting(connection, number)) {
      to->cut(bytes);
      clients.remove(connection);
    }
  }

  void begin_stream(uint64_t connection, uint64_t number, const answer& head) {
    if (auto* to = clients.waiting(connection, number))
      to->begin_stream(head);
  }

  /// False: the client has gone, or goes now because it takes too little.
  bool write(uint64_t connection, uint64_t number, const std::string& bytes) {
    auto* to = clients.streaming(connection, number);
    if (to && to->write(bytes, stream::most_behind))
      return true;
    if (to)
      clients.remove(connection);
    return false;
  }

  void begin_stop(clock::time_point deadline) {
    door.reset();
    if (!clients.busy() || clock::now() >= deadline) {
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
    door.reset();
    clients.clear();
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
  number_ = other.number_;
  return *this;
}

http_server::responder::~responder() {
  if (!loop_)
    return;
  log::spell faults;
  guarded(faults, [this] { send(500, "{\"error\":\"not answered\"}"); });
}

void http_server::responder::send(answer x) {
  const auto l = std::exchange(loop_, nullptr);
  if (!l)
    return;
  if (l->here())
    return l->finish(connection_, number_, std::move(x));
  l->post([raw = l.get(), conn = connection_, number = number_, x = std::move(x)]() mutable {
    raw->finish(conn, number, std::move(x));
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
    l->post([raw = l.get(), conn = connection_, number = number_, bytes = std::move(bytes)] {
      raw->cut(conn, number, bytes);
    });
}

http_server::stream http_server::responder::begin_stream(answer head) {
  stream result{std::exchange(loop_, nullptr), connection_, number_};
  if (const auto& l = result.loop_)
    l->post([raw = l.get(), conn = connection_, number = number_, head = std::move(head)] {
      raw->begin_stream(conn, number, head);
    });
  return result;
}

void http_server::stream::write(std::string bytes) const {
  if (loop_ && is_open())
    loop_->post([raw = loop_.get(), conn = connection_, number = number_, open = open_,
                 bytes = std::move(bytes)] {
      if (!raw->write(conn, number, bytes))
        *open = false;
    });
}

http_server::http_server(const config& cfg, handler h)
  : loop_(std::make_shared<responder::loop>()) {
  static const int threads = evthread_use_pthreads(); // once, before the first base
  auto& l = *loop_;
  l.settings = cfg;
  l.on_request = std::move(h);
  l.base = threads == 0 ? event_base_new() : nullptr;
  if (!l.base)
    throw std::runtime_error("http_server: cannot create an event loop");
  l.wake = event_new(
    l.base, -1, 0, [](int, short, void* x) { static_cast<responder::loop*>(x)->run_posted(); }, &l);
  l.alarm = evtimer_new(
    l.base, [](int, short, void* x) { static_cast<responder::loop*>(x)->run_timers(); }, &l);
  try {
    l.door.emplace(
      l.base, cfg, [raw = &l](int fd, std::string remote) { raw->arrive(fd, std::move(remote)); },
      [raw = &l] { raw->clients.make_way(); });
  } catch (...) {
    l.close();
    throw;
  }
  port_ = l.door->port();
  l.shared = loop_;
  thread_ = std::thread{[raw = &l] { raw->run(); }};
}

http_server::~http_server() {
  stop(std::chrono::milliseconds{0});
}

size_t http_server::connections() const {
  return loop_->clients.count();
}

void http_server::post(std::function<void()> f) {
  loop_->post(std::move(f));
}

void http_server::run_after(std::chrono::milliseconds delay, std::function<void()> f) {
  loop_->post([l = loop_.get(), due = clock::now() + delay, f = std::move(f)]() mutable {
    l->add_timer(due, std::move(f));
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
