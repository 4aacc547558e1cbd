#include "actors/backoff.hpp"
#include "actors/telegram_gateway.hpp"
#include "actors/timer_wheel.hpp"
#include "base/log.hpp"

namespace neurocards {

using namespace std::chrono_literals;

namespace {

constexpr int page_size = 1000;

/// A leader looks now and then for what others left behind: a webhook node that died, a commit that
/// arrived after its sender.
constexpr caf::timespan look_interval = 1min;

/// A body that cannot be read (it was stored without content, or by another version) still has to
/// be marked as handled.
telegram::incoming parse(const store::inbox_update& row) {
  const auto received = telegram::parse_update(row.body);
  if (received)
    return received->parsed;
  return {row.id, row.chat, telegram::chat_kind::private_chat, {}, telegram::unknown_update{}};
}

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
  for (const auto& row : page.updates) {
    const auto update = parse(row);
    if (!leading_ && !router_.lost(update))
      continue; // of another node with webhooks, or left to the leader
    if (!router_.replay(update))
      continue;
    ++brought;
    if (!replayed_)
      answer_checkout(update); // perhaps its receiver died before it could
  }
  if (brought > 0)
    log::info("telegram_gateway.replayed", "updates", brought);
  if (page.updates.size() < static_cast<size_t>(limit))
    return end_replay();
  if (brought > 0)
    return read_page();
  on_replay_failed(
    caf::make_error(ec::overloaded, "only updates of lost chats in a page of", limit));
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

} // namespace neurocards
