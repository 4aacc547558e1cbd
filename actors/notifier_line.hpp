#pragma once

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

/// A stored file opened for an upload; removes what was fetched only for that.
class upload_file {
public:
  upload_file() = default;
  upload_file(std::string path, bool temporary) : path_(std::move(path)), temporary_(temporary) {}
  upload_file(upload_file&& other) noexcept { swap(other); }
  upload_file& operator=(upload_file&& other) noexcept {
    swap(other);
    return *this;
  }
  ~upload_file();

  const std::string& path() const { return path_; }

private:
  void swap(upload_file& other) noexcept {
    path_.swap(other.path_);
    std::swap(temporary_, other.temporary_);
  }

  std::string path_; // empty: none
  bool temporary_ = false;
};

/// What the notifier holds of one chat. The first notice is being dealt with, the others wait.
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
  using settlement = std::variant<store::mark_sent, store::defer_notice, store::drop_notice>;

  std::deque<store::notice> notices;
  bool more = false; // the database may have others of this chat
  chat_id to;        // where Telegram has moved the chat

  // of the first notice
  phase at = phase::fresh;
  form as = form::rendered;
  bool plain = false;     // without markup, which Telegram refused
  bool if_linked = false; // as a link where there is one; else later
  telegram::place where;  // in the chat; empty once Telegram does not know it any more
  uint64_t ticket = 0;    // tells its answers from those to an earlier one
  bool link_known = false;
  std::string link; // empty: there is none
  notifications::rendered content;
  upload_file file;
  upload_file thumbnail; // of `file`
  video_facts facts;
  bool uploads = false;                          // holds one of the uploads that may run at once
  std::chrono::steady_clock::time_point sent_at; // last handed to Telegram
  std::chrono::nanoseconds took{0};              // until that was answered
  settlement verdict;
  int settle_tries = 0;

  const store::notice& first() const { return notices.front(); }

  /// The first notice, which could not be sent.
  outbox::failed_send failed() const;
};

} // namespace neurocards
