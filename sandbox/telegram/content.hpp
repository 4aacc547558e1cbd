#pragma once

#include "sandbox/form.hpp"
#include "sandbox/telegram/html.hpp"

#include <nlohmann/json_fwd.hpp>

/// Reading and checking of what the bot wants to send.
namespace neurocards::sandbox::telegram {

enum class text_kind : uint8_t { message, caption };

/// The parameter `text` or `caption`, parsed as parse_mode says, cleaned and measured. `error` is
/// Telegram's text without the prefix.
formatted_text read_text(const form& f, text_kind kind);

/// Adds `text` and `entities` (or `caption` and `caption_entities`) to a message.
void put_text(nlohmann::json& message, const formatted_text& text, text_kind kind);

struct markup {
  std::string inline_keyboard; // JSON of the whole reply_markup; empty: none
  std::string other;           // a reply keyboard, its removal or a forced reply (JSON)
  std::string error;
};

markup read_markup(const form& f);

} // namespace neurocards::sandbox::telegram
