#include "actors/telegram_gateway.hpp"

#include "actors/timer_wheel.hpp"
#include "base/log.hpp"

namespace neurocards {

using namespace std::chrono_literals;

telegram_gateway::telegram_gateway(telegram_gateway_actor::pointer self,
                                   std::shared_ptr<const gateway_config> config)
  : self_(self), config_(std::move(config)), intake_(self, config_->store, config_->receiver),
    router_(self, config_->store, config_->spawn, config_->counts) {
  router_.on_finished = [this] { on_finished(); };
  router_.on_lost = [this] {
    if (serving())
      replay_after(200ms);
    else
      router_.forget_lost(); // the next leader reads the inbox anyway
  };
}

telegram_gateway_actor::behavior_type telegram_gateway::make_behavior() {
  self_->set_down_handler([this](const caf::down_msg& down) { router_.on_down(down); });
  return {
    [this](gained_atom) { gain(); },
    [this](lost_atom) { lose(); },
    [this](const webhook_update& what) { return on_webhook(what); },
    [this](const conversation_idle& what) { router_.passivate(what.chat); },
    [this](stats_atom) { return stats(); },
    [this](drain_atom) { return drain(); },
  };
}

void telegram_gateway::gain() {
  if (leading_ || draining_)
    return;
  log::info("telegram_gateway.leading");
  leading_ = true;
  ++term_;
  offset_ = 0;
  polling_ = paused_ = false;
  poll_failures_ = store_failures_ = replay_failures_ = 0;
  replayed_ = replaying_ = replay_paused_ = false;
  webhook_ = webhook_state::unknown;
  cancel_replay();
  router_.hold_until_replayed();
  announce_commands();
  settle_webhook();
  watch_telegram();
  replay();
  look_for_left_behind();
}

/// What is under way goes on: should the next leader do the same, the second commit changes
/// nothing.
void telegram_gateway::lose() {
  if (!leading_)
    return;
  log::info("telegram_gateway.standing_by");
  leading_ = false;
  ++term_;
  replaying_ = replay_paused_ = false;
  cancel_replay();
  router_.forget_lost();
}

/// Whether updates may arrive here, so that what a dead conversation left must be read again here.
bool telegram_gateway::serving() const {
  return !draining_ && (leading_ || config_->telegram.mode == config::telegram_mode::webhook);
}

/// At once, whatever else waits: Telegram cancels a purchase after ten seconds. No money moves yet.
void telegram_gateway::answer_checkout(const telegram::incoming& update) {
  const auto* query = std::get_if<telegram::pre_checkout_query>(&update.what);
  if (!query)
    return;
  const auto verdict = flow::check_pre_checkout(*query, update.who, config_->flow);
  auto request = config_->api.answer_pre_checkout_query(query->id, verdict.ok ? "" : verdict.error);
  self_->request(config_->http, caf::infinite, std::move(request))
    .then(
      [id = update.update](const http::response& x) {
        const auto reply = telegram::parse_answer(x).envelope;
        if (!reply.ok)
          log::warn("telegram_gateway.checkout_not_answered", "update", id, "status", reply.status,
                    "error", reply.description);
      },
      [id = update.update](const caf::error& why) {
        log::warn("telegram_gateway.checkout_not_answered", "update", id, "error", why);
      });
}

caf::result<void> telegram_gateway::on_webhook(const webhook_update& what) {
  if (draining_)
    return caf::make_error(ec::shutting_down, "webhook");
  if (full())
    return caf::make_error(ec::overloaded, "unfinished updates", router_.unfinished());
  auto received = telegram::parse_update(what.body);
  if (!received)
    return caf::make_error(ec::rejected, "not an update of Telegram");
  answer_checkout(received->parsed);
  auto promise = self_->make_response_promise<void>();
  // Before the call: of its arguments the one that moves may be evaluated first.
  update_intake::rows rows{to_row(*received)};
  intake_.put(std::move(rows),
              [this, promise, received = std::move(*received)](auto fresh) mutable {
                if (!fresh)
                  return promise.deliver(std::move(fresh.error()));
                promise.deliver();
                hand_out({std::move(received)}, *fresh);
              });
  return promise;
}

/// In the order received. What was stored before and is not under way may have been left behind by
/// a commit whose answer was lost, or by somebody else: only the inbox knows.
void telegram_gateway::hand_out(const std::vector<telegram::received_update>& updates,
                                const std::vector<update_id>& fresh) {
  const std::unordered_set<update_id> wanted(fresh.begin(), fresh.end());
  stored_ += fresh.size();
  config_->counts.updates("stored").inc(static_cast<int64_t>(fresh.size()));
  for (const auto& x : updates) {
    if (wanted.contains(x.parsed.update))
      router_.route(x.parsed);
    else if (serving() && !router_.knows(x.parsed.update))
      router_.miss(x.parsed);
  }
}

/// There may be room again.
void telegram_gateway::on_finished() {
  if (router_.unfinished() > config_->capacity / 2)
    return;
  if (std::exchange(replay_paused_, false))
    read_page();
  if (paused_) {
    log::info("telegram_gateway.resumed", "unfinished", router_.unfinished());
    paused_ = false;
    poll();
  }
}

caf::result<void> telegram_gateway::drain() {
  draining_ = true;
  leading_ = false;
  ++term_;
  cancel_replay();
  auto promise = self_->make_response_promise<void>();
  router_.drain([promise]() mutable { promise.deliver(); });
  return promise;
}

node_stats telegram_gateway::stats() const {
  node_stats result;
  result.in_flight = static_cast<int>(router_.unfinished());
  result.capacity = static_cast<int>(config_->capacity);
  result.polling = static_cast<int>(router_.conversations());
  result.claimed = stored_;
  result.completed = router_.finished();
  result.failed = router_.deaths();
  return result;
}

} // namespace neurocards
