#pragma once

#include "tests/support/raw_http.hpp"

#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace neurocards::bench {

/// Dashboards that are open in browsers: each listens to the node's events and asks for what the
/// overview shows as often as the page does (web/dashboard/view/overview.js).
class open_pages {
public:
  /// Returns when all of them listen. Throws std::runtime_error when one cannot.
  open_pages(const std::string& url, int count);

private:
  void listen(const std::stop_token&);
  void ask(const std::stop_token&, const std::string& url, int count);

  std::vector<std::unique_ptr<test::raw_client>> streams_;
  std::jthread listener_; // last: they end before what they use
  std::jthread asker_;
};

} // namespace neurocards::bench
