#pragma once

#include "protocol/config.hpp"
#include "protocol/ids.hpp"

#include <optional>
#include <string>
#include <string_view>

/// Links by which users bring others: https://t.me/BOT?start=ref_CODE. The code is the inviter's
/// number in base 36; who guesses one can only do somebody a favour.
namespace neurocards::invitations {

/// Whether anything is promised, and a link can be made.
bool are_possible(const config::referral&, std::string_view bot_username);

std::string link(std::string_view bot_username, user_id inviter);

/// Who is named in "/start ref_CODE"; nullopt: nobody.
std::optional<user_id> inviter_in(std::string_view start_command);

} // namespace neurocards::invitations
