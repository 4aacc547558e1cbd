#pragma once

#include "sandbox/script.hpp"

#include <deque>

namespace neurocards::sandbox {

/// Counts all calls of the services and remembers the last ones.
class call_log {
public:
  /// `code` is the effective one: KIE's body code, Telegram's error_code, else the HTTP status; 0
  /// for an answer that never came.
  void record(const call& request, int code, bool scripted, size_t kept);

  /// Counters by "service.operation", and up to `last` records, oldest first, of what is asked for.
  nlohmann::json show(std::string_view service, std::string_view operation, size_t last) const;

  void clear();

private:
  struct counter {
    uint64_t total = 0;
    uint64_t scripted = 0;
    std::map<int, uint64_t> codes;
  };
  struct entry {
    uint64_t number = 0;
    int64_t time = 0; // Unix ms
    call request;
    int code = 0;
    bool scripted = false;
  };

  std::map<std::string, counter, std::less<>> counters_;
  std::deque<entry> last_;
  uint64_t number_ = 0;
};

} // namespace neurocards::sandbox
