#pragma once

#include <cstdint>
#include <string>

#include <caf/mailbox_element.hpp>
#include <caf/type_id_list.hpp>

namespace neurocards {

/// What kind of message one is: the types of its first three elements (each plus one, in sixteen
/// bits), and whether it is an answer. 0: none.
using message_key = uint64_t;

constexpr message_key answer_bit = uint64_t{1} << 63;
constexpr message_key longer_bit = uint64_t{1} << 62; // it has more than three elements
constexpr message_key known_bit = uint64_t{1} << 61;  // so that no message has the key 0

inline message_key key_of(const caf::mailbox_element& x) {
  const auto types = x.content().types();
  message_key result = known_bit | (x.mid.is_response() ? answer_bit : 0);
  const size_t count = types.size();
  for (size_t i = 0; i < count && i < 3; ++i)
    result |= (message_key{types[i]} + 1) << (16 * i);
  return count > 3 ? result | longer_bit : result;
}

/// "store::claim_jobs", "answer store::committed"; "action" is a function that was posted or a
/// timer.
std::string text_of(message_key);

/// Whether it is the answer that a request has failed.
bool is_failure(message_key);

} // namespace neurocards
