#include "actors/inbox_replay.hpp"

#include "actors/backoff.hpp"
#include "actors/run_after.hpp"
#include "base/log.hpp"

namespace neurocards {

using namespace std::chrono_literals;

namespace {

constexpr int page_size = 1000;

/// A leader replays now and then for what nobody brings any more: a commit that arrived after its
/// sender, an update whose receiver lives but has lost it.
constexpr caf::timespan replay_interval = 1min;

/// What a receiver left behind when it ended must not wait for that: somebody is waiting for it.
constexpr caf::timespan left_behind_interval = 2s;

} // namespace

void inbox_replay::start() {
  phase_ = phase::idle;
  done_ = false;
  failures_ = 0;
  cancel();
  replay();
  watch_left_behind();
}

void inbox_replay::stop() {
  phase_ = phase::idle;
  cancel();
}

void inbox_replay::cancel() {
  next_.dispose();
  next_at_.reset();
}

void inbox_replay::replay_after(caf::timespan delay) {
  if (phase_ != phase::idle) {
    again_ = true;
    return;
  }
  const auto time = admission_.self()->clock().now() + delay;
  if (next_at_ && *next_at_ <= time)
    return;
  cancel();
  next_at_ = time;
  next_ = run_after(admission_.self(), delay, [this] {
    next_at_.reset();
    replay();
  });
}

void inbox_replay::replay() {
  auto& router = admission_.router;
  if (!admission_.serving() || phase_ != phase::idle)
    return;
  if (done_ && !router.any_lost() && router.unfinished() > page_size)
    return replay_after(replay_interval); // nothing is known to be missing, and there is enough
  phase_ = phase::reading;
  again_ = false;
  router.begin_replay();
  read_page();
}

/// Asks for more than is in flight, so that every page brings something new while there is any.
int inbox_replay::page_limit() const {
  const auto& router = admission_.router;
  return page_size + static_cast<int>(router.unfinished() + router.set_aside());
}

void inbox_replay::read_page() {
  if (admission_.full()) {
    phase_ = phase::paused;
    return;
  }
  const int limit = page_limit();
  const auto& leader = admission_.leader;
  admission_.self()
    ->request(admission_.config().store, caf::infinite, store::pending_updates{limit})
    .then(leader.in_this_term<store::inbox_page>(
            [this, limit](const store::inbox_page& page) { on_page(page, limit); }),
          leader.in_this_term<caf::error>([this](const caf::error& err) { on_failed(err); }));
}

void inbox_replay::resume() {
  if (phase_ != phase::paused)
    return;
  phase_ = phase::reading;
  read_page();
}

void inbox_replay::on_page(const store::inbox_page& page, int limit) {
  const int brought = bring_all(page);
  if (brought > 0)
    log::info("telegram_gateway.replayed", "updates", brought);
  if (page.updates.size() < static_cast<size_t>(limit))
    return end();
  if (brought > 0)
    return read_page();
  on_failed(caf::make_error(ec::overloaded, "only updates of lost chats in a page of", limit));
}

int inbox_replay::bring_all(const store::inbox_page& page) {
  int brought = 0;
  for (const auto& row : page.updates)
    brought += bring(row);
  return brought;
}

/// True: an update of the inbox is brought to its conversation. One that cannot be read stays where
/// it is: marked as handled it would be lost without a trace, and only a person can tell what it
/// was.
bool inbox_replay::bring(const store::inbox_update& row) {
  auto& router = admission_.router;
  const auto received = telegram::parse_update(row.body);
  if (!received || received->parsed.update != row.id) {
    if (router.set_aside(row.id)) {
      admission_.config().counts.updates("unreadable").inc();
      log::error("telegram_gateway.update_unreadable", "update", row.id, "chat", row.chat, "kind",
                 row.kind, "bytes", row.body.size(), "advice",
                 "docs/operations.md, runbook 21: it stays unhandled");
    }
    return false;
  }
  const auto& update = received->parsed;
  if (!admission_.leader.leading() && !router.lost(update))
    return false; // of another node with webhooks, or left to the leader
  if (!router.replay(update))
    return false;
  admission_.answer_checkout(update); // perhaps its receiver died before it could
  return true;
}

void inbox_replay::on_failed(const caf::error& err) {
  if (worth_a_line(++failures_))
    log::warn("telegram_gateway.replay_failed", "failures", failures_, "error", err);
  phase_ = phase::idle;
  replay_after(backoff(failures_, 200ms, 10s));
}

void inbox_replay::end() {
  failures_ = 0;
  phase_ = phase::idle;
  done_ = true;
  admission_.router.end_replay();
  if (again_ || admission_.router.any_lost())
    replay_after(200ms);
  else if (admission_.leader.leading())
    replay_after(replay_interval);
  ended_();
}

/// With webhooks only: a poller that loses the lock leaves everything to the replay of the next.
void inbox_replay::watch_left_behind() {
  if (admission_.config().polls())
    return;
  run_after(admission_.self(), left_behind_interval, admission_.leader.in_this_term([this] {
    if (done_ && phase_ == phase::idle && !admission_.full())
      ask_for_left_behind();
    watch_left_behind();
  }));
}

/// Oldest first, so that a chat's updates are brought in order. A failure is told of by whatever
/// else asks the database.
void inbox_replay::ask_for_left_behind() {
  admission_.self()
    ->request(admission_.config().store, caf::infinite,
              store::pending_updates{page_limit(), store::pending_updates::choice::left_behind})
    .then(admission_.leader.in_this_term<store::inbox_page>([this](const store::inbox_page& page) {
      if (const int brought = bring_all(page); brought > 0)
        log::info("telegram_gateway.left_behind_brought", "updates", brought);
    }),
          [](const caf::error&) {});
}

} // namespace neurocards
