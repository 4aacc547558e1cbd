#include "domain/callback_data.hpp"
#include "domain/history_screen.hpp"
#include "domain/invitations.hpp"
#include "domain/names.hpp"
#include "domain/screens.hpp"

#include <charconv>

/// Everything around an order: consent, menu, cabinet, shop, law.
namespace neurocards::flow {

using texts::key;
using texts::markup_of;
using texts::number;
using texts::say;
using texts::user_text;

namespace {

constexpr size_t support_units = 200;

telegram::button button(const reader& to, key label, action pressed,
                        std::string_view argument = {}) {
  return {say(to.lang, label), data_of(pressed, {}, argument), {}, false};
}

std::string links(const reader& to) {
  const config::terms& terms = to.config.terms;
  if (terms.offer_url.empty())
    return say(to.lang, key::consent_without_links);
  const auto offer = user_text("offer", terms.offer_url, 1000);
  if (terms.privacy_url.empty())
    return say(to.lang, key::consent_offer_only, {offer});
  return say(to.lang, key::consent_links, {offer, user_text("privacy", terms.privacy_url, 1000)});
}

std::string ledger_lines(const reader& to) {
  std::string text;
  for (const store::ledger_entry& x : to.view.ledger)
    text += "\n"
            + say(to.lang, key::ledger_line,
                  {markup_of("date", short_date(x.created_at)),
                   markup_of("sign", x.amount < 0 ? "−" : "+"),
                   number("amount", x.amount < 0 ? -int64_t{x.amount} : x.amount),
                   markup_of("what", ledger_name(to.lang, x.kind))});
  return text;
}

telegram::keyboard::value_type home(const reader& to) {
  return {button(to, key::button_menu, action::menu)};
}

} // namespace

telegram::outgoing consent_screen(const reader& to, consent_reason reason) {
  const bool first = reason == consent_reason::first_time;
  std::string text = say(to.lang, first ? key::consent_hello : key::consent_changed);
  if (first && to.config.credits.welcome > 0)
    text +=
      "\n\n" + say(to.lang, key::consent_welcome, {number("count", to.config.credits.welcome)});
  text += "\n\n" + links(to);
  return {std::move(text),
          {{button(to, key::button_agree, action::agree, to.config.terms.version)}},
          true};
}

telegram::outgoing menu_screen(const reader& to, const session& s) {
  std::string text = say(to.lang, key::menu, {number("credits", to.credits)});
  telegram::keyboard buttons;
  if (s.order) {
    const std::string& words = s.order->description;
    text += "\n\n"
            + (words.empty() ? say(to.lang, key::menu_photo_draft_waits)
                             : say(to.lang, key::menu_draft_waits,
                                   {user_text("product", short_name(words), 80)}));
    buttons.push_back({{say(to.lang, key::button_continue),
                        data_of(action::resume, s.order->id.value),
                        {},
                        false}});
  }
  buttons.push_back({button(to, key::button_new, action::create)});
  buttons.push_back({button(to, key::button_cabinet, action::cabinet),
                     button(to, key::button_history, action::history)});
  telegram::keyboard::value_type last;
  if (!to.config.credits.packs.empty())
    last.push_back(button(to, key::button_buy, action::shop));
  last.push_back(button(to, key::button_help, action::help));
  buttons.push_back(std::move(last));
  return {std::move(text), std::move(buttons), true};
}

telegram::outgoing cabinet_screen(const reader& to) {
  std::string text = say(to.lang, key::cabinet, {number("credits", to.credits)});
  if (!to.view.ledger.empty())
    text += "\n\n" + say(to.lang, key::cabinet_ledger) + ledger_lines(to);
  if (!to.view.history.empty())
    text += "\n\n" + say(to.lang, key::cabinet_orders) + order_lines(to, 3);
  telegram::keyboard buttons;
  if (!to.config.credits.packs.empty())
    buttons.push_back({button(to, key::button_buy, action::shop)});
  buttons.push_back({button(to, key::button_history, action::history)});
  if (invitations::are_possible(to.config.referral, to.view.bot_username))
    buttons.push_back({button(to, key::button_invite, action::invite)});
  if (to.view.news_off)
    buttons.push_back({button(to, key::button_news_on, action::news_on)});
  buttons.push_back(home(to));
  return {std::move(text), std::move(buttons), true};
}

telegram::outgoing invitation_screen(const reader& to, user_id inviter) {
  const auto& promised = to.config.referral;
  std::string text = say(to.lang, key::invite);
  if (promised.inviter > 0)
    text += "\n" + say(to.lang, key::invite_inviter, {number("count", promised.inviter)});
  if (promised.invited > 0)
    text += "\n" + say(to.lang, key::invite_invited, {number("count", promised.invited)});
  return plain(to, text + "\n\n" + invitations::link(to.view.bot_username, inviter));
}

telegram::outgoing terms_screen(const reader& to) {
  std::string text = say(to.lang, key::terms);
  if (!to.config.terms.offer_url.empty())
    text += "\n\n"
            + say(to.lang, key::terms_offer, {user_text("offer", to.config.terms.offer_url, 1000)});
  if (!to.config.terms.privacy_url.empty())
    text +=
      "\n"
      + say(to.lang, key::terms_privacy, {user_text("privacy", to.config.terms.privacy_url, 1000)});
  return plain(to, std::move(text));
}

telegram::outgoing support_screen(const reader& to, user_id who) {
  const std::string& support = to.config.terms.support;
  const auto user = number("user", who.value);
  return plain(to, support.empty() ? say(to.lang, key::support_without_contact, {user})
                                   : say(to.lang, key::support,
                                         {user_text("contact", support, support_units), user}));
}

telegram::outgoing pay_support_screen(const reader& to, user_id who) {
  return with_heading(say(to.lang, key::paysupport), support_screen(to, who));
}

telegram::outgoing private_only_screen(const reader& to) {
  telegram::outgoing out{say(to.lang, key::private_only), {}, true};
  if (!to.config.bot_username.empty())
    out.buttons.push_back({{say(to.lang, key::button_write_privately),
                            {},
                            "https://t.me/" + to.config.bot_username,
                            false}});
  return out;
}

telegram::outgoing banned_screen(const reader& to) {
  const std::string& support = to.config.terms.support;
  return {support.empty()
            ? say(to.lang, key::banned_without_contact)
            : say(to.lang, key::banned, {user_text("contact", support, support_units)}),
          {},
          true};
}

// ── shop ─────────────────────────────────────────────────────────────────────────────────────────

telegram::outgoing shop_screen(const reader& to) {
  if (to.config.credits.packs.empty())
    return plain(to, say(to.lang, key::shop_closed));
  telegram::keyboard buttons;
  for (const config::pack& x : to.config.credits.packs)
    buttons.push_back(
      {{say(to.lang, key::button_pack, {number("count", x.credits), number("stars", x.stars)}),
        data_of(action::buy_pack, {}, pack_name(x)),
        {},
        false}});
  buttons.push_back(home(to));
  return {say(to.lang, key::shop, {number("credits", to.credits)}), std::move(buttons), true};
}

std::string pack_name(const config::pack& x) {
  return std::to_string(x.credits) + "x" + std::to_string(x.stars);
}

std::optional<config::pack> parse_pack(std::string_view name) {
  config::pack result;
  const char* const end = name.data() + name.size();
  const auto credits = std::from_chars(name.data(), end, result.credits);
  if (credits.ec != std::errc{} || credits.ptr == end || *credits.ptr != 'x')
    return std::nullopt;
  const auto price = std::from_chars(credits.ptr + 1, end, result.stars);
  if (price.ec != std::errc{} || price.ptr != end || result.credits < 1 || result.stars < 1)
    return std::nullopt;
  return result;
}

const config::pack* find_pack(const flow_config& config, std::string_view name) {
  for (const config::pack& x : config.credits.packs)
    if (pack_name(x) == name)
      return &x;
  return nullptr;
}

telegram::invoice invoice_for(const reader& to, const config::pack& pack, const uuid& id) {
  const auto count = number("count", pack.credits);
  return {say(to.lang, key::invoice_title, {count}),
          say(to.lang, key::invoice_description, {count}),
          "1:" + compact(id) + ":" + pack_name(pack), say(to.lang, key::invoice_title, {count}),
          pack.stars};
}

} // namespace neurocards::flow
