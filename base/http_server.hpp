#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace neurocards {

/// An HTTP/1.1 server on one thread of its own (over libevent). The handler runs on that thread and
/// must not block; the answer may come later and from any thread. Strangers are bounded:
/// connections, what each may send, and for how long.
class http_server {
public:
  /// Names and values in the order they came; names of headers compare without case.
  using fields = std::vector<std::pair<std::string, std::string>>;

  struct request {
    std::string method; // "GET", "POST", …
    std::string path;   // percent-decoded, without the query
    fields query;       // decoded
    fields headers;
    std::string body;
    std::string remote; // address of the client, without port

    /// Value of a header or of a query parameter; empty when absent.
    std::string_view header(std::string_view name) const;
    std::string_view param(std::string_view name) const;
  };

  struct answer {
    int status = 200;
    fields headers;
    std::string body;
    std::string file;     // non-empty: send this file instead of `body`, honouring Range
    bool chunked = false; // do not tell the length
  };

  class stream;

  /// The duty to answer one request, fulfilled once. Dropped unanswered, it answers 500. When the
  /// client has gone or the server has stopped, answering does nothing.
  class responder {
  public:
    responder(responder&& other) noexcept = default;
    responder& operator=(responder&& other) noexcept;
    ~responder();

    void send(answer x);
    void send(int status, std::string body, std::string_view content_type = "application/json");

    /// Begins an answer without an end: status and headers of `head` go at once.
    stream begin_stream(answer head);

    /// Writes `bytes` as they are (a few kilobytes at most) and closes the connection.
    void cut(std::string bytes = {});

  private:
    friend class http_server;
    friend class stream;
    struct loop;
    responder(std::shared_ptr<loop> l, uint64_t connection, uint64_t number)
      : loop_(std::move(l)), connection_(connection), number_(number) {}

    std::shared_ptr<loop> loop_; // empty: answered or moved from
    uint64_t connection_;
    uint64_t number_; // of the request among those of its connection
  };

  /// An answer that goes on until either side ends the connection. Copies are the same stream; from
  /// any thread. A client that is more than `most_behind` bytes behind is dropped.
  class stream {
  public:
    static constexpr size_t most_behind = 256U << 10;

    void write(std::string bytes) const;

    /// False once a write has found the client gone or dropped it.
    bool is_open() const { return *open_; }

  private:
    friend class responder;
    stream(std::shared_ptr<responder::loop> l, uint64_t connection, uint64_t number)
      : loop_(std::move(l)), connection_(connection), number_(number) {}

    std::shared_ptr<responder::loop> loop_;
    uint64_t connection_;
    uint64_t number_;
    std::shared_ptr<std::atomic<bool>> open_ = std::make_shared<std::atomic<bool>>(true);
  };

  using handler = std::function<void(request, responder)>;

  /// What a request may bring, checked by its head before its body is read.
  struct admission {
    size_t max_body = 0;           // bytes; more is answered with 413
    std::optional<answer> refusal; // what it gets instead; its body stays unread
  };

  struct config {
    std::string host = "127.0.0.1";
    uint16_t port = 0;                               // 0: any free one
    size_t max_body = 64 * 1024 * 1024;              // bytes; more is answered with 413
    size_t max_headers = 64 * 1024;                  // bytes
    std::chrono::milliseconds idle_timeout{120'000}; // of a connection that sends or takes nothing
    std::chrono::milliseconds head_deadline{
      60'000}; // from a request's first byte to its last header
    std::chrono::milliseconds body_deadline{300'000}; // from there to the end of its body
    size_t max_connections = 10'000; // beyond it, those that wait longest without a request go
    size_t max_per_address = 0;      // of one client; 0: no limit
    bool loopback_counts = true;     // false: this host's own (its proxies) are not limited so

    /// Asked once a head is complete. Empty: everybody may bring `max_body`.
    std::function<admission(const request& head)> admit = {};

    /// Told of every answer, on the server's thread: what path was asked for (empty: none that
    /// could be read), and how long the answer took once the request was whole. Must not throw.
    std::function<void(std::string_view path, int status, std::chrono::nanoseconds took)> answered =
      {};
  };

  /// Listens at once and serves until `stop`. Throws std::runtime_error when it cannot listen.
  http_server(const config& cfg, handler h);
  ~http_server();

  uint16_t port() const { return port_; }

  /// Clients that are connected.
  size_t connections() const;

  /// Runs `f` on the server's thread, soon or after `delay` (±5 ms); forgotten when the server
  /// stops.
  void post(std::function<void()> f);
  void run_after(std::chrono::milliseconds delay, std::function<void()> f);

  /// Takes no more connections, gives requests at hand `grace` to be answered, closes all and
  /// joins. Not to be called on the server's own thread.
  void stop(std::chrono::milliseconds grace = std::chrono::milliseconds{200});

private:
  std::shared_ptr<responder::loop> loop_;
  uint16_t port_ = 0;
  std::thread thread_;
};

/// Decodes `a=1&b=x+y%21`.
http_server::fields decode_form(std::string_view text);

/// Decodes %XX; '+' stays as it is.
std::string percent_decode(std::string_view text);

} // namespace neurocards
