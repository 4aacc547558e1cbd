#include "domain/flow_step.hpp"
#include "domain/outbox.hpp"

#include <algorithm>

/// Credits for Telegram Stars. An invoice's payload is `1:<id>:<pack>`, and a pack's name tells
/// what it brings and costs. What is sold is our table of packs alone, and pre-checkout sees to it;
/// what was sold is in the payload, which nobody but us writes.
namespace neurocards::flow {

using texts::key;
using texts::number;
using texts::say;

namespace {

constexpr std::string_view stars = "XTR";
constexpr size_t id_begin = 2; // behind "1:"
constexpr size_t id_size = 22;

/// Empty: not a payload of ours.
std::string_view pack_named_in(std::string_view payload) {
  if (payload.size() < id_begin + id_size + 2 || payload.substr(0, id_begin) != "1:"
      || payload[id_begin + id_size] != ':' || !parse_compact(payload.substr(id_begin, id_size)))
    return {};
  return payload.substr(id_begin + id_size + 1);
}

/// What somebody who has paid gets: what his invoice promised, also if that pack costs more by now
/// or has gone; else the best pack the money buys today. 0: none, an operator has to decide.
int credits_for(const flow_config& config, const telegram::successful_payment& x) {
  if (x.currency != stars)
    return 0;
  if (const auto sold = parse_pack(pack_named_in(x.payload)); sold && sold->stars == x.amount)
    return sold->credits;
  int best = 0;
  for (const config::pack& pack : config.credits.packs)
    if (pack.stars <= x.amount)
      best = std::max(best, pack.credits);
  return best;
}

} // namespace

answer_pre_checkout check_pre_checkout(const telegram::pre_checkout_query& query,
                                       const store::profile& payer, const flow_config& config) {
  const config::pack* pack = find_pack(config, pack_named_in(query.payload));
  if (pack && query.currency == stars && query.amount == pack->stars)
    return {query.id, true, {}};
  return {query.id, false, say(language_of(payer.language_code), key::alert_pack_gone)};
}

/// Answered when it arrived (`check_pre_checkout`).
void stepper::apply(const telegram::pre_checkout_query&) {}

/// Credits whoever paid, banned or not, consent or not: it is his money. What brings no credits is
/// written down all the same.
void stepper::apply(const telegram::successful_payment& payment) {
  const int credits = credits_for(config_, payment);
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
