#include "tests/support/s3_server.hpp"
#include "tests/support/folders.hpp"

#include <stdexcept>

namespace neurocards::test {

s3_server::s3_server() {
  std::vector<std::string> call;
  call.emplace_back("node");
  call.push_back(test::in_source("tests/s3/server.mjs"));
  call.push_back(folder_.file("objects"));
  call.emplace_back(bucket);
  process_ = std::make_unique<process>("/usr/bin/env", call, std::map<std::string, std::string>{},
                                       folder_.file("log"));
  wait_until("the S3 server", [this] {
    if (!process_->running())
      throw std::runtime_error("the S3 server ended (script/bootstrap installs it): "
                               + process_->output());
    const auto out = process_->output();
    const auto position = out.find("port=");
    if (position == std::string::npos || out.find('\n', position) == std::string::npos)
      return false;
    endpoint_ = "http://s3.localhost:" + std::to_string(std::stoi(out.substr(position + 5)));
    return true;
  });
}

} // namespace neurocards::test
