#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace caf {

class error;

} // namespace caf

namespace neurocards {

/// How an actor came to its end.
enum class actor_end : uint8_t {
  normal,   // it had done its work
  shutdown, // somebody asked it to end
  killed,
  faulted, // an exception, an unhandled error: report it
};

constexpr std::array<std::string_view, 4> actor_end_names{"normal", "shutdown", "killed",
                                                          "faulted"};

actor_end end_of(const caf::error& reason);

} // namespace neurocards
