#include "actors/outbox_reader.hpp"

#include "actors/run_after.hpp"

namespace neurocards {

using namespace std::chrono_literals;

namespace {

constexpr auto read_interval = 2s; // when no hint comes
constexpr int page_size = 500;     // notifications read at once
constexpr size_t most_held = 2000; // notifications in memory; the others wait in their rows

/// A newer node that takes over sends it that soon, and its chat does not wait for it.
constexpr auto foreign_pause = 1min;

} // namespace

void outbox_reader::start() {
  read();
  next_ = run_after(context_.self, read_interval, [this] { start(); });
}

bool outbox_reader::has_room() const {
  return queues_.held() + page_size <= most_held;
}

void outbox_reader::resume() {
  if (more_ && has_room())
    read();
}

void outbox_reader::read() {
  if (!context_.leader.leading())
    return;
  if (phase_ != phase::idle) {
    phase_ = phase::outdated;
    return;
  }
  if (!has_room()) {
    more_ = true;
    return;
  }
  phase_ = phase::reading;
  store::due_notifications request{.limit = page_size, .busy = queues_.skip_in_next_read()};
  context_.self
    ->request(context_.store, caf::infinite,
              std::move(request)) // infinite: the database always answers
    .then([this,
           term = context_.leader.term()](store::notification_page& page) { on_page(page, term); },
          [this](const caf::error& err) { on_failed(err); });
}

void outbox_reader::on_page(store::notification_page& page, uint64_t term) {
  const bool outdated = std::exchange(phase_, phase::idle) == phase::outdated;
  if (!context_.leader.leading())
    return;
  if (!context_.leader.is(term)) // another leader may have sent these meanwhile
    return read();
  more_ = page.notifications.size() + page.foreign.size() >= page_size;
  for (const auto& notification : page.foreign)
    leave_to_newer(notification);
  for (auto& notification : page.notifications)
    notification.read_time = context_.now();
  found_(queues_.add(std::move(page.notifications)));
  if (outdated)
    read();
}

void outbox_reader::on_failed(const caf::error& err) {
  phase_ = phase::idle; // the next round asks again
  if (const auto times = context_.worth_telling("read"))
    log::warn("notifier.poll_failed", "error", err, "times", *times);
}

/// It steps aside, so that neither its chat nor any page waits for it. Should this be lost, it is
/// simply read again.
void outbox_reader::leave_to_newer(const store::foreign_notification& notification) {
  const auto reason = "no such kind in this version: " + notification.kind;
  if (const auto times = context_.worth_telling("foreign"))
    log::error("notifier.kind_unknown", "notification", notification.id, "kind", notification.kind,
               "times", *times, "advice",
               "a newer node wrote it and will send it: end the upgrade, or drop the row");
  context_.self
    ->request(context_.store, caf::infinite,
              store::defer_notification{notification.id, foreign_pause, reason, true})
    .then([](store::committed) {}, [](const caf::error&) {});
}

} // namespace neurocards
