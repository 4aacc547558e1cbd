#pragma once

#include "base/word_table.hpp"

#include <cstdint>

namespace neurocards {

/// What a message to a user is about (`notifications.kind`).
enum class notification_kind : uint8_t {
  reply,   // a finished message
  invoice, // a finished one
  job_started,
  job_retry,
  job_waiting, // the provider is out of order, and the job waits for it
  job_delayed,
  job_done,
  job_failed,
  job_violation,
  late_video,
  credits_granted,  // by an operator
  payment_refunded, // by an operator or by Telegram
  progress_message, // or an edit of it
  operator_alert,   // to an operators' chat: something needs a person
  referral_paid,    // credits for who invited, or was invited
  news,             // of a broadcast
  welcome_video,    // by Telegram's id
  photo_preview,    // of a draft: its photo as it will be filmed
  overtaken,        // never in a row: news of a job that has ended meanwhile
};

namespace detail {

constexpr word_table<notification_kind, 19> notification_kinds{
  {{notification_kind::reply, "reply"},
   {notification_kind::invoice, "invoice"},
   {notification_kind::job_started, "job_started"},
   {notification_kind::job_retry, "job_retry"},
   {notification_kind::job_waiting, "job_waiting"},
   {notification_kind::job_delayed, "job_delayed"},
   {notification_kind::job_done, "job_done"},
   {notification_kind::job_failed, "job_failed"},
   {notification_kind::job_violation, "job_violation"},
   {notification_kind::late_video, "gift_video"},
   {notification_kind::credits_granted, "credits_granted"},
   {notification_kind::payment_refunded, "payment_refunded"},
   {notification_kind::progress_message, "card"},
   {notification_kind::operator_alert, "operator_alert"},
   {notification_kind::referral_paid, "referral_paid"},
   {notification_kind::news, "news"},
   {notification_kind::welcome_video, "welcome_video"},
   {notification_kind::photo_preview, "photo_preview"},
   {notification_kind::overtaken, "overtaken"}}};

} // namespace detail

/// The word that stands in the row.
constexpr std::string_view to_string(notification_kind kind) {
  return word_of(detail::notification_kinds, kind);
}

/// Nullopt: a word that this version does not know.
constexpr std::optional<notification_kind> parse_notification_kind(std::string_view text) {
  return find_word(detail::notification_kinds, text);
}

} // namespace neurocards
