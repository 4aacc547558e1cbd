#pragma once

#include "domain/flow.hpp"
#include "domain/language.hpp"
#include "domain/session.hpp"
#include "domain/texts.hpp"

#include <optional>
#include <string>
#include <vector>

/// What the bot shows: each function makes one whole message.
namespace neurocards::flow {

/// Whom a screen is for, and what it may tell.
struct reader {
  language lang = language::ru;
  int credits = 0;
  const store::conversation_view& view;
  const flow_config& config;
};

/// Puts `paragraph` above the text of a screen.
telegram::outgoing with_heading(std::string paragraph, telegram::outgoing screen);

/// A text and a way home.
telegram::outgoing plain(const reader&, std::string text);

/// How a consent came to be asked for.
enum class consent_reason : uint8_t { first_time, terms_changed };
telegram::outgoing consent_screen(const reader&, consent_reason);

telegram::outgoing menu_screen(const reader&, const session&);
telegram::outgoing cabinet_screen(const reader&);
telegram::outgoing shop_screen(const reader&);

/// The link by which somebody brings others, and what that brings.
telegram::outgoing invitation_screen(const reader&, user_id inviter);

telegram::outgoing terms_screen(const reader&);
telegram::outgoing support_screen(const reader&, user_id);
telegram::outgoing pay_support_screen(const reader&, user_id);
telegram::outgoing private_only_screen(const reader&);
telegram::outgoing banned_screen(const reader&);

/// The question a session is at: the menu when no order is being made.
telegram::outgoing question(const reader&, const session&);

telegram::outgoing accepted_screen(const reader&, const draft&);
telegram::outgoing not_enough_screen(const reader&, const draft&);
telegram::outgoing too_many_screen(const reader&, const draft&);
telegram::outgoing data_missing_screen(const reader&);
telegram::outgoing photo_fault_screen(const reader&, const photo_rejected&);

/// "5x250": names a pack by what it is, so that a changed price makes it another pack.
std::string pack_name(const config::pack&); // "5x250": credits and Stars
std::optional<config::pack> parse_pack(std::string_view name);

/// Null: not for sale (any more).
const config::pack* find_pack(const flow_config&, std::string_view name);

telegram::invoice invoice_for(const reader&, const config::pack&, const uuid& id);

/// The first sentence of a description, at most 80 characters: `jobs.product_name`.
std::string short_name(std::string_view description);

} // namespace neurocards::flow
