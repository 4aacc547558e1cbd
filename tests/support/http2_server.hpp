#pragma once

#include "tests/support/process.hpp"

#include <memory>

namespace neurocards::test {

/// A real HTTP/2 server over TLS (tests/http2) with a certificate of its own for 127.0.0.1.
class http2_server {
public:
  http2_server();

  std::string url(const std::string& path) const { return base_ + path; }

  /// What a client has to trust.
  std::string certificate() const { return folder_.file("certificate.pem"); }

private:
  temporary_directory folder_;
  std::unique_ptr<process> process_;
  std::string base_;
};

} // namespace neurocards::test
