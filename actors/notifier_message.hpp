#pragma once

#include "clients/telegram.hpp"
#include "domain/notifications.hpp"

namespace neurocards {

/// What goes with a video, or the file of a photo.
struct video_parts {
  std::string file;      // path; empty: it goes by Telegram's id
  std::string thumbnail; // path; empty: none
  video_facts facts;
};

/// The request that sends `content`, which is sendable; a video goes by Telegram's id of it or,
/// where there is none, from its file, as a photo always does. Where Telegram refused the markup,
/// `plain` sends the same text bare.
http::request message_request(const telegram::api& api, const telegram::destination& to,
                              const notifications::rendered& content, const video_parts& video,
                              bool plain);

} // namespace neurocards
