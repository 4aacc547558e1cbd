#include "actors/command_menu.hpp"

#include "base/log.hpp"
#include "domain/bot_commands.hpp"

namespace neurocards {

namespace {

constexpr int rounds_between_comparisons = 30; // ten minutes

std::vector<telegram::command> our_commands(language lang) {
  std::vector<telegram::command> result;
  for (auto& command : flow::bot_commands(lang))
    result.push_back({std::move(command.name), std::move(command.description)});
  return result;
}

/// Telegram's name of a language whose list we set; Russian is everybody's default.
std::string owner_of(language lang) {
  return lang == language::ru ? "" : to_string(lang);
}

} // namespace

/// The menu button is a convenience: whoever misses it once still has the commands.
void command_menu::announce() {
  if (std::exchange(announced_, true))
    return;
  for (const auto lang : {language::ru, language::en})
    set(lang);
}

void command_menu::watch() {
  if (++rounds_ % rounds_between_comparisons != 0)
    return;
  for (const auto lang : {language::ru, language::en})
    compare(lang);
}

void command_menu::compare(language lang) {
  const auto& config = admission_.config();
  admission_.self()
    ->request(config.http, caf::infinite, config.api.get_my_commands(owner_of(lang)))
    .then(admission_.leader.in_this_term<http::response>([this, lang](const http::response& got) {
      const auto found = telegram::parse_commands(got);
      if (!found || *found == our_commands(lang))
        return;
      log::warn("telegram_gateway.commands_changed", "language", to_string(lang), "found",
                found->size(), "advice", "they are set again");
      set(lang);
    }),
          [](const caf::error&) {
            // the next comparison asks again
          });
}

void command_menu::set(language lang) {
  const auto& config = admission_.config();
  admission_.self()
    ->request(config.http, caf::infinite,
              config.api.set_my_commands(our_commands(lang), owner_of(lang)))
    .then(
      [](const http::response& got) {
        if (const auto reply = telegram::parse_answer(got).envelope; !reply.ok)
          log::warn("telegram_gateway.commands_not_set", "error", reply.description);
      },
      [](const caf::error& err) { log::warn("telegram_gateway.commands_not_set", "error", err); });
}

} // namespace neurocards
