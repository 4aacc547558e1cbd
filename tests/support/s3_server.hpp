#pragma once

#include "tests/support/process.hpp"

#include <memory>

namespace neurocards::test {

/// A real S3 server (tests/s3) with one bucket, "inputs"; it verifies every signature.
class s3_server {
public:
  static constexpr const char* key = "S3RVER";
  static constexpr const char* secret = "S3RVER";
  static constexpr const char* bucket = "inputs";

  s3_server();

  /// For both styles of addressing: http://s3.localhost:PORT.
  const std::string& endpoint() const { return endpoint_; }

  /// Where it keeps the objects, each below the name of its key.
  std::string folder() const { return folder_.file("objects"); }

private:
  temporary_directory folder_;
  std::unique_ptr<process> process_;
  std::string endpoint_;
};

} // namespace neurocards::test
