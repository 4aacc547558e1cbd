#pragma once

#include "actors/chat_queues.hpp"
#include "actors/notifier_context.hpp"

#include <functional>

#include <caf/disposable.hpp>

namespace neurocards {

/// Reads what is due from the outbox, page by page, while there is room for it: at once when
/// somebody says so, and every two seconds. Part of the actor `notifier`; not an actor itself.
class outbox_reader {
public:
  /// `found` hears of chats that had nothing before.
  outbox_reader(notifier_context& context, chat_queues& queues,
                std::function<void(const std::vector<chat_id>&)> found)
    : context_(context), queues_(queues), found_(std::move(found)) {}

  /// A new term.
  void start();
  void stop() { next_.dispose(); }

  /// There may be something to send.
  void read();

  /// The outbox holds more than was read.
  bool has_more() const { return more_; }

  /// There may be room again for what was left in the outbox.
  void resume();

private:
  enum class phase : uint8_t {
    idle,
    reading,
    outdated, // reading, and something was written meanwhile
  };

  bool has_room() const;
  void on_page(store::notification_page&, uint64_t term);
  void on_failed(const caf::error&);
  void leave_to_newer(const store::foreign_notification&);

  notifier_context& context_;
  chat_queues& queues_;
  std::function<void(const std::vector<chat_id>&)> found_;
  phase phase_ = phase::idle;
  bool more_ = false; // the outbox holds more than we do
  caf::disposable next_;
};

} // namespace neurocards
