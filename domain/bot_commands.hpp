#pragma once

#include "domain/language.hpp"

#include <string>
#include <vector>

namespace neurocards::flow {

/// One entry of Telegram's menu button.
struct bot_command {
  std::string name; // without the slash
  std::string description;
};

/// The commands that work in every state, as users of a language read them.
std::vector<bot_command> bot_commands(language);

} // namespace neurocards::flow
