#pragma once

#include "actors/temporary_file.hpp"
#include "domain/notifications.hpp"
#include "domain/outbox_order.hpp"
#include "protocol/store/outbox.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <string>
#include <utility>
#include <variant>

namespace neurocards {

/// What the notifier holds of one chat. The first notification is being dealt with, the others
/// wait.
struct notifier_line {
  enum class phase : uint8_t {
    fresh,     // just read
    preparing, // its file or link is awaited, or a free upload
    waiting,   // for its turn to be sent
    sending,   // Telegram has it: must be waited for, whatever happens
    settling,  // answered; the database does not know yet
  };
  enum class form : uint8_t {
    rendered,
    link, // the video as a link, because Telegram refused the file
  };
  using settlement =
    std::variant<store::mark_sent, store::defer_notification, store::drop_notification>;

  std::deque<store::notification> notifications;
  bool more = false; // the database may have others of this chat
  chat_id to;        // where Telegram has moved the chat

  // of the first notification
  phase at = phase::fresh;
  form as = form::rendered;
  bool plain = false;     // without markup, which Telegram refused
  bool if_linked = false; // as a link where there is one; else later
  telegram::place where;  // in the chat; empty once Telegram does not know it any more
  uint64_t ticket = 0;    // tells its answers from those to an earlier one
  bool link_known = false;
  std::string link; // empty: there is none
  notifications::rendered content;
  temporary_file file;      // opened for the upload
  temporary_file thumbnail; // of `file`
  video_facts facts;
  bool uploads = false;                          // holds one of the uploads that may run at once
  std::chrono::steady_clock::time_point sent_at; // last handed to Telegram
  std::chrono::nanoseconds took{0};              // until that was answered
  settlement verdict;
  int settle_tries = 0;

  const store::notification& first() const { return notifications.front(); }

  /// The first notification, which could not be sent.
  outbox::failed_send failed() const;
};

} // namespace neurocards
