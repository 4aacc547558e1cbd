#pragma once

#include "domain/callback_data.hpp"

#include <optional>
#include <string_view>

/// Buttons of the superseded bot, which stay in its users' chats for ever.
namespace neurocards::flow {

/// What pressing one leads to today. Its steps of an order lead to a draft that is gone, and no
/// button of it brings credits. Nullopt: not a button of that bot.
std::optional<pressed> parse_old_data(std::string_view data);

/// `parse_data`, or else what an old button leads to.
std::optional<pressed> understand_data(std::string_view data);

} // namespace neurocards::flow
