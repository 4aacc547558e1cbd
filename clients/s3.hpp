#pragma once

#include "clients/storage.hpp"

#include <map>

namespace neurocards::storage {

struct s3_config {
  std::string endpoint;          // "https://s3.eu-central-1.amazonaws.com", "http://127.0.0.1:7480"
  std::string public_endpoint{}; // how the outside world reaches it; empty: as `endpoint`
  std::string bucket;
  std::string region = "us-east-1";
  bool path_style = true; // endpoint/bucket/key; false: bucket.endpoint/key
  secret access_key;
  secret secret_key;
  std::string temporary_directory{};
  std::chrono::milliseconds timeout{300'000};
  int64_t max_bytes = 2LL << 30; // of a fetched object
};

/// A bucket of an S3-compatible server. Requests are signed when they are made: make them anew for
/// every attempt.
class s3_store : public store {
public:
  /// Creates the temporary directory if missing; throws std::runtime_error when that fails.
  explicit s3_store(s3_config);

  action put(const storage_key&, const std::string& file, const std::string& type) const override;
  action fetch(const storage_key&) const override;
  action remove(const storage_key&) const override;
  action list(const std::string& prefix, const std::string& from) const override;
  action check() const override;
  std::string link(const storage_key&, clock::time_point now,
                   std::chrono::seconds life) const override;
  std::string temporary_file(std::string_view extension) const override;
  action clean_temporary(std::chrono::seconds age) const override;

private:
  http::request signed_request(std::string_view method, const std::string& path,
                               const std::map<std::string, std::string>& query) const;
  std::string object_path(const storage_key&) const;

  s3_config config_;
};

} // namespace neurocards::storage
