#pragma once

#include "domain/telegram_errors.hpp"

#include <cstdint>

/// How a message that Telegram did not take as it is may be sent all the same. Pure.
namespace neurocards::outbox {

/// A message as it was tried.
struct tried_message {
  bool moved = false;  // to the chat's new number
  bool placed = false; // in a topic, or as an answer
  bool plain = false;  // without markup, or it has none that could be left out
  bool video = false;
  bool by_id = false; // a video by Telegram's id of it
};

enum class remedy : uint8_t {
  none,
  new_chat, // the chat's new number
  no_place, // the chat itself
  plain,    // without markup
  upload,   // of the video's file instead of its id
  link,     // to the video
};

/// Each at most once. A refused video may be a file that Telegram cannot use: its buyer gets it as
/// a link, or words at least.
remedy remedy_for(telegram::send_result, const tried_message&);

} // namespace neurocards::outbox
