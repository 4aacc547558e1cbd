#pragma once

#include "clients/file_worker.hpp"
#include "clients/http_engine.hpp"

#include <future>
#include <memory>
#include <utility>

namespace neurocards::test {

/// More than what lies between a disk and a server takes.
constexpr size_t big = 8 << 20;

/// A disk thread that does nothing until it is let go.
class stuck_disk {
public:
  explicit stuck_disk(
    std::shared_ptr<storage::file_worker> which = std::make_shared<storage::file_worker>())
    : worker(std::move(which)) {
    worker->submit(
      [free = free_.get_future().share()] {
        free.wait();
        return storage::result{};
      },
      [](const storage::result&) {});
  }
  ~stuck_disk() { let_go(); }

  void let_go() {
    if (!std::exchange(let_go_, true))
      free_.set_value();
  }

  std::shared_ptr<storage::file_worker> worker;

private:
  std::promise<void> free_;
  bool let_go_ = false;
};

inline std::future<http::response> start(http::engine& engine, http::request request) {
  auto promise = std::make_shared<std::promise<http::response>>();
  auto result = promise->get_future();
  engine.submit(std::move(request),
                [promise](http::response x) { promise->set_value(std::move(x)); });
  return result;
}

} // namespace neurocards::test
