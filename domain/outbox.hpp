#pragma once

#include "domain/json.hpp"
#include "protocol/telegram.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace neurocards::store {
struct commit_step;
}

/// Messages as they lie in `notifications.payload` (docs/protocol.md, "Outbox payloads").
namespace neurocards::outbox {

/// {"text": …, "buttons": [[{"text": …, "data": …}]], "disable_preview": true}
std::string to_json(const telegram::outgoing&);

/// {"title": …, "description": …, "payload": …, "label": …, "stars": …}
std::string to_json(const telegram::invoice&);

/// {"draft": …, "total": N, "waiting": N}: the progress message of an order that was just accepted.
std::string progress_json(const draft_id&, int videos);

/// Nullopt: not JSON, or without a text. Unknown fields are ignored, malformed buttons left out.
std::optional<telegram::outgoing> parse_outgoing(std::string_view json);
std::optional<telegram::invoice> parse_invoice(std::string_view json);

/// The same of what is parsed already; nullopt: not such a message.
std::optional<telegram::outgoing> read_outgoing(const json::object&);
std::optional<telegram::invoice> read_invoice(const json::object&);

/// {"thread": …, "direct_messages": …, "business_connection": …, "reply_to": …}, without what is
/// not there; empty for the chat itself.
std::string to_json(const telegram::place&);

/// What cannot be read is the chat itself.
telegram::place parse_place(std::string_view json);

/// Adds `place` to everything that the step says, now or when its jobs have ended.
void put_in_place(store::commit_step&, const telegram::place&);

/// `reply_markup` of the Bot API: {"inline_keyboard": …}; empty for no buttons.
std::string reply_markup(const telegram::keyboard&);

} // namespace neurocards::outbox
