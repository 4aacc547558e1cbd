#include "sandbox/telegram/bot.hpp"

#include <nlohmann/json.hpp>

namespace neurocards::sandbox::telegram {

nlohmann::json bot::as_user() const {
  return {{"id", id},
          {"is_bot", true},
          {"first_name", "Neurocards"},
          {"username", "neurocards_sandbox_bot"}};
}

void bot::clear() {
  users.clear();
  messages.clear();
  stored.clear();
  updates.clear();
  presses.clear();
  checkouts.clear();
  transactions.clear();
  commands = "[]";
}

void announce(bot& b, const char* type, const message& m) {
  nlohmann::json event{{"type", type},
                       {"chat", m.chat},
                       {"from_bot", m.from_bot},
                       {"message", nlohmann::json::parse(m.json)}};
  if (!m.keyboard.empty())
    event["keyboard"] = nlohmann::json::parse(m.keyboard);
  b.w.events.add(std::move(event));
}

} // namespace neurocards::sandbox::telegram
