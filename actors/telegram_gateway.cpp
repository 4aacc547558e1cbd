#include "actors/telegram_gateway.hpp"

#include "actors/run_after.hpp"
#include "base/jitter.hpp"
#include "base/log.hpp"

namespace neurocards {

using namespace std::chrono_literals;

namespace {

constexpr caf::timespan watch_interval = 20s;

} // namespace

telegram_gateway::telegram_gateway(telegram_gateway_actor::pointer self,
                                   std::shared_ptr<const gateway_config> config)
  : self_(self), admission_(self, std::move(config)),
    replay_(admission_, [this] { poller_.poll(); }),
    webhook_(admission_, [this] { poller_.on_webhook_settled(); }),
    poller_(admission_, webhook_, [this] { return replay_.done(); }), commands_(admission_) {
  admission_.router.on_finished = [this] { on_finished(); };
  admission_.router.on_lost = [this] { on_lost(); };
}

telegram_gateway_actor::behavior_type telegram_gateway::make_behavior() {
  self_->set_down_handler([this](const caf::down_msg& down) { admission_.router.on_down(down); });
  return {
    [this](gained_atom) { gain(); },
    [this](lost_atom) { lose(); },
    [this](const webhook_update& update) { return on_webhook(update); },
    [this](const conversation_idle& idle) { admission_.router.passivate(idle.chat); },
    [this](drain_atom) { return drain(); },
  };
}

void telegram_gateway::gain() {
  if (admission_.leader.leading() || admission_.draining)
    return;
  log::info("telegram_gateway.leading");
  admission_.leader.gain();
  admission_.router.hold_until_replayed();
  poller_.reset();
  commands_.announce();
  webhook_.start();
  watch();
  replay_.start();
}

/// What is in flight goes on: should the next leader do the same, the second commit changes
/// nothing.
void telegram_gateway::lose() {
  if (!admission_.leader.leading())
    return;
  log::info("telegram_gateway.standing_by");
  admission_.leader.lose();
  replay_.stop();
  admission_.router.forget_lost();
}

/// What anybody with the bot's token can change at Telegram.
void telegram_gateway::watch() {
  run_after(self_, with_jitter(watch_interval), admission_.leader.in_this_term([this] {
    webhook_.watch();
    commands_.watch();
    watch();
  }));
}

caf::result<void> telegram_gateway::on_webhook(const webhook_update& update) {
  if (admission_.draining)
    return caf::make_error(ec::shutting_down, "webhook");
  if (admission_.full())
    return caf::make_error(ec::overloaded, "unfinished updates", admission_.router.unfinished());
  auto received = telegram::parse_update(update.body);
  if (!received)
    return caf::make_error(ec::rejected, "not an update of Telegram");
  admission_.answer_checkout(received->parsed);
  auto promise = self_->make_response_promise<void>();
  const update_admission::updates updates{std::move(*received)};
  admission_.put(updates, [this, promise, updates](auto fresh) mutable {
    if (!fresh)
      return promise.deliver(std::move(fresh.error()));
    promise.deliver();
    admission_.hand_out(updates, *fresh);
  });
  return promise;
}

void telegram_gateway::on_lost() {
  if (admission_.serving())
    replay_.replay_after(200ms);
  else
    admission_.router.forget_lost(); // the next leader reads the inbox anyway
}

/// There may be room again.
void telegram_gateway::on_finished() {
  if (admission_.router.unfinished() > admission_.config().capacity / 2)
    return;
  replay_.resume();
  poller_.resume();
}

caf::result<void> telegram_gateway::drain() {
  admission_.draining = true;
  admission_.leader.lose();
  replay_.cancel();
  auto promise = self_->make_response_promise<void>();
  admission_.router.drain([promise]() mutable { promise.deliver(); });
  return promise;
}

} // namespace neurocards
