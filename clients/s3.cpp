#include "clients/s3.hpp"

#include "clients/files.hpp"
#include "clients/s3_answers.hpp"
#include "clients/sigv4.hpp"

#include <algorithm>
#include <array>
#include <ctime>
#include <utility>

namespace neurocards::storage {

namespace {

using namespace std::chrono_literals;

constexpr auto longest_link = std::chrono::seconds{7 * 24h};
constexpr auto small_timeout = std::chrono::milliseconds{30s};
constexpr int64_t list_limit = 4 << 20; // bytes of a page of 1,000 keys
constexpr int64_t slowest = 1024;       // bytes/s
constexpr std::string_view unsigned_payload = "UNSIGNED-PAYLOAD";

/// YYYYMMDDTHHMMSSZ
std::string basic_time(clock::time_point now) {
  const std::time_t seconds = clock::to_time_t(now);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%Y%m%dT%H%M%SZ", &parts)};
}

/// Where a bucket is reached: "https://host:port" and the Host header that libcurl makes of it.
struct place {
  std::string origin;
  std::string host;
};

place place_of(std::string endpoint, const s3_config& config) {
  while (endpoint.ends_with('/'))
    endpoint.pop_back();
  const auto colon = endpoint.find("://");
  const auto scheme = colon == std::string::npos ? "https" : endpoint.substr(0, colon);
  auto host = colon == std::string::npos ? endpoint : endpoint.substr(colon + 3);
  const std::string usual_port = scheme == "https" ? ":443" : ":80";
  if (host.ends_with(usual_port))
    host.resize(host.size() - usual_port.size());
  if (!config.path_style)
    host = config.bucket + "." + host;
  return {scheme + "://" + host, host};
}

sigv4::credentials credentials_of(const s3_config& config) {
  return {config.access_key.reveal(), config.secret_key, config.region};
}

result bad_key() {
  result x;
  x.fault = fault::invalid;
  x.error = "not a storage key";
  return x;
}

action refuse_key() {
  return {std::nullopt, {}, [] { return bad_key(); }};
}

action ask(http::request request, std::function<result(const http::response&)> interpret) {
  return {std::move(request), std::move(interpret), {}};
}

} // namespace

s3_store::s3_store(s3_config config) : config_(std::move(config)) {
  files::make_directory(config_.temporary_directory);
}

std::string s3_store::object_path(const storage_key& key) const {
  return (config_.path_style ? "/" + config_.bucket + "/" : "/") + key.value;
}

http::request s3_store::signed_request(std::string_view method, const std::string& path,
                                       const std::map<std::string, std::string>& query) const {
  const auto where = place_of(config_.endpoint, config_);
  const auto time = basic_time(clock::now());
  sigv4::exchange x;
  x.method = method;
  x.path = path;
  x.query = query;
  x.payload_hash = unsigned_payload; // else a file would have to be read twice
  x.headers = {
    {"host", where.host}, {"x-amz-content-sha256", x.payload_hash}, {"x-amz-date", time}};
  http::request request;
  request.method = method;
  request.url = where.origin + sigv4::encode_path(path);
  if (!query.empty())
    request.url += "?" + sigv4::encode_query(query);
  request.headers = {{"x-amz-content-sha256", x.payload_hash},
                     {"x-amz-date", time},
                     {"Authorization", sigv4::authorization(credentials_of(config_), time, x)}};
  request.timeout = small_timeout;
  return request;
}

action s3_store::put(const storage_key& key, const std::string& file,
                     const std::string& type) const {
  if (!key_valid(key))
    return refuse_key();
  auto request = signed_request("PUT", object_path(key), {});
  request.label = "s3.put";
  request.headers.push_back({"Content-Type", type.empty() ? content_type(key) : type});
  request.body_file = file;
  request.timeout = config_.timeout;
  request.min_speed = slowest;
  return ask(std::move(request), [file](const http::response& answer) {
    return answer.ok() ? files::facts_of(file) : s3_failure(answer);
  });
}

action s3_store::fetch(const storage_key& key) const {
  if (!key_valid(key))
    return refuse_key();
  auto request = signed_request("GET", object_path(key), {});
  request.label = "s3.get";
  request.save_to = temporary_file(".object");
  request.max_bytes = config_.max_bytes;
  request.timeout = config_.timeout;
  request.min_speed = slowest;
  const auto file = request.save_to;
  return ask(std::move(request), [file](const http::response& answer) {
    if (!answer.ok())
      return s3_failure(answer);
    result x;
    x.file = file;
    x.temporary = true;
    x.bytes = answer.bytes;
    return x;
  });
}

action s3_store::remove(const storage_key& key) const {
  if (!key_valid(key))
    return refuse_key();
  auto request = signed_request("DELETE", object_path(key), {});
  request.label = "s3.delete";
  return ask(std::move(request), [](const http::response& answer) {
    if (answer.ok())
      return result{};
    auto x = s3_failure(answer);
    return x.fault == fault::not_found ? result{} : x;
  });
}

action s3_store::list(const std::string& prefix, const std::string& from) const {
  std::map<std::string, std::string> query{{"list-type", "2"}, {"prefix", prefix}};
  if (!from.empty())
    query["continuation-token"] = from;
  auto request = signed_request("GET", config_.path_style ? "/" + config_.bucket : "/", query);
  request.label = "s3.list";
  request.max_bytes = list_limit;
  return ask(std::move(request), [](const http::response& answer) {
    return answer.ok() ? parse_s3_list(answer.body) : s3_failure(answer);
  });
}

action s3_store::check() const {
  auto request = signed_request("HEAD", config_.path_style ? "/" + config_.bucket : "/", {});
  request.label = "s3.check";
  return ask(std::move(request), [](const http::response& answer) {
    if (answer.ok())
      return result{};
    auto x = s3_failure(answer);
    if (x.fault == fault::not_found) {
      x.fault = fault::refused;
      x.error = "the bucket does not exist";
    }
    return x;
  });
}

std::string s3_store::link(const storage_key& key, clock::time_point now,
                           std::chrono::seconds life) const {
  if (!key_valid(key))
    return {};
  const auto& outside = config_.public_endpoint;
  const auto where = place_of(outside.empty() ? config_.endpoint : outside, config_);
  const auto seconds = std::clamp(life, std::chrono::seconds{1}, longest_link);
  return sigv4::presigned_url(credentials_of(config_), basic_time(now), "GET", where.origin,
                              where.host, object_path(key), static_cast<int>(seconds.count()));
}

std::string s3_store::temporary_file(std::string_view extension) const {
  return files::fresh_path(config_.temporary_directory, extension);
}

action s3_store::clean_temporary(std::chrono::seconds age) const {
  return {std::nullopt, {}, [age, where = config_.temporary_directory] {
            return files::remove_old(where, age);
          }};
}

} // namespace neurocards::storage
