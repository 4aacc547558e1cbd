#pragma once

#include "actors/update_admission.hpp"
#include "actors/webhook_keeper.hpp"

namespace neurocards {

/// Fetches updates by long polling, one call at a time, and confirms them once they are stored.
/// Part of the actor `telegram_gateway`; not an actor itself.
class update_poller {
public:
  /// `may_poll`: whether the inbox has been replayed in this term.
  update_poller(update_admission& admission, webhook_keeper& webhook,
                std::function<bool()> may_poll)
    : admission_(admission), webhook_(webhook), may_poll_(std::move(may_poll)) {}

  /// A new term: nothing is known any more.
  void reset();

  /// Telegram has the webhook as we need it: polls as if nothing had failed.
  void on_webhook_settled();

  /// Unless a poll is under way, or something stands against it.
  void poll();

  /// There may be room again.
  void resume();

private:
  enum class phase : uint8_t {
    idle,
    fetching,
    storing,
    waiting, // after a failure or an early answer
  };
  using batch = std::shared_ptr<const update_admission::updates>;

  void on_answer(const telegram::updates_answer&, caf::actor_clock::time_point asked_at);
  void on_failed(const telegram::reply&);
  void poll_after(caf::timespan delay);
  void keep(const batch&);
  void on_kept(const update_admission::updates&);
  void on_keep_failed(const batch&, const caf::error&);

  update_admission& admission_;
  webhook_keeper& webhook_;
  std::function<bool()> may_poll_;
  phase phase_ = phase::idle;
  bool paused_ = false; // for want of capacity
  int64_t offset_ = 0;  // 0: none; only ever from what this term received
  int poll_failures_ = 0;
  int store_failures_ = 0;
};

} // namespace neurocards
