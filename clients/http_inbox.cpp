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

std::unique_ptr<transfer> engine_inbox::arrive(std::unique_ptr<transfer> x) {
  {
    const std::lock_guard guard{mutex_};
    if (news_.stopping)
      return x;
    news_.arrivals.push_back(std::move(x));
  }
  wake();
  return nullptr;
}

void engine_inbox::order(std::vector<uint64_t> batch::*list, uint64_t number) {
  {
    const std::lock_guard guard{mutex_};
    if (news_.stopping)
      return;
    (news_.*list).push_back(number);
  }
  wake();
}

void engine_inbox::stop() {
  {
    const std::lock_guard guard{mutex_};
    news_.stopping = true;
  }
  wake();
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

void engine_inbox::wake() const {
  const uint64_t one = 1;
  static_cast<void>(::write(wake_, &one, sizeof one)); // fails only when already awake
}

} // namespace neurocards::http
