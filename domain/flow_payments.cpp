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
                                       const store::profile& payer, const flow_config& config) {
  const config::pack* pack = find_pack(config, star_purchases::pack_named_in(query.payload));
  if (pack && query.currency == star_purchases::currency && query.amount == pack->stars)
    return {query.id, true, {}};
  return {query.id, false, say(language_of(payer.language_code), key::alert_pack_gone)};
}

/// Answered when it arrived (`check_pre_checkout`).
void stepper::apply(const telegram::pre_checkout_query&) {}

/// Credits whoever paid, banned or not, consent or not: it is his money. What brings no credits is
/// written down all the same.
void stepper::apply(const telegram::successful_payment& payment) {
  const int credits = star_purchases::credits_for(config_.credits.packs, payment);
  out_.commit.bought = store::purchase{payment.charge_id, credits, payment.currency,
                                       static_cast<int>(payment.amount), payment.payload};
  if (credits == 0)
    return reply(plain(to(), say(lang_, key::paid_unknown)));
  if (in_.where != telegram::chat_kind::private_chat)
    return; // an invoice forwarded to a group: the payer sees his balance in private
  credits_ += credits;
  const std::string thanks =
    say(lang_, key::paid, {number("count", credits), number("credits", credits_)});
  const bool order_waited = consented() && !view_.banned && session_.order
                            && next_step(*session_.order) == state::awaiting_confirmation;
  if (!order_waited)
    return reply(plain(to(), thanks));
  session_.paused = false;
  reply(with_heading(thanks + "\n" + say(lang_, key::order_waits), question(to(), session_)));
}

void stepper::offer_invoice(const std::string& name) {
  const config::pack* pack = find_pack(config_, name);
  if (!pack)
    return reply(with_heading(say(lang_, key::pack_gone), shop_screen(to())));
  out_.commit.notifications.push_back(
    {notification_kind::invoice, outbox::to_json(invoice_for(to(), *pack, fresh_))});
}

} // namespace neurocards::flow
