#pragma once

#include "base/secret.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// The language of the http engine (clients/http_engine). Never leaves the node.
namespace neurocards::http {

struct header {
  std::string name;
  std::string value;
};

/// One part of a multipart/form-data body.
struct part {
  std::string name;
  std::string value;     // used when `file` is empty
  std::string file;      // path of a file to stream
  std::string file_name; // as told to the server
  std::string content_type;
};

/// One exchange. Redirects are not followed unless `follow` says so, and then never to another
/// scheme than http and https, nor to an address that `private_addresses` forbids.
struct request {
  std::string method = "GET";
  std::string url;             // may contain a secret (Telegram's token): never logged
  std::string label;           // what logs and metrics call it: "telegram.sendMessage"
  std::vector<header> headers; // besides User-Agent, which the engine sets
  secret bearer;               // non-empty: Authorization: Bearer …
  std::string body;
  std::string body_file;       // instead of `body`: streamed, with Content-Length
  std::vector<part> parts;     // instead of `body`: multipart/form-data
  std::string save_to;         // non-empty: the body of a 2xx answer is streamed into this new file
  int64_t max_bytes = 4 << 20; // a longer answer fails with `too_large`
  /// For the exchange, connect included, from the moment it has a place on a connection. For that
  /// place it waits as long again at most, or without limit if it carries a file.
  std::chrono::milliseconds timeout{30'000};
  std::chrono::milliseconds connect_timeout{5'000};
  int64_t min_speed = 0; // bytes/s over 30 s below which a transfer fails; 0: no limit
  bool follow = false;
  bool private_addresses = true; // false: refuse to connect to loopback, private and link-local
  bool fresh = false;  // on a new connection: no race with a server that closes an idle one
  std::string proxy;   // URL of a proxy; empty: none, whatever the environment says
  bool urgent = false; // may not wait behind bulk transfers
};

/// How the exchange ended below HTTP.
enum class outcome : uint8_t {
  answered,    // status and body are valid
  not_sent,    // no connection (DNS, refused, TLS): the server has not seen the request
  interrupted, // timed out or cut after sending began: the server may have acted
  too_large,
  forbidden_address,
  local_fault, // our side: file not readable, disk full
  not_started, // our side: no place became free, or the engine ended; says nothing of the server
};

std::string to_string(outcome);

struct response {
  http::outcome outcome = http::outcome::not_sent;
  int status = 0;
  std::string body;   // empty when saved to a file ...
  std::string prefix; // ... of which these are the first bytes
  std::string content_type;
  std::string retry_after; // header as received
  std::vector<header> headers;
  int64_t bytes = 0;    // of the body
  std::string error;    // libcurl's words; empty when answered
  int error_number = 0; // errno of a `local_fault`: ENOSPC is for operators
  std::chrono::microseconds took{0};

  bool ok() const { return outcome == http::outcome::answered && status >= 200 && status < 300; }
};

} // namespace neurocards::http
