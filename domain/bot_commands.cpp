#include "domain/bot_commands.hpp"

#include "domain/texts.hpp"

namespace neurocards::flow {

std::vector<bot_command> bot_commands(language lang) {
  using texts::key;
  return {
    {"start", texts::say(lang, key::command_start)},
    {"menu", texts::say(lang, key::command_menu)},
    {"balance", texts::say(lang, key::command_balance)},
    {"history", texts::say(lang, key::command_history)},
    {"help", texts::say(lang, key::command_help)},
    {"cancel", texts::say(lang, key::command_cancel)},
  };
}

} // namespace neurocards::flow
