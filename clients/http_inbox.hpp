#pragma once

#include "clients/http_transfer.hpp"

#include <mutex>
#include <vector>

namespace neurocards::http {

/// A file descriptor, or std::runtime_error with the reason.
int checked(int fd, const char* function);

/// What other threads tell the engine's. Outlives the engine where a disk thread still has work.
class engine_inbox {
public:
  struct batch {
    std::vector<std::unique_ptr<transfer>> arrivals;
    std::vector<uint64_t> written;   // numbers of transfers whose files have news
    std::vector<uint64_t> cancelled; // numbers of transfers nobody wants any more
    bool stopping = false;

    bool empty() const {
      return arrivals.empty() && written.empty() && cancelled.empty() && !stopping;
    }
  };
  static constexpr auto written = &batch::written;
  static constexpr auto cancelled = &batch::cancelled;

  engine_inbox();
  ~engine_inbox();
  engine_inbox(const engine_inbox&) = delete;
  engine_inbox& operator=(const engine_inbox&) = delete;

  /// Readable when there is something to take.
  int descriptor() const { return wake_; }

  /// Gives the transfer back when the engine has stopped.
  std::unique_ptr<transfer> arrive(std::unique_ptr<transfer>);
  void order(std::vector<uint64_t> batch::*list, uint64_t number);
  void stop();

  /// All there is; from the first stop on no transfer comes any more.
  batch take();
  void awake() const;

private:
  template <class F>
  void tell(F news);

  int wake_;
  std::mutex mutex_; // guards the rest
  batch news_;
};

} // namespace neurocards::http
