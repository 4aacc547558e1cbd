#pragma once

#include "actors/notification_settlement.hpp"
#include "actors/send_window.hpp"
#include "actors/video_source.hpp"
#include "domain/outbox_order.hpp"
#include "domain/send_remedy.hpp"

namespace neurocards {

/// One notification on its way to Telegram, from its row until the database knows what became of
/// it. Part of the actor `notifier`; not an actor itself.
class delivery : public std::enable_shared_from_this<delivery> {
public:
  /// What that means for its chat.
  enum class ending : uint8_t {
    next,        // it is settled: the next one's turn
    others_wait, // with it, until it is due again
    others_pass, // it comes again later, the others need not wait for it
    chat_gone,   // the reader has shut us out: all that was for him is dropped
    lost,        // somebody else leads, and sends it
  };

  /// `address`: where the chat has moved to, if it has.
  delivery(notifier_context& context, send_window& window, upload_slots& slots,
           notifications::notification notification, chat_id address,
           std::function<void(ending)> ended);

  /// Once. Joins the line when it can be sent.
  void start() { prepare(); }

  /// It is its chat's turn.
  void send();

  /// Whether Telegram has it, or what became of it is being written down: it must be waited for.
  bool must_end() const { return phase_ == phase::sending || phase_ == phase::settling; }

  /// Gives back what it holds.
  void abandon() { video_->close(); }

  chat_id address() const { return address_; }

private:
  enum class phase : uint8_t { preparing, waiting, sending, settling };
  enum class form : uint8_t {
    rendered,
    link,          // a link to the video, or words for want of one and instead of a photo
    link_or_later, // a link to the video, else the whole later
  };

  void prepare();
  void on_video(video_source::outcome);
  void join_line();
  void on_answer(const telegram::answer&);
  void on_sent(const telegram::answer&);
  void measure() const;
  void send_otherwise(const telegram::send_verdict&, const telegram::reply&);
  void send_another_way();
  void retry_later(const telegram::send_verdict&, const telegram::reply&);
  void postpone_for_own_backoff(const std::string& reason);
  void postpone(std::chrono::milliseconds delay, const std::string& reason);
  void drop(const std::string& reason, bool blocked);
  void settle(notification_settlement::verdict, ending);

  const store::notification& row() const { return notification_.row; }
  const notifications::video_message* video() const {
    return std::get_if<notifications::video_message>(&content_);
  }
  bool is_edit() const { return std::holds_alternative<notifications::edited_message>(content_); }
  outbox::tried_message tried() const;
  outbox::failed_send failed() const;

  notifier_context& context_;
  send_window& window_;
  notifications::notification notification_;
  chat_id address_; // zero: the chat's own
  std::function<void(ending)> ended_;
  storage_key photo_;                   // to be shown; empty: none
  std::shared_ptr<video_source> video_; // or its photo
  phase phase_ = phase::preparing;
  form form_ = form::rendered;
  bool plain_ = false;    // without markup, which Telegram refused
  telegram::place place_; // in the chat; empty once Telegram does not know it any more
  notifications::rendered content_;
  std::chrono::steady_clock::time_point sent_at_; // last handed to Telegram
  std::chrono::nanoseconds took_{0};              // until that was answered
};

} // namespace neurocards
