#include "tests/support/http2_server.hpp"
#include "tests/support/folders.hpp"

#include <stdexcept>

namespace neurocards::test {

http2_server::http2_server() {
  const auto key = folder_.file("key.pem");
  process papers{"/usr/bin/env",
                 {"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                  "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
                  "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate()},
                 {},
                 folder_.file("openssl.log")};
  if (papers.wait() != 0)
    throw std::runtime_error("no certificate: " + papers.output());
  process_ = std::make_unique<process>(
    "/usr/bin/env",
    std::vector<std::string>{"node", in_source("tests/http2/server.mjs"), key, certificate()},
    std::map<std::string, std::string>{}, folder_.file("log"));
  wait_until("the HTTP/2 server", [this] {
    if (!process_->running())
      throw std::runtime_error("the HTTP/2 server ended: " + process_->output());
    const auto out = process_->output();
    const auto position = out.find("port=");
    if (position == std::string::npos || out.find('\n', position) == std::string::npos)
      return false;
    base_ = "https://127.0.0.1:" + std::to_string(std::stoi(out.substr(position + 5)));
    return true;
  });
}

} // namespace neurocards::test
