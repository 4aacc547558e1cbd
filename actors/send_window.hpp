#pragma once

#include "actors/notifier_context.hpp"
#include "base/changing.hpp"
#include "domain/send_pace.hpp"
#include "domain/telegram_outage.hpp"

#include <functional>

#include <caf/disposable.hpp>

namespace neurocards {

/// Gives chats their turns to be sent to: within Telegram's rates, and one at a time while Telegram
/// is out of reach. Part of the actor `notifier`; not an actor itself.
class send_window {
public:
  /// `send` hands the chat's notification to Telegram; `answered` is called for every turn.
  send_window(notifier_context& context, changing<config::notifier> rates,
              std::function<void(chat_id)> send)
    : context_(context), rates_(std::move(rates)), followed_(rates_.now()),
      pace_(followed_->rate, followed_->per_chat_rate), send_(std::move(send)) {}

  /// Who led before may have sent until a moment ago.
  void begin() { pace_.begin(context_.now()); }

  /// The chat wants a turn.
  void join(chat_id);

  /// What was sent to the chat was answered, or was not. Call `give_turns` when it is dealt with.
  void answered(chat_id, const telegram::reply&, telegram::send_result);

  void give_turns();

  /// Nobody who could be sent to waits for a turn, and Telegram is within reach.
  bool idle() const { return !outage_.probing() && pace_.idle(context_.now()); }

  /// Telegram named a wait. True: for all.
  bool flooded(chat_id chat, std::chrono::milliseconds wait) {
    return pace_.flooded(chat, context_.now(), wait);
  }

  /// Nobody has a turn until he joins again. What was sent still counts.
  void stop();

private:
  void follow_rates();
  void wake_at(send_pace::time_point);

  notifier_context& context_;
  changing<config::notifier> rates_;
  changing<config::notifier>::pointer followed_;
  send_pace pace_;
  std::function<void(chat_id)> send_;
  telegram_outage outage_;
  int unanswered_ = 0;
  caf::disposable next_;
};

} // namespace neurocards
