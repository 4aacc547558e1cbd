#include "clients/redis.hpp"

#include "base/http_server.hpp"
#include "base/log.hpp"

#include <hiredis/hiredis.h>

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

struct free_context {
  void operator()(redisContext* x) const { redisFree(x); }
};
struct free_reply {
  void operator()(redisReply* x) const { freeReplyObject(x); }
};
using context = std::unique_ptr<redisContext, free_context>;
using reply = std::unique_ptr<redisReply, free_reply>;

timeval to_timeval(std::chrono::milliseconds x) {
  return {static_cast<time_t>(x.count() / 1000), static_cast<suseconds_t>(x.count() % 1000 * 1000)};
}

/// Sends one command. Empty: it was carried out; otherwise why not.
std::string command(redisContext& c, const std::vector<std::string>& words) {
  std::vector<const char*> texts;
  std::vector<size_t> sizes;
  for (const auto& x : words) {
    texts.push_back(x.data());
    sizes.push_back(x.size());
  }
  const reply answer{static_cast<redisReply*>(
    redisCommandArgv(&c, static_cast<int>(words.size()), texts.data(), sizes.data()))};
  if (!answer)
    return c.errstr[0] != '\0' ? c.errstr : "connection lost";
  if (answer->type == REDIS_REPLY_ERROR)
    return {answer->str, answer->len};
  return {};
}

/// A connection to the first address that takes one; on failure null, and why in `error`.
context connect_to_any(const std::vector<std::string>& addresses, int port,
                       std::chrono::milliseconds timeout, std::string& error) {
  for (const auto& x : addresses) {
    context c{redisConnectWithTimeout(x.c_str(), port, to_timeval(timeout))};
    error = !c ? "out of memory" : c->err != 0 ? c->errstr : "";
    if (error.empty())
      return c;
  }
  return nullptr;
}

/// Connects and authenticates; on failure null, and why in `error`.
context connect(const address& where, std::chrono::milliseconds timeout,
                const resolver::lookup& lookup, std::string& error) {
  const auto found = resolver::within(timeout, where.host, lookup);
  error = found.error;
  if (!error.empty())
    return nullptr;
  auto c = connect_to_any(found.addresses, where.port, timeout, error);
  if (!c)
    return nullptr;
  redisSetTimeout(c.get(), to_timeval(timeout));
  if (!where.password.empty()) {
    std::vector<std::string> words{"AUTH"};
    if (!where.user.empty())
      words.push_back(where.user);
    words.push_back(where.password.reveal());
    error = command(*c, words);
  }
  if (error.empty() && where.database != 0)
    error = command(*c, {"SELECT", std::to_string(where.database)});
  return error.empty() ? std::move(c) : nullptr;
}

std::optional<int> to_number(std::string_view text, int limit) {
  int result = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), result);
  if (error != std::errc{} || end != text.data() + text.size() || result < 0 || result > limit)
    return std::nullopt;
  return result;
}

/// hiredis writes without MSG_NOSIGNAL: a closed connection must not end the process.
void ignore_broken_pipes() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

} // namespace

std::optional<address> parse_url(std::string_view url) {
  constexpr std::string_view scheme = "redis://";
  if (!url.starts_with(scheme))
    return std::nullopt;
  url.remove_prefix(scheme.size());
  address result;
  const auto slash = url.find('/');
  if (slash != std::string_view::npos && slash + 1 < url.size()) {
    const auto database = to_number(url.substr(slash + 1), 1'000'000);
    if (!database)
      return std::nullopt;
    result.database = *database;
  }
  url = url.substr(0, slash);
  if (const auto at = url.rfind('@'); at != std::string_view::npos) {
    const auto who = url.substr(0, at);
    const auto colon = who.find(':');
    result.user = percent_decode(who.substr(0, colon));
    if (colon != std::string_view::npos)
      result.password = secret{percent_decode(who.substr(colon + 1))};
    url.remove_prefix(at + 1);
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

std::string ping(const address& where, std::chrono::milliseconds timeout) {
  std::string error;
  const auto c = connect(where, timeout, resolver::ask_system, error);
  return c ? command(*c, {"PING"}) : error;
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
      connection_ = connect(where_, timeout_, lookup_, error);
    if (connection_)
      error = command(*connection_, words);
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
  context connection_;       // of the thread
  log::limiter failures_;    // likewise
  mutable std::mutex mutex_; // guards the next three
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
