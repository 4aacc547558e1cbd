#pragma once

#include "sandbox/telegram/bot.hpp"

/// The methods of the Bot API, each a function of the bot's world and the call's parameters.
namespace neurocards::sandbox::telegram {

reply get_me(bot& b, const form& f);
reply set_my_commands(bot& b, const form& f);
reply get_my_commands(bot& b, const form& f);
reply send_chat_action(bot& b, const form& f);
reply get_file(bot& b, const form& f);
reply answer_callback_query(bot& b, const form& f);

reply send_message(bot& b, const form& f);
reply send_photo(bot& b, const form& f);
reply send_video(bot& b, const form& f);
reply send_document(bot& b, const form& f);
reply send_media_group(bot& b, const form& f);

reply edit_message_text(bot& b, const form& f);
reply edit_message_caption(bot& b, const form& f);
reply edit_message_reply_markup(bot& b, const form& f);
reply delete_message(bot& b, const form& f);

reply send_invoice(bot& b, const form& f);
reply answer_pre_checkout_query(bot& b, const form& f);
reply refund_star_payment(bot& b, const form& f);
reply get_star_transactions(bot& b, const form& f);
reply get_my_star_balance(bot& b, const form& f);

/// Gives the Stars of a payment back, and tells the bot. `user` 0: whoever paid. Returns Telegram's
/// complaint; empty: none.
std::string refund(bot& b, const std::string& charge, int64_t user);

/// The chat that `chat_id` means, or null and the reply that says why the bot may not write there.
person* addressee(bot& b, const form& f, reply& refusal);

/// Puts `content` into the chat, with keyboard and reply as the parameters say.
reply post(bot& b, const form& f, nlohmann::json content);

} // namespace neurocards::sandbox::telegram
