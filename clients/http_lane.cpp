#include "clients/http_lane.hpp"

#include "base/log.hpp"

#include <sys/epoll.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace neurocards::http {

namespace {

using namespace std::chrono_literals;

constexpr auto overdue_after = 2s;      // past its time limit: libcurl should have ended it
constexpr size_t pooled_handles = 1024; // idle easy handles kept
constexpr size_t remembered_hosts = 1024;
constexpr long kept_connections = 512; // per lane

/// "https://host:port" of a URL.
std::string origin_of(const std::string& url) {
  const auto scheme = url.find("://");
  const auto from = scheme == std::string::npos ? 0 : scheme + 3;
  return url.substr(0, url.find_first_of("/?#", from));
}

uint64_t token(uint32_t lane, int fd) {
  return uint64_t{lane} << 32 | static_cast<uint32_t>(fd);
}

} // namespace

lane::lane(uint32_t number, int per_host, int streams, shared* s)
  : number_(number), per_host_(per_host), streams_(streams), shared_(s), multi_(curl_multi_init()) {
  if (multi_ == nullptr)
    throw std::runtime_error("libcurl gives no multi handle: out of memory");
  curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &lane::on_socket);
  curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &lane::on_timer);
  curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
  curl_multi_setopt(multi_, CURLMOPT_MAX_HOST_CONNECTIONS, static_cast<long>(per_host_));
  curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, kept_connections);
}

lane::~lane() {
  curl_multi_cleanup(multi_);
}

void lane::add(std::unique_ptr<transfer> x, time_point now) {
  x->owner = this;
  shared_->transfers[x->number()] = x.get();
  if (!x->find_file_sizes(disk_of(*x), now))
    return enqueue(std::move(x), now);
  shared_->counters.waiting.fetch_add(1, std::memory_order_relaxed);
  x->where = phase::looking;
  looking_.insert(x.release());
}

void lane::enqueue(std::unique_ptr<transfer> x, time_point now) {
  auto& host = hosts_[origin_of(x->sent().url)];
  x->host = &host;
  x->where = phase::waiting;
  if (has_room(host))
    return start(std::move(x), now);
  shared_->counters.waiting.fetch_add(1, std::memory_order_relaxed);
  host.waiting.push_back(std::move(x));
  starved_ = starved_ || host.active == 0;
}

transfer::disk lane::disk_of(const transfer& x) const {
  return {shared_->disk.get(),
          [tell = shared_->disk_changed, number = x.number()] { tell(number); }};
}

std::unique_ptr<transfer> lane::take_looking(transfer* x) {
  shared_->counters.waiting.fetch_sub(1, std::memory_order_relaxed);
  looking_.erase(x);
  return std::unique_ptr<transfer>{x};
}

bool lane::has_room(const host_queue& host) const {
  const int most = host.streams ? streams_ : per_host_;
  return host.active < most && active_.size() < static_cast<size_t>(shared_->config->transfers);
}

void lane::start(std::unique_ptr<transfer> x, time_point now) {
  auto handle = std::unique_ptr<easy_handle>{};
  if (shared_->pool.empty()) {
    try {
      handle = std::make_unique<easy_handle>();
    } catch (const std::exception&) { // out of memory: this request fails, not the process
      auto answer = x->not_started("libcurl gives no handle: out of memory", now);
      return retire(std::move(x), std::move(answer));
    }
  } else {
    handle = std::move(shared_->pool.back());
    shared_->pool.pop_back();
  }
  begin(std::move(x), std::move(handle), now);
}

void lane::begin(std::unique_ptr<transfer> x, std::unique_ptr<easy_handle> handle, time_point now) {
  if (!x->prepare(std::move(handle), *shared_->config, shared_->share, disk_of(*x), now)) {
    static_cast<void>(x->close_file(CURLE_FAILED_INIT, now));
    auto answer = x->finish(now);
    return retire(std::move(x), std::move(answer));
  }
  ++x->host->active;
  shared_->counters.in_flight.fetch_add(1, std::memory_order_relaxed);
  curl_multi_add_handle(multi_, x->curl());
  x->where = phase::active;
  active_.insert(x.release());
}

void lane::start_waiting(host_queue& host, time_point now) {
  while (!host.waiting.empty() && has_room(host)) {
    auto next = std::move(host.waiting.front());
    host.waiting.pop_front();
    shared_->counters.waiting.fetch_sub(1, std::memory_order_relaxed);
    start(std::move(next), now);
  }
}

void lane::on_socket_ready(int fd, uint32_t events) {
  int mask = 0;
  if ((events & EPOLLIN) != 0)
    mask |= CURL_CSELECT_IN;
  if ((events & EPOLLOUT) != 0)
    mask |= CURL_CSELECT_OUT;
  if ((events & (EPOLLERR | EPOLLHUP)) != 0)
    mask |= CURL_CSELECT_ERR;
  int running = 0;
  curl_multi_socket_action(multi_, fd, mask, &running);
}

void lane::on_time(time_point now) {
  if (!timer_ || now < *timer_)
    return;
  timer_.reset();
  int running = 0;
  curl_multi_socket_action(multi_, CURL_SOCKET_TIMEOUT, 0, &running);
  // libcurl reports a time only when it differs from the one before: ask, lest it be lost.
  long milliseconds = -1;
  curl_multi_timeout(multi_, &milliseconds);
  on_timer(multi_, milliseconds, this);
}

void lane::reap() {
  int left = 0;
  const auto now = std::chrono::steady_clock::now();
  while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE)
      continue;
    char* self = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &self);
    end(reinterpret_cast<transfer*>(self), message->data.result, now);
  }
}

/// Takes the transfer from libcurl.
void lane::detach(transfer* x) {
  active_.erase(x);
  long version = 0;
  long opened = 0;
  curl_easy_getinfo(x->curl(), CURLINFO_HTTP_VERSION, &version);
  curl_easy_getinfo(x->curl(), CURLINFO_NUM_CONNECTS, &opened);
  x->host->streams = x->host->streams || version == CURL_HTTP_VERSION_2_0;
  shared_->counters.connections.fetch_add(static_cast<uint64_t>(opened), std::memory_order_relaxed);
  shared_->counters.in_flight.fetch_sub(1, std::memory_order_relaxed);
  --x->host->active;
  curl_multi_remove_handle(multi_, x->curl());
}

void lane::end(transfer* which, CURLcode code, time_point now) {
  detach(which);
  std::unique_ptr<transfer> x{which};
  auto& host = *x->host;
  if (x->resumes(code, now)) {
    auto handle = x->take_handle();
    begin(std::move(x), std::move(handle), now);
    return start_waiting(host, now); // should it not have started after all
  }
  const bool closing = x->close_file(code, now);
  start_waiting(host, now);
  if (starved_) {
    starved_ = false;
    for (auto& [origin, other] : hosts_) {
      start_waiting(other, now);
      starved_ = starved_ || (!other.waiting.empty() && other.active == 0);
    }
  }
  if (closing) {
    x->where = phase::closing;
    closing_.insert(x.release());
    return;
  }
  auto answer = x->finish(now);
  retire(std::move(x), std::move(answer));
}

void lane::on_disk(transfer* x) {
  const auto now = std::chrono::steady_clock::now();
  if (x->where == phase::active) {
    if (const auto code = x->on_disk(); code != CURLE_OK)
      end(x, code, now);
    return;
  }
  if (x->where == phase::looking) {
    if (x->files_known())
      enqueue(take_looking(x), now);
    return;
  }
  if (x->where != phase::closing || !x->file_closed())
    return;
  closing_.erase(x);
  auto answer = x->finish(now);
  retire(std::unique_ptr<transfer>{x}, std::move(answer));
}

void lane::cancel(transfer* x, time_point now) {
  switch (x->where) {
    case phase::looking: {
      auto answer = x->not_started("called off", now);
      return retire(take_looking(x), std::move(answer));
    }
    case phase::waiting: {
      auto& queue = x->host->waiting;
      const auto found = std::ranges::find(queue, x, &std::unique_ptr<transfer>::get);
      auto owned = std::move(*found);
      queue.erase(found);
      return refuse_waiting(std::move(owned), "called off", now);
    }
    case phase::active:
      x->call_off("called off");
      return end(x, CURLE_ABORTED_BY_CALLBACK, now);
    case phase::closing:
      return; // the disk ends it soon
  }
}

/// For one that is in no queue any more.
void lane::refuse_waiting(std::unique_ptr<transfer> x, const char* reason, time_point now) {
  shared_->counters.waiting.fetch_sub(1, std::memory_order_relaxed);
  auto answer = x->not_started(reason, now);
  retire(std::move(x), std::move(answer));
}

void lane::retire(std::unique_ptr<transfer> x, response answer) {
  shared_->transfers.erase(x->number());
  auto handle = x->take_handle();
  if (handle && shared_->pool.size() < pooled_handles)
    shared_->pool.push_back(std::move(handle));
  shared_->counters.finished.fetch_add(1, std::memory_order_relaxed);
  if (answer.outcome == outcome::answered)
    shared_->counters.answered.fetch_add(1, std::memory_order_relaxed);
  try {
    x->answer(std::move(answer));
  } catch (const std::exception& err) { // out of this thread it would end the process
    log::error("http.answer_threw", "error", err.what(), "advice", "report this");
  }
}

void lane::sweep(time_point now) {
  std::vector<transfer*> overdue;
  for (auto* x : active_)
    if (x->deadline() + overdue_after <= now)
      overdue.push_back(x);
  for (auto* x : overdue) {
    x->call_off("timed out");
    end(x, CURLE_ABORTED_BY_CALLBACK, now);
  }
  overdue.clear();
  for (auto* x : looking_)
    if (x->deadline() <= now)
      overdue.push_back(x);
  for (auto* x : overdue) {
    auto answer = x->without_files(now);
    retire(take_looking(x), std::move(answer));
  }
  overdue.clear();
  for (auto* x : closing_)
    if (x->deadline() <= now)
      overdue.push_back(x);
  for (auto* x : overdue) {
    closing_.erase(x);
    auto answer = x->finish(now);
    retire(std::unique_ptr<transfer>{x}, std::move(answer));
  }
  std::vector<std::unique_ptr<transfer>> late;
  for (auto& [origin, host] : hosts_) {
    auto& queue = host.waiting;
    for (auto i = queue.begin(); i != queue.end(); ++i)
      if ((*i)->deadline() <= now)
        late.push_back(std::move(*i));
    std::erase(queue, nullptr);
  }
  for (auto& x : late)
    refuse_waiting(std::move(x), "no connection became free in time", now);
  if (hosts_.size() > remembered_hosts)
    forget_idle_hosts();
}

void lane::forget_idle_hosts() {
  std::erase_if(hosts_,
                [](const auto& x) { return x.second.active == 0 && x.second.waiting.empty(); });
}

void lane::abandon_all(time_point now) {
  while (!looking_.empty()) {
    auto x = take_looking(*looking_.begin());
    auto answer = x->not_started("the engine stopped", now);
    retire(std::move(x), std::move(answer));
  }
  auto ended = std::exchange(closing_, {});
  for (auto* x : std::exchange(active_, {})) {
    x->call_off("the engine stopped");
    detach(x);
    static_cast<void>(x->close_file(CURLE_ABORTED_BY_CALLBACK, now));
    ended.insert(x);
  }
  for (auto* x : ended) { // the disk ends by itself
    auto answer = x->finish(now);
    retire(std::unique_ptr<transfer>{x}, std::move(answer));
  }
  for (auto& [origin, host] : hosts_)
    for (auto& x : std::exchange(host.waiting, {}))
      refuse_waiting(std::move(x), "the engine stopped", now);
}

int lane::on_socket(CURL*, curl_socket_t fd, int events, void* self, void* known) {
  auto& x = *static_cast<lane*>(self);
  if (events == CURL_POLL_REMOVE) {
    epoll_ctl(x.shared_->epoll, EPOLL_CTL_DEL, fd, nullptr);
    return 0;
  }
  epoll_event event{};
  event.events =
    ((events & CURL_POLL_IN) != 0 ? EPOLLIN : 0U) | ((events & CURL_POLL_OUT) != 0 ? EPOLLOUT : 0U);
  event.data.u64 = token(x.number_, fd);
  epoll_ctl(x.shared_->epoll, known == nullptr ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, fd, &event);
  if (known == nullptr)
    curl_multi_assign(x.multi_, fd, self);
  return 0;
}

int lane::on_timer(CURLM*, long milliseconds, void* self) {
  auto& x = *static_cast<lane*>(self);
  if (milliseconds < 0)
    x.timer_.reset();
  else
    x.timer_ = std::chrono::steady_clock::now() + std::chrono::milliseconds{milliseconds};
  return 0;
}

} // namespace neurocards::http
