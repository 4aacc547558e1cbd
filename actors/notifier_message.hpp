#pragma once

#include "clients/telegram.hpp"
#include "domain/notices.hpp"

namespace neurocards {

/// The request that sends `content`, which is sendable; a video goes by Telegram's id of it or,
/// where there is none, from `file`. Where Telegram refused the markup, `plain` sends the same text
/// bare.
http::request message_request(const telegram::api& api, chat_id to,
                              const notices::rendered& content, const std::string& file,
                              bool plain);

} // namespace neurocards
