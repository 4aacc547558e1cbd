#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace neurocards::sandbox {

/// Requests that the services make themselves: webhooks, callbacks, fetching of photos. One thread
/// with libcurl; answers are handed to `post`, which has them run elsewhere.
class outbound {
public:
  struct request {
    std::string url;
    std::string body{};                 // empty: GET, else POST
    std::vector<std::string> headers{}; // "Name: value"
    std::chrono::milliseconds timeout{30'000};
    size_t max_bytes = 25U * 1024 * 1024; // of the answer; more is an error
  };
  struct result {
    int status = 0; // 0: no answer
    std::string error;
    std::string body;
    std::string content_type;
    std::string retry_after; // header; empty: absent
  };
  using callback = std::function<void(result)>;

  /// Servers with TLS are believed by the certificates in the file SSL_CERT_FILE of the
  /// environment, if it is set, as the program curl does.
  explicit outbound(std::function<void(std::function<void()>)> post);
  ~outbound();

  void send(request r, callback done);

private:
  struct transfer;

  void run();
  void begin(transfer& t);

  std::function<void(std::function<void()>)> post_;
  std::string authority_; // file of certificates; empty: the system's
  std::mutex mutex_;
  std::deque<std::unique_ptr<transfer>> queue_;
  bool stopping_ = false;
  void* multi_;
  std::thread thread_;
};

} // namespace neurocards::sandbox
