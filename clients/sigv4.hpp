#pragma once

#include "base/secret.hpp"

#include <map>
#include <string>
#include <string_view>

/// Amazon's Signature Version 4 for S3: paths are encoded once and dot segments are kept.
namespace neurocards::sigv4 {

/// Sorted by bytes, as the scheme demands. Header names in lower case.
using pairs = std::map<std::string, std::string>;

struct credentials {
  std::string access_key;
  secret secret_key;
  std::string region;
};

/// What is signed.
struct exchange {
  std::string method;
  std::string path;         // raw: "/bucket/key"
  pairs query;              // raw
  pairs headers;            // must hold "host"
  std::string payload_hash; // hex SHA-256, or "UNSIGNED-PAYLOAD"
};

/// Every byte outside [A-Za-z0-9-._~] as upper-case %XX; slashes are kept on demand.
std::string encode_path(std::string_view);
std::string encode_component(std::string_view);
std::string encode_query(const pairs&);

std::string canonical_request(const exchange&);

/// `time` is YYYYMMDDTHHMMSSZ in UTC.
std::string signing_key(const credentials&, std::string_view time);
std::string signature(const credentials&, std::string_view time, const exchange&);

/// The value of the Authorization header.
std::string authorization(const credentials&, std::string_view time, const exchange&);

/// `origin` ("https://host:port") and `host` ("host:port") name the same server. `life` in seconds,
/// at most seven days.
std::string presigned_url(const credentials&, std::string_view time, std::string_view method,
                          std::string_view origin, std::string_view host, std::string_view path,
                          int life);

} // namespace neurocards::sigv4
