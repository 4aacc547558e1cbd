#pragma once

#include "domain/language.hpp"
#include "protocol/config.hpp"
#include "protocol/telegram.hpp"

#include <string>

/// What `operators.chats` may ask, and nobody else.
namespace neurocards::operators {

enum class question : uint8_t {
  none,   // nothing of ours, or not such a chat
  status, // `/status`
  file,   // a video, or a photo with the caption `/id`
};

question question_in(const telegram::incoming&, const config::operators&);

/// The state of the cluster in a few lines of HTML, from status_snapshot() (SQL).
std::string status_text(language, const std::string& snapshot);

} // namespace neurocards::operators
