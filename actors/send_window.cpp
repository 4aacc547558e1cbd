#include "actors/send_window.hpp"

#include "actors/post.hpp"
#include "base/jitter.hpp"

namespace neurocards {

namespace {

telegram_outage::sign sign_of(const telegram::reply& reply, telegram::send_result result) {
  using sign = telegram_outage::sign;
  if (result == telegram::send_result::unauthorized)
    return sign::refused;
  if (reply.outcome == http::outcome::answered)
    return sign::answered;
  return reply.outcome == http::outcome::not_sent ? sign::not_sent : sign::interrupted;
}

} // namespace

void send_window::join(chat_id chat) {
  pace_.add(chat, context_.now());
  give_turns();
}

void send_window::answered(chat_id chat, const telegram::reply& reply,
                           telegram::send_result result) {
  --unanswered_;
  pace_.answered(chat, context_.now());
  const auto sign = sign_of(reply, result);
  const auto reaction = outage_.on_send(sign, context_.now(), random_fraction());
  if (reaction.recovered)
    log::info("notifier.service_recovered");
  if (!reaction.until)
    return;
  pace_.hold_all(*reaction.until);
  if (sign == telegram_outage::sign::refused)
    log::error("notifier.token_refused", "advice", "check BOT_TOKEN; nothing is sent until then");
}

void send_window::give_turns() {
  if (!context_.leader.leading())
    return;
  follow_rates();
  while (!outage_.probing() || unanswered_ == 0) {
    const auto chat = pace_.take(context_.now());
    if (!chat)
      break;
    ++unanswered_;
    send_(*chat);
  }
  const bool waits_for_answer = outage_.probing() && unanswered_ > 0;
  if (const auto next = pace_.next(); next && !waits_for_answer)
    wake_at(*next);
}

void send_window::follow_rates() {
  if (auto now = rates_.now(); now != followed_) {
    followed_ = std::move(now);
    pace_.set_rates(followed_->rate, followed_->per_chat_rate);
  }
}

/// The wheel is too coarse for an even flow of dozens a second. This is one timer for all chats,
/// and it knows the actor weakly as the wheel does.
void send_window::wake_at(send_pace::time_point when) {
  next_.dispose();
  caf::weak_actor_ptr me{context_.self->ctrl()};
  next_ = context_.self->clock().schedule(
    when, caf::make_action([this, me] { post(me, [this] { give_turns(); }); }));
}

void send_window::stop() {
  next_.dispose();
  pace_.clear();
}

} // namespace neurocards
