#include "clients/http_inbox.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace neurocards::http {

int checked(int fd, const char* function) {
  if (fd < 0)
    throw std::runtime_error(std::string{function} + ": " + std::strerror(errno));
  return fd;
}

engine_inbox::engine_inbox() : wake_(checked(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd")) {}

engine_inbox::~engine_inbox() {
  ::close(wake_);
}

/// Once the engine has stopped nothing is told. The first news since the last `take` wake it for
/// all others: each time is a system call, and mostly a switch of threads.
template <class F>
void engine_inbox::tell(F news) {
  {
    const std::lock_guard guard{mutex_};
    if (news_.stopping)
      return;
    const bool first = news_.empty();
    news();
    if (!first)
      return;
  }
  const uint64_t one = 1;
  static_cast<void>(::write(wake_, &one, sizeof one)); // fails only when already awake
}

std::unique_ptr<transfer> engine_inbox::arrive(std::unique_ptr<transfer> x) {
  tell([&] { news_.arrivals.push_back(std::move(x)); });
  return x;
}

void engine_inbox::order(std::vector<uint64_t> batch::*list, uint64_t number) {
  tell([&] { (news_.*list).push_back(number); });
}

void engine_inbox::stop() {
  tell([&] { news_.stopping = true; });
}

engine_inbox::batch engine_inbox::take() {
  batch result;
  const std::lock_guard guard{mutex_};
  result.stopping = news_.stopping;
  std::swap(result, news_);
  news_.stopping = result.stopping;
  return result;
}

void engine_inbox::awake() const {
  uint64_t count = 0;
  static_cast<void>(::read(wake_, &count, sizeof count));
}

} // namespace neurocards::http
