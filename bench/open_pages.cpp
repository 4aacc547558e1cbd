#include "bench/open_pages.hpp"

#include "tests/support/world.hpp"

#include <chrono>
#include <stdexcept>

#include <poll.h>

namespace neurocards::bench {

using namespace std::chrono_literals;

namespace {

constexpr size_t most_series = 40; // the overview's charts have about as many lines

using clock = std::chrono::steady_clock;

struct request {
  std::string url;
  std::chrono::milliseconds every;
  clock::time_point next{};
};

/// What the overview asks for while the stream of events works.
std::vector<request> overview(const std::string& node) {
  const auto names = nlohmann::json::parse(test::web_get(node + "/api/series").body).at("names");
  std::string series = node + "/api/series?since=";
  std::string wanted;
  for (size_t i = 0; i < names.size() && i < most_series; ++i)
    wanted += "&name=" + names[i].get<std::string>();
  return {{node + "/api/actors?node=*", 5s},
          {series + "30min" + wanted, 15s},
          {series + "1h" + wanted, 15s},
          {node + "/api/jobs?status=failed&limit=6", 60s}};
}

} // namespace

open_pages::open_pages(const std::string& url, int count) {
  const auto port = static_cast<uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
  for (int i = 0; i < count; ++i) {
    auto stream = std::make_unique<test::raw_client>(port);
    if (!stream->send("GET /api/events HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port)
                      + "\r\n\r\n")
        || !stream->receive().starts_with("HTTP/1.1 200"))
      throw std::runtime_error("a dashboard was refused the node's events");
    streams_.push_back(std::move(stream));
  }
  listener_ = std::jthread{[this](const std::stop_token& stop) { listen(stop); }};
  asker_ = std::jthread{[this, url, count](const std::stop_token& stop) { ask(stop, url, count); }};
}

/// Takes what comes, as a browser would.
void open_pages::listen(const std::stop_token& stop) {
  std::vector<pollfd> all;
  for (const auto& x : streams_)
    all.push_back({x->descriptor(), POLLIN, 0});
  while (!stop.stop_requested()) {
    if (::poll(all.data(), all.size(), 100) <= 0)
      continue;
    for (size_t i = 0; i < all.size(); ++i)
      if (all[i].revents != 0 && streams_[i]->receive().empty())
        all[i].fd = -1; // closed by the node: poll passes it by
  }
}

/// Page `i` of `count` asks a part of the pause after the one before it: they were opened one by
/// one.
void open_pages::ask(const std::stop_token& stop, const std::string& url, int count) {
  std::vector<request> all;
  auto once = overview(url);
  for (auto& x : once)
    for (int i = 0; i < count; ++i) {
      x.next = clock::now() + x.every * i / count;
      all.push_back(x);
    }
  while (!stop.stop_requested()) {
    for (auto& x : all)
      if (x.next <= clock::now()) {
        test::web_get(x.url);
        x.next += x.every;
      }
    std::this_thread::sleep_for(5ms);
  }
}

} // namespace neurocards::bench
