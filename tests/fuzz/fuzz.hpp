#pragma once

#include "protocol/http.hpp"

#include <simdjson.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

/// Called with bytes of strangers: by libFuzzer, and by fuzz_replay with every file of the corpus.
/// The bytes that led to a crash become a file there.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace neurocards::test::fuzz {

/// Ends the process unless `holds`: to a fuzzer a broken rule is a crash.
inline void require(bool holds, const char* rule) {
  if (holds)
    return;
  std::fprintf(stderr, "broken: %s\n", rule);
  std::abort();
}

/// One input, cut into what a target needs.
class input {
public:
  input(const uint8_t* data, size_t size) : left_(reinterpret_cast<const char*>(data), size) {}

  /// 0 when there is none.
  uint8_t byte() {
    if (left_.empty())
      return 0;
    const auto result = static_cast<uint8_t>(left_.front());
    left_.remove_prefix(1);
    return result;
  }

  /// Up to the next line break.
  std::string line() {
    const auto end = left_.find('\n');
    std::string result{left_.substr(0, end)};
    left_.remove_prefix(end == left_.npos ? left_.size() : end + 1);
    return result;
  }

  std::string rest() { return std::string{left_}; }

private:
  std::string_view left_;
};

/// Fit for PostgreSQL: UTF-8 without NUL.
inline bool storable(std::string_view text) {
  return simdjson::validate_utf8(text.data(), text.size())
         && text.find('\0') == std::string_view::npos;
}

/// An answer of some server. The first byte says how the exchange ended, a second one the status;
/// the rest is the body.
inline http::response response(input& in) {
  static constexpr int statuses[] = {200, 201, 301, 400, 401, 402, 403, 404, 408, 413, 422, 429,
                                     433, 455, 500, 501, 502, 503, 504, 505, 520, 0,   999, -1};
  http::response result;
  const auto choice = in.byte();
  result.outcome = choice < 128 ? http::outcome::answered : static_cast<http::outcome>(choice % 7);
  result.status = statuses[in.byte() % std::size(statuses)];
  result.body = in.rest();
  result.bytes = static_cast<int64_t>(result.body.size());
  if (result.outcome != http::outcome::answered)
    result.error = result.body.substr(0, 100);
  result.prefix = result.body.substr(0, 64);
  result.retry_after = result.body.substr(0, 8);
  result.headers = {{"retry-after-ms", result.body.substr(0, 5)}, {"x-should-retry", "false"}};
  return result;
}

} // namespace neurocards::test::fuzz
