#pragma once

#include "actors/update_admission.hpp"

#include <optional>

#include <caf/disposable.hpp>

namespace neurocards {

/// Brings what the inbox still holds to its conversations: all of it when a term begins, then what
/// nobody brings any more. Part of the actor `telegram_gateway`; not an actor itself.
class inbox_replay {
public:
  /// `ended` is called after each complete replay.
  inbox_replay(update_admission& admission, std::function<void()> ended)
    : admission_(admission), ended_(std::move(ended)) {}

  /// A new term: replays everything.
  void start();

  /// The term is over.
  void stop();

  void cancel(); // no timer fires any more

  /// Unless a replay is planned for even sooner. While one runs: after it.
  void replay_after(caf::timespan delay);

  /// There may be room again.
  void resume();

  bool done() const { return done_; } // what was there when this term began has been brought

private:
  enum class phase : uint8_t { idle, reading, paused }; // for want of capacity

  void replay();
  void read_page();
  void on_page(const store::inbox_page&, int limit);
  void on_failed(const caf::error&);
  void end();
  int bring_all(const store::inbox_page&);
  bool bring(const store::inbox_update&);
  int page_limit() const;
  void watch_left_behind();
  void ask_for_left_behind();

  update_admission& admission_;
  std::function<void()> ended_;
  phase phase_ = phase::idle;
  bool done_ = false;
  bool again_ = false; // another one was wanted while this one ran
  int failures_ = 0;
  caf::disposable next_;
  std::optional<caf::actor_clock::time_point> next_at_;
};

} // namespace neurocards
