#pragma once

#include "base/strong_id.hpp"
#include "base/uuid.hpp"

namespace neurocards {

/// A person in Telegram. At most 52 significant bits (Bot API); private chats have their user's
/// number.
using user_id = strong_id<int64_t, struct user_id_tag>;

/// A conversation in Telegram.
using chat_id = strong_id<int64_t, struct chat_id_tag>;

/// Telegram's number of one update: a unique key, not an order over weeks (Bot API, getUpdates).
using update_id = strong_id<int64_t, struct update_id_tag>;

/// A row of `notifications`; ascending per chat.
using notification_id = strong_id<int64_t, struct notification_id_tag>;

/// One ordered video.
using job_id = strong_id<uuid, struct job_id_tag>;

/// One order in the making; its jobs' idempotency keys derive from it.
using draft_id = strong_id<uuid, struct draft_id_tag>;

/// One life of one process. A restart is another incarnation, so that a lease cannot outlive it.
using incarnation = strong_id<uuid, struct incarnation_tag>;

/// The provider's name of a generation; opaque text.
using task_id = strong_id<std::string, struct task_id_tag>;

/// Names a key without revealing it: the first 16 hex digits of its SHA-256.
using key_fingerprint = strong_id<std::string, struct key_fingerprint_tag>;

/// A file in our storage: `photos/…`, `videos/…`; characters [A-Za-z0-9._/-] only.
using storage_key = strong_id<std::string, struct storage_key_tag>;

template <class Tag>
std::string to_string(const strong_id<uuid, Tag>& x) {
  return to_string(x.value);
}

} // namespace neurocards
