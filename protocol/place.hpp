#pragma once

#include "protocol/ids.hpp"

#include <cstdint>
#include <string>

namespace neurocards::telegram {

/// Where in its chat a message stands, and hence where the answer to it belongs. Empty: the chat
/// itself.
struct place {
  int64_t thread = 0;              // message_thread_id
  int64_t direct_messages = 0;     // direct_messages_topic.topic_id
  std::string business_connection; // business_connection_id
  int64_t reply_to = 0;            // the message that is answered, where others talk as well

  bool empty() const {
    return thread == 0 && direct_messages == 0 && business_connection.empty() && reply_to == 0;
  }
  friend bool operator==(const place&, const place&) = default;
};

/// Where a message is sent.
struct destination {
  // NOLINTNEXTLINE(google-explicit-constructor): most messages go to the chat itself
  destination(chat_id to, place within = {}) : chat(to), where(std::move(within)) {}

  chat_id chat;
  place where;
};

} // namespace neurocards::telegram
