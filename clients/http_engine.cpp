#include "clients/http_engine.hpp"

#include "clients/file_worker.hpp"
#include "clients/http_inbox.hpp"
#include "clients/http_lane.hpp"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <stdexcept>
#include <thread>
#include <utility>

namespace neurocards::http {

namespace {

using namespace std::chrono_literals;

constexpr uint64_t wake_token = ~uint64_t{0};
constexpr auto sweep_interval = 200ms;
constexpr auto longest_sleep = 3s; // the engine's pulse is to be felt
constexpr size_t few = 16;         // transfers, whose deadlines are compared each time

enum lane_number : uint32_t { urgent_lane, small_lane, bulk_lane, guarded_lane, lane_count };

lane_number lane_of(const transfer& x) {
  if (!x.sent().private_addresses)
    return guarded_lane;
  if (x.carries_file())
    return bulk_lane;
  return x.sent().urgent ? urgent_lane : small_lane;
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
    : config_(std::move(config)), epoll_(checked(epoll_create1(EPOLL_CLOEXEC), "epoll_create1")) {
    if (!config_.beats)
      config_.beats = std::make_shared<pulse>();
    *config_.beats = std::chrono::steady_clock::now().time_since_epoch();
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = wake_token;
    epoll_ctl(epoll_, EPOLL_CTL_ADD, inbox_->descriptor(), &event);
    shared_.config = &config_;
    shared_.share = make_share();
    shared_.epoll = epoll_;
    shared_.disk = config_.disk ? config_.disk : std::make_shared<storage::file_worker>();
    shared_.disk_changed = [inbox = inbox_](uint64_t number) {
      inbox->order(engine_inbox::written, number);
    };
    const int bulk = config_.bulk_connections_per_host;
    const int streams = config_.streams_per_host;
    const std::array<std::pair<int, int>, lane_count> caps{
      {{config_.urgent_connections_per_host, streams},
       {config_.connections_per_host, streams},
       {bulk, bulk}, // files share a line, whatever the protocol: more of them end none sooner
       {bulk, bulk}}};
    for (uint32_t i = 0; i < lane_count; ++i)
      lanes_[i] = std::make_unique<lane>(i, caps[i].first, caps[i].second, &shared_);
    thread_ = std::thread{[this] { run(); }};
  }

  ~loop() {
    inbox_->stop();
    thread_.join();
    for (auto& x : lanes_)
      x.reset();
    shared_.disk.reset(); // does what it was given, and tells us
    shared_.pool.clear(); // handles before what they share
    curl_share_cleanup(shared_.share);
    ::close(epoll_);
  }

  uint64_t submit(request content, callback done) {
    shared_.counters.submitted.fetch_add(1, std::memory_order_relaxed);
    const auto number = last_number_.fetch_add(1, std::memory_order_relaxed) + 1;
    auto x = std::make_unique<transfer>(number, std::move(content), std::move(done),
                                        std::chrono::steady_clock::now());
    const bool full = shared_.counters.waiting.load(std::memory_order_relaxed) >= config_.waiting;
    if (!full)
      x = inbox_->arrive(std::move(x));
    if (x)
      refuse(*x, full ? "too many requests are waiting" : "the engine stopped");
    return number;
  }

  void cancel(uint64_t number) { inbox_->order(engine_inbox::cancelled, number); }

  engine_counters counters() const {
    const auto& c = shared_.counters;
    return {c.submitted, c.finished, c.answered, c.connections, c.in_flight, c.waiting};
  }

private:
  void refuse(transfer& x, const char* reason) {
    shared_.counters.finished.fetch_add(1, std::memory_order_relaxed);
    x.answer(x.not_started(reason, std::chrono::steady_clock::now()));
  }

  void run() {
    ignore_broken_pipes();
    auto next_sweep = std::chrono::steady_clock::now() + sweep_interval;
    while (take_inbox()) {
      wait_for_events();
      const auto now = std::chrono::steady_clock::now();
      *config_.beats = now.time_since_epoch();
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
  }

  /// False when the engine is to stop.
  bool take_inbox() {
    auto batch = inbox_->take();
    if (batch.stopping) {
      for (auto& x : batch.arrivals)
        refuse(*x, "the engine stopped");
      return false;
    }
    const auto now = std::chrono::steady_clock::now();
    for (auto& x : batch.arrivals) {
      auto& where = *lanes_[lane_of(*x)];
      where.add(std::move(x), now);
    }
    for (const auto number : batch.written)
      if (auto* x = find(number))
        x->owner->on_disk(x);
    for (const auto number : batch.cancelled)
      if (auto* x = find(number))
        x->owner->cancel(x, now);
    return true;
  }

  transfer* find(uint64_t number) const {
    const auto found = shared_.transfers.find(number);
    return found == shared_.transfers.end() ? nullptr : found->second;
  }

  void wait_for_events() {
    std::array<epoll_event, 256> events{};
    const int n = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), patience());
    for (int i = 0; i < n; ++i) {
      const auto& event = events[static_cast<size_t>(i)];
      if (event.data.u64 == wake_token) {
        inbox_->awake();
        continue;
      }
      lanes_[event.data.u64 >> 32]->on_socket_ready(static_cast<int>(event.data.u64 & 0xffffffffU),
                                                    event.events);
    }
  }

  /// Milliseconds until something is due, rounded up.
  int patience() const {
    auto due = sweep_time();
    for (const auto& x : lanes_)
      due = std::min(due, x->next_time().value_or(due));
    const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(due - std::chrono::steady_clock::now());
    return static_cast<int>(std::max<int64_t>(left.count(), 0));
  }

  /// Long polls and idle connections need no sweep before their time.
  std::chrono::steady_clock::time_point sweep_time() const {
    const auto now = std::chrono::steady_clock::now();
    if (shared_.transfers.size() > few)
      return now + sweep_interval;
    auto due = now + longest_sleep;
    for (const auto& [_, x] : shared_.transfers)
      due = std::min(due, x->deadline());
    return std::max(due, now + sweep_interval);
  }

  engine_config config_;
  int epoll_;
  std::shared_ptr<engine_inbox> inbox_ = std::make_shared<engine_inbox>();
  lane::shared shared_;
  std::array<std::unique_ptr<lane>, lane_count> lanes_;
  std::atomic<uint64_t> last_number_{0};
  std::thread thread_;
};

engine::engine(engine_config config) : loop_(std::make_unique<loop>(std::move(config))) {}

engine::~engine() = default;

uint64_t engine::submit(request content, callback done) {
  return loop_->submit(std::move(content), std::move(done));
}

void engine::cancel(uint64_t number) {
  loop_->cancel(number);
}

engine_counters engine::counters() const {
  return loop_->counters();
}

} // namespace neurocards::http
