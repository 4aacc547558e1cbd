#pragma once

#include "domain/json.hpp"
#include "domain/language.hpp"

#include <string>

/// What operators' chats are told when something needs a person. The causes are those of `alerts`
/// (SQL); no text has a secret or a word of a user.
namespace neurocards::alerts {

/// A balance of KIE credits below which somebody should top up.
constexpr double low_balance = 500;

/// {"cause", "subject", "provider", "count", "of", "minutes"}; HTML. An unknown cause is named as
/// it is.
std::string text_of(language, const json::object& payload);

} // namespace neurocards::alerts
