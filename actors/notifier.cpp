#include "actors/notifier.hpp"

namespace neurocards {

namespace {

constexpr int most_uploads = 8; // at once

} // namespace

notifier::notifier(notifier_actor::pointer self, outbox_store_actor store, http_agent_actor http,
                   object_store_actor files, changing<config::notifier> rates, telegram::api api,
                   changing<notifications::notification_config> rendering,
                   changing<config::broadcast> news, std::optional<metrics> counters)
  : context_{self,           std::move(store),     std::move(http),    std::move(files),
             std::move(api), std::move(rendering), std::move(counters)},
    slots_(most_uploads),
    window_(context_, std::move(rates), [this](chat_id chat) { deliveries_.at(chat)->send(); }),
    reader_(context_, queues_,
            [this](const std::vector<chat_id>& fresh) {
              for (const auto chat : fresh)
                deliver_next(chat, {});
            }),
    news_(
      context_, std::move(news), [this] { return window_.idle() && !reader_.has_more(); },
      [this] { reader_.read(); }) {}

notifier_actor::behavior_type notifier::make_behavior() {
  return {
    [this](gained_atom) { gain(); },        [this](lost_atom) { stop(); },
    [this](wake_atom) { wake(); },          [this](const outbox_hint&) { reader_.read(); },
    [this](drain_atom) { return drain(); },
  };
}

void notifier::gain() {
  if (context_.leader.leading() || draining_)
    return;
  context_.leader.gain();
  window_.begin();
  reader_.start();
  news_.start();
}

void notifier::wake() {
  reader_.read();
  news_.wake();
}

/// What is under way ends, everything else is forgotten.
void notifier::stop() {
  context_.leader.lose();
  reader_.stop();
  news_.stop();
  window_.stop();
  slots_.stop();
  std::vector<chat_id> idle;
  for (const auto& [chat, its] : deliveries_) {
    if (its->must_end())
      queues_.drop_waiting(chat);
    else
      idle.push_back(chat);
  }
  for (const auto chat : idle)
    forget(chat);
}

caf::result<void> notifier::drain() {
  draining_ = true;
  stop();
  drains_.push_back(context_.self->make_response_promise<void>());
  auto result = drains_.back();
  end_drain();
  return result;
}

void notifier::end_drain() {
  if (!draining_ || !deliveries_.empty())
    return;
  for (auto& waiting : std::exchange(drains_, {}))
    waiting.deliver();
}

void notifier::deliver_next(chat_id chat, chat_id address) {
  auto next = queues_.take(chat);
  if (!next)
    return forget(chat);
  const auto its = std::make_shared<delivery>(
    context_, window_, slots_, notifications::notification{std::move(*next)}, address,
    [this, chat](delivery::ending ending) { on_ended(chat, ending); });
  deliveries_[chat] = its;
  its->start();
}

void notifier::on_ended(chat_id chat, delivery::ending ending) {
  const auto address = deliveries_.at(chat)->address();
  if (ending == delivery::ending::lost)
    return forget(chat);
  queues_.finish(chat);
  if (ending == delivery::ending::others_pass)
    queues_.expect_more(chat);
  if (ending == delivery::ending::next)
    deliver_next(chat, address);
  else
    forget(chat);
  reader_.resume();
}

void notifier::forget(chat_id chat) {
  deliveries_.at(chat)->abandon();
  deliveries_.erase(chat);
  if (queues_.forget(chat))
    reader_.read();
  end_drain();
}

} // namespace neurocards
