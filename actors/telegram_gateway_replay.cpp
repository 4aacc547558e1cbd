#include "actors/backoff.hpp"
#include "actors/telegram_gateway.hpp"
#include "actors/timer_wheel.hpp"
#include "base/log.hpp"

namespace neurocards {

using namespace std::chrono_literals;

namespace {

constexpr int page_size = 1000;

/// A leader looks now and then for what nobody brings any more: a commit that arrived after its
/// sender, an update whose receiver lives but has lost it.
constexpr caf::timespan look_interval = 1min;

/// What a receiver left behind when it ended must not wait for that: somebody is waiting for it.
constexpr caf::timespan left_behind_interval = 2s;

} // namespace

/// Unless one is planned for even sooner. While one runs: after it.
void telegram_gateway::replay_after(caf::timespan delay) {
  if (replaying_) {
    replay_again_ = true;
    return;
  }
  const auto at = self_->clock().now() + delay;
  if (next_replay_at_ && *next_replay_at_ <= at)
    return;
  cancel_replay();
  next_replay_at_ = at;
  next_replay_ = run_after(self_, delay, [this] {
    next_replay_at_.reset();
    replay();
  });
}

void telegram_gateway::cancel_replay() {
  next_replay_.dispose();
  next_replay_at_.reset();
}

void telegram_gateway::replay() {
  if (!serving() || replaying_)
    return;
  if (replayed_ && !router_.any_lost() && router_.unfinished() > page_size)
    return replay_after(look_interval); // nothing is known to be missing, and there is enough to do
  replaying_ = true;
  replay_again_ = false;
  router_.begin_replay();
  read_page();
}

/// Asks for more than is under way, so that every page brings something new while there is any.
void telegram_gateway::read_page() {
  if (full()) {
    replay_paused_ = true;
    return;
  }
  const int limit = page_size + static_cast<int>(router_.unfinished() + router_.set_aside());
  self_->request(config_->store, caf::infinite, store::pending_updates{limit})
    .then(while_leading<store::inbox_page>(
            [this, limit](const store::inbox_page& page) { on_page(page, limit); }),
          while_leading<caf::error>([this](const caf::error& why) { on_replay_failed(why); }));
}

void telegram_gateway::on_page(const store::inbox_page& page, int limit) {
  int brought = 0;
  for (const auto& row : page.updates)
    brought += bring_again(row);
  if (brought > 0)
    log::info("telegram_gateway.replayed", "updates", brought);
  if (page.updates.size() < static_cast<size_t>(limit))
    return end_replay();
  if (brought > 0)
    return read_page();
  on_replay_failed(
    caf::make_error(ec::overloaded, "only updates of lost chats in a page of", limit));
}

/// True: an update of the inbox is brought to its conversation. One that cannot be read stays where
/// it is: marked as handled it would be lost without a trace, and only a person can tell what it
/// was.
bool telegram_gateway::bring_again(const store::inbox_update& row) {
  const auto received = telegram::parse_update(row.body);
  if (!received || received->parsed.update != row.id) {
    if (router_.set_aside(row.id)) {
      config_->counts.updates("unreadable").inc();
      log::error("telegram_gateway.update_unreadable", "update", row.id, "chat", row.chat, "kind",
                 row.kind, "bytes", row.body.size(), "advice",
                 "docs/operations.md, runbook 21: it stays unhandled");
    }
    return false;
  }
  const auto& update = received->parsed;
  if (!leading_ && !router_.lost(update))
    return false; // of another node with webhooks, or left to the leader
  if (!router_.replay(update))
    return false;
  answer_checkout(update); // perhaps its receiver died before it could
  return true;
}

void telegram_gateway::on_replay_failed(const caf::error& why) {
  if (worth_a_line(++replay_failures_))
    log::warn("telegram_gateway.replay_failed", "failures", replay_failures_, "error", why);
  replaying_ = false;
  replay_after(backoff(replay_failures_, 200ms, 10s));
}

void telegram_gateway::end_replay() {
  replay_failures_ = 0;
  replaying_ = false;
  replayed_ = true;
  router_.end_replay();
  if (replay_again_ || router_.any_lost())
    replay_after(200ms);
  else if (leading_)
    replay_after(look_interval);
  poll();
}

/// With webhooks only: a poller that loses the lock leaves everything to the replay of the next.
void telegram_gateway::look_for_left_behind() {
  if (config_->telegram.mode != config::telegram_mode::webhook)
    return;
  run_after(self_, left_behind_interval, while_leading([this] {
              if (replayed_ && !replaying_ && !full())
                ask_for_left_behind();
              look_for_left_behind();
            }));
}

/// Oldest first, so that a chat's updates are brought in order. A failure is told of by whatever
/// else asks the database.
void telegram_gateway::ask_for_left_behind() {
  const int limit = page_size + static_cast<int>(router_.unfinished() + router_.set_aside());
  self_
    ->request(config_->store, caf::infinite,
              store::pending_updates{limit, store::pending_updates::choice::left_behind})
    .then(while_leading<store::inbox_page>([this](const store::inbox_page& page) {
            int brought = 0;
            for (const auto& row : page.updates)
              brought += bring_again(row);
            if (brought > 0)
              log::info("telegram_gateway.left_behind_brought", "updates", brought);
          }),
          [](const caf::error&) {});
}

} // namespace neurocards
