#include "actors/notification_settlement.hpp"

#include "actors/run_after.hpp"
#include "base/jitter.hpp"

#include <algorithm>

namespace neurocards {

namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr milliseconds first_pause = 200ms;
constexpr milliseconds longest_pause = 10s;

milliseconds pause_after(int failures) {
  return std::min(first_pause * (1 << std::min(failures, 20)), longest_pause);
}

} // namespace

void notification_settlement::start() {
  std::visit(
    [me = shared_from_this()](const auto& request) {
      me->context_.self
        ->request(me->context_.store, caf::infinite,
                  request) // infinite: the database always answers
        .then([me](store::committed) { me->done_(); },
              [me](const caf::error& err) { me->on_failed(err); });
    },
    verdict_);
}

void notification_settlement::on_failed(const caf::error& err) {
  if (const auto times = context_.worth_telling("commit"))
    log::warn("notifier.commit_failed", "notification", id(), "error", err, "times", *times);
  run_after(context_.self, with_jitter(pause_after(failures_++)),
            [me = shared_from_this()] { me->start(); });
}

notification_id notification_settlement::id() const {
  return std::visit([](const auto& request) { return request.id; }, verdict_);
}

} // namespace neurocards
