#pragma once

#include "sandbox/app.hpp"

#include <curl/curl.h>
#include <nlohmann/json.hpp>

#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>

namespace neurocards::test::simulated {

using namespace sandbox;

using json = nlohmann::json;
using namespace std::chrono_literals;

constexpr std::chrono::milliseconds patience{10'000}; // of a test that waits for something

struct http_call {
  std::string url;
  std::optional<std::string> body{}; // POST when there
  std::vector<std::string> headers{};
  std::string user_agent = "test";
  std::string method{}; // instead of GET or POST
  std::chrono::milliseconds timeout = patience;
  size_t enough = 64U << 20; // stop reading after so many bytes
};

struct http_result {
  long status = 0;
  CURLcode code = CURLE_OK;
  std::string body;
  std::map<std::string, std::string> headers; // lower-case names

  json parsed() const; // throws, naming what came instead, when the body is not JSON
};

/// Does a call and waits for its end.
http_result fetch(const http_call& call);

http_result get(const std::string& url, std::vector<std::string> headers = {});
http_result post(const std::string& url, const json& body, std::vector<std::string> headers = {});

/// Somebody whom the services call: keeps the requests and answers as told.
class receiver {
public:
  receiver();

  std::string url() const {
    return "http://127.0.0.1:" + std::to_string(server_->port()) + "/hook";
  }

  /// The status of the next answers; 200 when the list is used up.
  void answer_next(std::vector<int> statuses);

  /// Waits until there are `n` requests and returns all. Fewer: nobody called in time.
  std::vector<http_server::request> wait_for(size_t n);

private:
  void take(http_server::request req, http_server::responder r);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<http_server::request> requests_;
  std::vector<int> statuses_;
  std::unique_ptr<http_server> server_;
};

/// The services on a free port, quick and without limits unless a test changes that.
struct services {
  services();

  app running;
  std::string base = running.address();
  std::string bot = base + "/bot123:secret";

  json telegram(const std::string& method, const json& parameters);
  json control(const std::string& path, const json& body);
  json read(const std::string& path); // GET /control/…
  json kie(const std::string& path, const json& body, const std::string& key = "k1");
  json record(const std::string& task, const std::string& key = "k1");

  /// Uploads the sample photo to KIE and returns its address.
  std::string photo();

  /// A correct createTask request.
  json order(const std::string& model = "sora-2-image-to-video");

  /// Creates a task and returns its id.
  std::string create(const json& request);
  std::string create() { return create(order()); }

  /// Polls until the task has this state.
  json wait_for_state(const std::string& task, const std::string& state);
};

} // namespace neurocards::test::simulated
