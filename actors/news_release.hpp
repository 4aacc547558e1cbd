#pragma once

#include "actors/notifier_context.hpp"
#include "domain/news_pace.hpp"

#include <functional>

namespace neurocards {

/// Has the database write the news of broadcasts, a few messages at a time: at the rate of
/// `broadcast.rate`, and only while nothing else is to be sent. So they stand behind all others,
/// and hold up nobody who comes after them for longer than those few take. Part of the actor
/// `notifier`; not an actor itself.
class news_release {
public:
  /// `idle`: nothing else waits. `written` is called when there is something to be read.
  news_release(notifier_context& context, changing<config::broadcast> settings,
               std::function<bool()> idle, std::function<void()> written)
    : context_(context), settings_(std::move(settings)), pace_(settings_->rate),
      idle_(std::move(idle)), written_(std::move(written)) {}

  /// A new term.
  void start();
  void stop() { next_.dispose(); }

  /// The database has said that something is to be sent: perhaps a broadcast runs now.
  void wake();

private:
  void come_again(caf::timespan);
  void search_later();
  void release();
  void on_released(const store::released_news&);

  notifier_context& context_;
  changing<config::broadcast> settings_;
  news_pace pace_;
  std::function<bool()> idle_;
  std::function<void()> written_;
  caf::disposable next_;
  bool searching_ = false; // there was no broadcast: the next search comes by the clock
  bool woken_ = false;     // since the database was asked last
  caf::actor_clock::time_point searched_;
};

} // namespace neurocards
