#include "clients/file_worker.hpp"

#include <exception>
#include <utility>

namespace neurocards::storage {

namespace {

result unavailable(std::string reason) {
  result x;
  x.fault = fault::unavailable;
  x.error = std::move(reason);
  return x;
}

} // namespace

file_worker::file_worker(size_t capacity, size_t threads) : capacity_(capacity) {
  try {
    while (threads_.size() < threads)
      threads_.emplace_back([this] { run(); });
  } catch (...) { // the system gives no more threads
    finish();
    throw;
  }
}

file_worker::~file_worker() {
  finish();
}

void file_worker::finish() {
  {
    const std::lock_guard guard{mutex_};
    stopping_ = true;
  }
  wake_.notify_all();
  for (auto& x : threads_)
    x.join();
  threads_.clear();
}

void file_worker::submit(std::function<result()> task, callback done) {
  {
    const std::lock_guard guard{mutex_};
    if (jobs_.size() < capacity_ && !stopping_) {
      jobs_.push_back({std::move(task), std::move(done)});
      wake_.notify_one();
      return;
    }
  }
  done(unavailable("the disk's thread takes no more work"));
}

void file_worker::run() {
  std::unique_lock lock{mutex_};
  for (;;) {
    wake_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
    if (jobs_.empty())
      return;
    auto next = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    result outcome;
    try {
      outcome = next.task();
    } catch (const std::exception& error) { // std::filesystem runs out of memory or names
      outcome = unavailable(error.what());
    }
    next.done(std::move(outcome));
    next = {}; // what it holds is let go before the next wait
    lock.lock();
  }
}

} // namespace neurocards::storage
