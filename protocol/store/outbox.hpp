#pragma once

#include "protocol/ids.hpp"
#include "protocol/store/notification_kind.hpp"
#include "protocol/store/request.hpp"
#include "protocol/video_facts.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

/// Messages to users that are to be sent.
namespace neurocards::store {

/// A message as the notifier gets it, joined with what rendering it needs.
struct notification {
  notification_id id;
  chat_id chat;
  notification_kind kind = notification_kind::reply;
  std::string payload; // JSON object
  int tries = 0;
  std::chrono::milliseconds age{0}; // since it was written, by the database's clock, as it was read
  std::optional<std::chrono::milliseconds> update_age{}; // likewise, of the update it replies to
  std::chrono::steady_clock::time_point read_time{};     // by the reader's clock
  std::string language;                                  // "ru" or "en"
  std::optional<job_id> job;                             // the following describe it
  int attempts = 0;
  std::string model;
  int credits = 0; // the user's balance now
  storage_key video;
  int64_t video_bytes = 0;
  std::string video_file_id; // Telegram's, once it has the video
  video_facts facts = {};    // of the job's video, once it was opened
  std::string place;         // in the chat (JSON, outbox::parse_place); empty: the chat itself
};

/// Unsent notifications that are due, oldest first per chat, skipping `busy` chats.
struct due_notifications {
  int limit = 500;
  std::vector<chat_id> busy;
  using answer = struct notification_page;
  static constexpr request_traits traits{.name = "due_notifications", .batch_limit = 1};
};
/// One that this version cannot read: a newer node wrote it.
struct foreign_notification {
  notification_id id;
  std::string kind;
};
struct notification_page {
  std::vector<notification> notifications;
  std::vector<foreign_notification> foreign = {}; // count towards the limit, too
};

struct mark_sent {
  notification_id id;
  int64_t message_id = 0;    // 0: nothing to remember
  std::string video_file_id; // non-empty: remember for the job
  video_facts facts = {};    // known: likewise
  using answer = committed;
  static constexpr request_traits traits{.name = "mark_sent"};
};

/// Not sent; try again later. Later notifications of the chat wait as well, unless this one steps
/// aside: then they pass it, from now on.
struct defer_notification {
  notification_id id;
  std::chrono::milliseconds delay{0};
  std::string error;
  bool aside = false;
  using answer = committed;
  static constexpr request_traits traits{.name = "defer_notification"};
};

/// Writes an edit ("card") for each of the orders' progress messages that would read otherwise now,
/// among the `limit` that were read longest ago. Answers 1 if any order's is still open, else 0.
struct refresh_progress {
  int limit = 20;
  using answer = count;
  static constexpr request_traits traits{.name = "refresh_progress", .batch_limit = 1};
};

/// Never to be sent (permanent error); recorded. `blocked`: the user shut the bot out; then all
/// that was written for him before `sent_at` goes with it, unless he has come back since.
struct drop_notification {
  notification_id id;
  std::string error;
  bool blocked = false;
  std::optional<std::chrono::steady_clock::time_point> sent_at{}; // absent: now
  using answer = committed;
  static constexpr request_traits traits{.name = "drop_notification"};
};

} // namespace neurocards::store
