#include "clients/redis.hpp"

#include "base/http_server.hpp"
#include "base/log.hpp"
#include "clients/redis_link.hpp"

#include <algorithm>
#include <charconv>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace neurocards::redis {

namespace {

using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

constexpr auto first_pause = 1s;
constexpr auto longest_pause = 30s;

std::optional<int> to_number(std::string_view text, int limit) {
  int result = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), result);
  if (error != std::errc{} || end != text.data() + text.size() || result < 0 || result > limit)
    return std::nullopt;
  return result;
}

/// hiredis and OpenSSL write without MSG_NOSIGNAL: a closed connection must not end the
/// process.
void ignore_broken_pipes() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

/// Parameters as hosts of Redis write them. Those that mean nothing to us are remembered by name.
bool read_parameters(std::string_view query, address& out) {
  for (const auto& [name, value] : decode_form(query)) {
    if (name == "db") {
      const auto database = to_number(value, 1'000'000);
      if (!database)
        return false;
      out.database = *database;
    } else if (name == "ssl_cert_reqs") { // of redis-py; CERT_NONE in older versions
      out.verify = value != "none" && value != "CERT_NONE";
    } else {
      out.ignored.push_back(name);
    }
  }
  return true;
}

} // namespace

std::optional<address> parse_url(std::string_view url) {
  const auto scheme = url.substr(0, url.find("://"));
  if (scheme != "redis" && scheme != "rediss")
    return std::nullopt;
  url.remove_prefix(std::min(url.size(), scheme.size() + 3));
  address result;
  result.tls = scheme == "rediss";
  // What stands before the last @ may hold any character, a ? as well.
  const auto mark = url.find('?', url.rfind('@') == url.npos ? 0 : url.rfind('@'));
  if (mark != url.npos && !read_parameters(url.substr(mark + 1), result))
    return std::nullopt;
  url = url.substr(0, mark);
  const auto slash = url.find('/');
  if (slash != std::string_view::npos && slash + 1 < url.size()) {
    const auto database = to_number(url.substr(slash + 1), 1'000'000);
    if (!database)
      return std::nullopt;
    result.database = *database;
  }
  url = url.substr(0, slash);
  if (const auto separator = url.rfind('@'); separator != std::string_view::npos) {
    const auto who = url.substr(0, separator);
    const auto colon = who.find(':');
    result.user = percent_decode(who.substr(0, colon));
    if (colon != std::string_view::npos)
      result.password = secret{percent_decode(who.substr(colon + 1))};
    url.remove_prefix(separator + 1);
  }
  const auto bracket = url.starts_with('[') ? url.find(']') : 0; // an IPv6 address
  if (bracket == std::string_view::npos)
    return std::nullopt;
  const auto colon = url.find(':', bracket);
  if (colon != std::string_view::npos) {
    const auto port = to_number(url.substr(colon + 1), 65'535);
    if (!port || *port == 0)
      return std::nullopt;
    result.port = *port;
  }
  result.host = bracket > 0 ? url.substr(1, bracket - 1) : url.substr(0, colon);
  if (result.host.empty())
    return std::nullopt;
  return result;
}

std::string try_beat(const address& where, std::chrono::milliseconds timeout) {
  std::string error;
  const auto c = link::open(where, timeout, resolver::ask_system, error);
  return c ? c->command({"SETEX", "neurocards:node:check", "1", "alive"}) : error;
}

/// The beacon's thread and the one beat that may wait for it.
class beacon::worker {
public:
  worker(address where, std::chrono::milliseconds timeout, resolver::lookup lookup)
    : where_(std::move(where)), timeout_(timeout), lookup_(std::move(lookup)),
      thread_([this] { run(); }) {}

  ~worker() {
    {
      const std::lock_guard guard{mutex_};
      stopping_ = true;
    }
    wake_.notify_one();
    thread_.join();
  }

  void beat(std::vector<std::string> words) {
    const std::lock_guard guard{mutex_};
    next_ = std::move(words);
    wake_.notify_one();
  }

  std::string error() const {
    const std::lock_guard guard{mutex_};
    return error_;
  }

private:
  void run() {
    ignore_broken_pipes();
    std::unique_lock lock{mutex_};
    auto pause = std::chrono::seconds{0};
    while (true) {
      wake_.wait(lock, [this] { return stopping_ || !next_.empty(); });
      if (stopping_)
        return;
      const auto words = std::exchange(next_, {});
      lock.unlock();
      auto error = deliver(words);
      lock.lock();
      pause = error.empty()
                ? 0s
                : std::min<std::chrono::seconds>(
                  std::max<std::chrono::seconds>(first_pause, pause * 2), longest_pause);
      error_ = std::move(error);
      if (pause > 0s)
        wake_.wait_for(lock, pause, [this] { return stopping_; });
    }
  }

  std::string deliver(const std::vector<std::string>& words) {
    std::string error;
    if (!connection_)
      connection_ = link::open(where_, timeout_, lookup_, error);
    if (connection_)
      error = connection_->command(words);
    if (!error.empty())
      connection_.reset();
    if (!error.empty() && failures_.should_log())
      log::warn("redis.beat_failed", "error", error, "times", failures_.count());
    if (error.empty() && failures_.count() > 0)
      log::info("redis.recovered", "failures", failures_.reset());
    return error;
  }

  address where_;
  std::chrono::milliseconds timeout_;
  resolver::lookup lookup_;
  std::unique_ptr<link> connection_; // of the thread
  log::limiter failures_;            // likewise
  mutable std::mutex mutex_;         // guards the next three
  std::vector<std::string> next_;
  std::string error_ = "no beat yet";
  bool stopping_ = false;
  std::condition_variable wake_;
  std::thread thread_; // last: started when all else stands
};

beacon::beacon(address where, std::chrono::milliseconds timeout, resolver::lookup lookup)
  : worker_(std::make_unique<worker>(std::move(where), timeout, std::move(lookup))) {}

beacon::~beacon() = default;

void beacon::beat(std::string key, std::string value, std::chrono::seconds life) {
  worker_->beat({"SETEX", std::move(key), std::to_string(life.count()), std::move(value)});
}

bool beacon::healthy() const {
  return last_error().empty();
}

std::string beacon::last_error() const {
  return worker_->error();
}

} // namespace neurocards::redis
