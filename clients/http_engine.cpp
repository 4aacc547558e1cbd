#include "clients/http_engine.hpp"

#include "clients/http_lane.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>

namespace neurocards::http {

namespace {

using namespace std::chrono_literals;

constexpr uint64_t wake_token = ~uint64_t{0};
constexpr auto sweep_interval = 200ms;

enum lane_number : uint32_t { urgent_lane, small_lane, bulk_lane, guarded_lane, lane_count };

lane_number lane_of(const request& x) {
  if (!x.private_addresses)
    return guarded_lane;
  const auto with_file = [](const part& p) { return !p.file.empty(); };
  if (!x.save_to.empty() || !x.body_file.empty()
      || std::any_of(x.parts.begin(), x.parts.end(), with_file))
    return bulk_lane;
  return x.urgent ? urgent_lane : small_lane;
}

CURLSH* make_share() {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  CURLSH* share = started == CURLE_OK ? curl_share_init() : nullptr;
  if (share == nullptr)
    throw std::runtime_error("libcurl cannot be initialised");
  // Used by one thread only, so that no lock functions are needed.
  curl_share_setopt(share, CURLSHOPT_SHARE, CURL_LOCK_DATA_DNS);
  curl_share_setopt(share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
  return share;
}

int checked(int fd, const char* what) {
  if (fd < 0)
    throw std::runtime_error(std::string{what} + ": " + std::strerror(errno));
  return fd;
}

/// OpenSSL writes without MSG_NOSIGNAL, and CURLOPT_NOSIGNAL leaves the signal alone.
void ignore_broken_pipes() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

} // namespace

/// The engine's thread and all it touches.
class engine::loop {
public:
  explicit loop(engine_config config)
    : config_(std::move(config)), epoll_(checked(epoll_create1(EPOLL_CLOEXEC), "epoll_create1")),
      wake_(checked(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd")) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = wake_token;
    epoll_ctl(epoll_, EPOLL_CTL_ADD, wake_, &event);
    shared_.config = &config_;
    shared_.share = make_share();
    shared_.epoll = epoll_;
    const std::array<int, lane_count> per_host{
      config_.urgent_connections_per_host, config_.connections_per_host,
      config_.bulk_connections_per_host, config_.bulk_connections_per_host};
    for (uint32_t i = 0; i < lane_count; ++i)
      lanes_[i] = std::make_unique<lane>(i, per_host[i], &shared_);
    thread_ = std::thread{[this] { run(); }};
  }

  ~loop() {
    {
      const std::lock_guard guard{mutex_};
      stopping_ = true;
    }
    wake();
    thread_.join();
    for (auto& x : lanes_)
      x.reset();
    shared_.pool.clear(); // handles before what they share
    curl_share_cleanup(shared_.share);
    ::close(wake_);
    ::close(epoll_);
  }

  void submit(request what, callback done) {
    shared_.counters.submitted.fetch_add(1, std::memory_order_relaxed);
    auto x = std::make_unique<transfer>(std::move(what), std::move(done),
                                        std::chrono::steady_clock::now());
    const bool full = shared_.counters.waiting.load(std::memory_order_relaxed) >= config_.waiting;
    bool first = false;
    if (!full) {
      const std::lock_guard guard{mutex_};
      if (!stopping_) {
        first = arrivals_.empty();
        arrivals_.push_back(std::move(x));
      }
    }
    if (first)
      wake();
    if (x)
      refuse(*x, full ? "too many requests are waiting" : "the engine stopped");
  }

  engine_counters counters() const {
    const auto& c = shared_.counters;
    return {c.submitted, c.finished, c.answered, c.connections, c.in_flight, c.waiting};
  }

private:
  void refuse(transfer& x, const char* why) {
    shared_.counters.finished.fetch_add(1, std::memory_order_relaxed);
    x.answer(x.abandon(why, std::chrono::steady_clock::now()));
  }

  void wake() const {
    const uint64_t one = 1;
    static_cast<void>(::write(wake_, &one, sizeof one)); // fails only when already awake
  }

  void run() {
    ignore_broken_pipes();
    auto next_sweep = std::chrono::steady_clock::now() + sweep_interval;
    while (start_arrivals()) {
      wait_for_events();
      const auto now = std::chrono::steady_clock::now();
      for (auto& x : lanes_) {
        x->on_time(now);
        x->reap();
      }
      if (now < next_sweep)
        continue;
      next_sweep = now + sweep_interval;
      for (auto& x : lanes_)
        x->sweep(now);
    }
    const auto now = std::chrono::steady_clock::now();
    for (auto& x : lanes_)
      x->abandon_all(now);
    for (auto& x : std::exchange(arrivals_, {})) // nobody adds to it any more
      refuse(*x, "the engine stopped");
  }

  /// False when the engine is to stop.
  bool start_arrivals() {
    std::vector<std::unique_ptr<transfer>> batch;
    {
      const std::lock_guard guard{mutex_};
      if (stopping_)
        return false;
      batch.swap(arrivals_);
    }
    const auto now = std::chrono::steady_clock::now();
    for (auto& x : batch)
      lanes_[lane_of(x->what())]->add(std::move(x), now);
    return true;
  }

  void wait_for_events() {
    std::array<epoll_event, 256> events{};
    const int n = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), patience());
    for (int i = 0; i < n; ++i) {
      const auto& event = events[static_cast<size_t>(i)];
      if (event.data.u64 == wake_token) {
        uint64_t count = 0;
        static_cast<void>(::read(wake_, &count, sizeof count));
        continue;
      }
      lanes_[event.data.u64 >> 32]->on_socket_ready(static_cast<int>(event.data.u64 & 0xffffffffU),
                                                    event.events);
    }
  }

  /// Milliseconds until something is due, rounded up.
  int patience() const {
    auto due = std::chrono::steady_clock::now() + sweep_interval;
    for (const auto& x : lanes_)
      due = std::min(due, x->next_time().value_or(due));
    const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(due - std::chrono::steady_clock::now());
    return static_cast<int>(std::max<int64_t>(left.count(), 0));
  }

  engine_config config_;
  int epoll_;
  int wake_;
  lane::shared shared_;
  std::array<std::unique_ptr<lane>, lane_count> lanes_;
  std::mutex mutex_; // guards the next two
  std::vector<std::unique_ptr<transfer>> arrivals_;
  bool stopping_ = false;
  std::thread thread_;
};

engine::engine(engine_config config) : loop_(std::make_unique<loop>(std::move(config))) {}

engine::~engine() = default;

void engine::submit(request what, callback done) {
  loop_->submit(std::move(what), std::move(done));
}

engine_counters engine::counters() const {
  return loop_->counters();
}

} // namespace neurocards::http
