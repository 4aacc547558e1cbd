#pragma once

#include "actors/update_admission.hpp"
#include "domain/language.hpp"

namespace neurocards {

/// Keeps the bot's commands at Telegram ours: anybody with the token can change them. Part of the
/// actor `telegram_gateway`; not an actor itself.
class command_menu {
public:
  explicit command_menu(update_admission& admission) : admission_(admission) {}

  /// Sets the commands, once.
  void announce();

  /// To be called in every round of watching; compares in some of them.
  void watch();

private:
  void compare(language);
  void set(language);

  update_admission& admission_;
  bool announced_ = false;
  int rounds_ = 0;
};

} // namespace neurocards
