#include "actors/message_key.hpp"

#include <string_view>

#include <caf/error.hpp>
#include <caf/type_id.hpp>

namespace neurocards {

namespace {

std::string name_of(caf::type_id_t type) {
  const auto full = caf::query_type_name(type);
  std::string_view name{full.data(), full.size()};
  for (const std::string_view prefix : {"neurocards::", "caf::"})
    if (name.starts_with(prefix))
      name.remove_prefix(prefix.size());
  return std::string{name};
}

} // namespace

std::string text_of(message_key key) {
  std::string result;
  for (size_t i = 0; i < 3; ++i)
    if (const auto type = (key >> (16 * i)) & 0xffff; type != 0)
      result += (result.empty() ? "" : ", ") + name_of(static_cast<caf::type_id_t>(type - 1));
  if (key & longer_bit)
    result += ", …";
  if (result.empty())
    return key & answer_bit ? "answer" : "nothing";
  return key & answer_bit ? "answer " + result : result;
}

bool is_failure(message_key key) {
  return (key & answer_bit) && (key & 0xffff) == caf::type_id_v<caf::error> + 1;
}

} // namespace neurocards
