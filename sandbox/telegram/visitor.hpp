#pragma once

#include "sandbox/telegram/bot.hpp"

#include <nlohmann/json_fwd.hpp>

/// What simulated users do. Every function makes the user if there is none with that number, and
/// returns what happened for `/control`; a wrong wish throws std::invalid_argument.
namespace neurocards::sandbox::telegram {

/// Sends a message: `type` is text, photo, document, album, sticker, voice, location or contact.
/// `bytes`: of the file; empty: the sample that the wish names, or a picture.
nlohmann::json send_as(bot& b, const nlohmann::json& wish, std::string_view bytes = {});

/// Presses a button of a message, named by its data, its text or its place.
nlohmann::json press_as(bot& b, const nlohmann::json& wish);

/// Shuts the bot out, or lets it in again.
nlohmann::json block_as(bot& b, int64_t user, bool blocked);

/// Pays an invoice. `on_end` hears of the end: paid, refused or not answered in time.
void pay_as(bot& b, const nlohmann::json& wish, std::function<void(const nlohmann::json&)> on_end);

/// Telegram refunds a payment by itself, as after a complaint of its user.
nlohmann::json refund_as(bot& b, const nlohmann::json& wish);

} // namespace neurocards::sandbox::telegram
