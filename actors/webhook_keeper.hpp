#pragma once

#include "actors/update_admission.hpp"

namespace neurocards {

/// Keeps the webhook at Telegram as our mode of receiving needs it: none for polling, ours
/// otherwise. Part of the actor `telegram_gateway`; not an actor itself.
class webhook_keeper {
public:
  /// `settled` is called whenever Telegram has the webhook as we need it.
  webhook_keeper(update_admission& admission, std::function<void()> settled)
    : admission_(admission), settled_(std::move(settled)) {}

  /// A new term: nothing is known any more.
  void start();
  bool is_settled() const { return state_ == state::settled; }

  /// To be called in every round of watching.
  void watch();

  /// A poll was refused because somebody has set a webhook: asks who took our place before taking
  /// it back.
  void replace_foreign(int failures);

private:
  enum class state : uint8_t { unknown, settled };

  void settle();
  void on_settled(const telegram::reply&);
  void on_info(const webhook::facts&);
  void report(const webhook::verdict&);

  update_admission& admission_;
  std::function<void()> settled_;
  state state_ = state::unknown;
  int settle_failures_ = 0;  // in a row
  int watch_failures_ = 0;   // in a row, of asking
  int webhook_failures_ = 0; // in a row, of Telegram's deliveries
};

} // namespace neurocards
