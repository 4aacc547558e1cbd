#pragma once

#include "protocol/ids.hpp"

#include <string>

namespace neurocards::store {

/// Who is talking, as Telegram describes him in each update.
struct profile {
  user_id user;
  std::string username;
  std::string first_name;
  std::string language_code; // IETF tag from Telegram; empty: unknown
};

} // namespace neurocards::store
