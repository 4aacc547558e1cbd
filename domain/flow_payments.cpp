#include "domain/flow_step.hpp"
#include "domain/outbox.hpp"
#include "domain/star_purchases.hpp"

/// Credits for Telegram Stars. What is sold is our table of packs alone, and pre-checkout sees to
/// it; what was sold is in the invoice's payload, which nobody but us writes.
namespace neurocards::flow {

using texts::key;
using texts::number;
using texts::say;

answer_pre_checkout check_pre_checkout(const telegram::pre_checkout_query& query,
                                       const store::profile& payer, payer_access access,
                                       const flow_config& config) {
  const auto refuse = [&](key reason) {
    return answer_pre_checkout{query.id, false, say(language_of(payer.language_code), reason)};
  };
  if (access == payer_access::banned)
    return refuse(key::alert_banned_payer);
  const config::pack* pack = find_pack(config, star_purchases::pack_named_in(query.payload));
  if (pack && query.currency == star_purchases::currency && query.amount == pack->stars)
    return {query.id, true, {}};
  return refuse(key::alert_pack_gone);
}

/// Answered when it arrived (`check_pre_checkout`).
void stepper::apply(const telegram::pre_checkout_query&) {}

/// Credits whoever paid, banned or not, consent or not: it is his money. What brings no credits is
/// written down all the same. Telegram may tell of a payment twice: whether it is new is known
/// where it is written down, and only then is anything said of it.
void stepper::apply(const telegram::successful_payment& payment) {
  const int credits = star_purchases::credits_for(config_.credits.packs, payment);
  auto& bought = out_.commit.bought.emplace();
  bought.charge_id = payment.charge_id;
  bought.credits = credits;
  bought.currency = payment.currency;
  bought.amount = static_cast<int>(payment.amount);
  bought.payload = payment.payload;
  const auto say_if_new = [&](const telegram::outgoing& message) {
    bought.notifications.push_back({notification_kind::reply, outbox::to_json(message)});
  };
  if (credits == 0)
    return say_if_new(plain(to(), say(lang_, key::paid_unknown)));
  if (in_.where != telegram::chat_kind::private_chat)
    return; // an invoice forwarded to a group: the payer sees his balance in private
  credits_ += credits;
  const std::string thanks =
    say(lang_, key::paid, {number("count", credits), number("credits", credits_)});
  const bool order_waited = consented() && !view_.banned && session_.order
                            && next_step(*session_.order) == state::awaiting_confirmation;
  if (!order_waited)
    return say_if_new(plain(to(), thanks));
  session_.paused = false;
  if (session_.order->launched && session_.order->count <= credits_) {
    say_if_new(plain(to(), thanks));
    return launch();
  }
  say_if_new(with_heading(thanks + "\n" + say(lang_, key::order_waits), question(to(), session_)));
}

/// The receipt is written where the credits are taken back: only there it is known how many.
void stepper::apply(const telegram::refunded_payment& payment) {
  out_.commit.refunded = store::refunded_purchase{
    payment.charge_id, payment.currency, static_cast<int>(payment.amount), payment.payload};
}

void stepper::offer_invoice(const std::string& name) {
  const config::pack* pack = find_pack(config_, name);
  if (!pack)
    return reply(with_heading(say(lang_, key::pack_gone), shop_screen(to())));
  out_.commit.notifications.push_back(
    {notification_kind::invoice, outbox::to_json(invoice_for(to(), *pack, fresh_))});
}

} // namespace neurocards::flow
