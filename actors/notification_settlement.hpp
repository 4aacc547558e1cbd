#pragma once

#include "actors/notifier_context.hpp"

#include <functional>
#include <memory>
#include <variant>

namespace neurocards {

/// Tells the database what became of a notification, again and again until it knows: else it would
/// be read, and sent, once more. Lives until then. Part of the actor `notifier`; not an actor
/// itself.
class notification_settlement : public std::enable_shared_from_this<notification_settlement> {
public:
  using verdict =
    std::variant<store::mark_sent, store::defer_notification, store::drop_notification>;

  notification_settlement(notifier_context& context, verdict outcome, std::function<void()> done)
    : context_(context), verdict_(std::move(outcome)), done_(std::move(done)) {}

  /// Once; `done` hears of the commit.
  void start();

private:
  void on_failed(const caf::error&);
  notification_id id() const;

  notifier_context& context_;
  verdict verdict_;
  std::function<void()> done_;
  int failures_ = 0;
};

} // namespace neurocards
