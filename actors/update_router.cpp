#include "actors/update_router.hpp"

#include "base/log.hpp"
#include "domain/apology.hpp"

#include <algorithm>

namespace neurocards {

namespace {

constexpr int max_crashes = 3;

/// Payments are of no chat; their payer's private chat has his number.
chat_id chat_of(const telegram::incoming& x) {
  return x.chat.value != 0 ? x.chat : chat_id{x.who.user.value};
}

} // namespace

update_router::update_router(telegram_gateway_actor::pointer self, router_store_actor store,
                             conversation_spawner spawn, metrics counts)
  : self_(self), store_(std::move(store)), spawn_(std::move(spawn)), counts_(counts) {}

void update_router::route(telegram::incoming update) {
  if (draining_ || in_flight_.contains(update.update))
    return;
  const auto chat = chat_of(update);
  if (!lost_.hold_back(chat, update))
    dispatch(chat, std::move(update));
}

void update_router::miss(const telegram::incoming& update) {
  lost_.lose(chat_of(update));
  on_lost();
}

bool update_router::lost(const telegram::incoming& update) const {
  return lost_.contains(chat_of(update));
}

bool update_router::replay(telegram::incoming update) {
  if (draining_ || knows(update.update))
    return false;
  const auto chat = chat_of(update);
  if (lost_.waits_for_another_replay(chat))
    return false; // an older one may have been passed over while it was still under way
  if (const auto found = crashes_.find(update.update);
      found != crashes_.end() && found->second >= max_crashes) {
    give_up(update);
    return false;
  }
  dispatch(chat, std::move(update));
  return true;
}

void update_router::end_replay() {
  for (auto& update : lost_.end_replay())
    route(std::move(update));
}

update_router::slot& update_router::slot_of(chat_id chat) {
  auto& result = slots_[chat];
  if (!result.conversation) {
    result.conversation = spawn_(self_, chat);
    self_->monitor(result.conversation);
    chats_.emplace(result.conversation.address(), chat);
  }
  return result;
}

void update_router::dispatch(chat_id chat, telegram::incoming update) {
  auto& to = slot_of(chat);
  const auto id = update.update;
  const auto conversation = to.conversation.id();
  ++to.unfinished;
  in_flight_.emplace(id, in_flight_update{chat, conversation});
  self_->request(to.conversation, caf::infinite, routed_update{std::move(update)})
    .then(
      [this, id, conversation] { on_handled(id, conversation); },
      [this, id, conversation](const caf::error& reason) { on_failed(id, conversation, reason); });
}

/// Nullopt: the answer of a conversation that has been given up meanwhile.
std::optional<update_router::in_flight_update> update_router::take(update_id id,
                                                                   caf::actor_id from) {
  const auto found = in_flight_.find(id);
  if (found == in_flight_.end() || found->second.conversation != from)
    return std::nullopt;
  const auto result = found->second;
  in_flight_.erase(found);
  --slots_.at(result.chat).unfinished;
  return result;
}

void update_router::on_handled(update_id id, caf::actor_id from) {
  if (!take(id, from))
    return;
  crashes_.erase(id);
  on_finished();
}

void update_router::on_failed(update_id id, caf::actor_id from, const caf::error& reason) {
  const auto found = in_flight_.find(id);
  if (found == in_flight_.end() || found->second.conversation != from)
    return;
  if (reason == ec::rejected) {
    log::error("update_router.set_aside", "update", id, "chat", found->second.chat, "error",
               reason);
    set_aside_.insert(id);
    take(id, from);
  } else if (reason == ec::shutting_down) {
    take(id, from);
  } else {
    lose(found->second.chat, reason);
  }
  on_finished();
}

void update_router::on_down(const caf::down_msg& down) {
  const auto found = chats_.find(down.source);
  if (found == chats_.end())
    return;
  lose(found->second, down.reason);
  on_finished();
}

/// Forgets the chat's conversation and what was under way there: it comes again with the next
/// replay. The oldest of it was in hand when the conversation died.
void update_router::lose(chat_id chat, const caf::error& reason) {
  std::optional<update_id> in_hand;
  for (auto it = in_flight_.begin(); it != in_flight_.end();) {
    if (it->second.chat == chat) {
      in_hand = std::min(in_hand.value_or(it->first), it->first);
      it = in_flight_.erase(it);
    } else {
      ++it;
    }
  }
  forget_slot(chat);
  log::error("update_router.conversation_died", "chat", chat, "update",
             in_hand.value_or(update_id{}), "error", reason);
  if (!in_hand)
    return; // it died idle: the next update finds another one
  ++crashes_[*in_hand];
  lost_.lose(chat);
  on_lost();
}

void update_router::forget_slot(chat_id chat) {
  const auto found = slots_.find(chat);
  self_->demonitor(found->second.conversation);
  chats_.erase(found->second.conversation.address());
  slots_.erase(found);
}

/// Conversations die of this update: it is marked as handled without one, unless it is a payment.
void update_router::give_up(const telegram::incoming& update) {
  const auto id = update.update;
  log::error("update_router.given_up", "update", id, "chat", update.chat, "crashes", max_crashes);
  if (flow::moves_money(update)) {
    set_aside_.insert(id);
    return;
  }
  self_->request(store_, caf::infinite, flow::apology(update))
    .then(
      [this, id](const store::step_outcome&) {
        crashes_.erase(id);
        counts_.updates("failed").inc();
      },
      [this, id](const caf::error& reason) {
        log::warn("update_router.not_given_up", "update", id, "error", reason);
        if (reason == ec::rejected)
          set_aside_.insert(id);
      });
}

void update_router::passivate(chat_id chat) {
  const auto found = slots_.find(chat);
  if (found == slots_.end() || found->second.unfinished > 0)
    return;
  const auto conversation = found->second.conversation;
  forget_slot(chat);
  self_->send_exit(conversation, caf::exit_reason::user_shutdown);
}

bool update_router::knows(update_id id) const {
  return in_flight_.contains(id) || set_aside_.contains(id);
}

void update_router::drain(std::function<void()> done) {
  draining_ = true;
  forget_lost();
  auto left = std::make_shared<size_t>(1); // one for ourselves: `done` is called once, at the end
  auto one_less = [left, done = std::move(done)] {
    if (--*left == 0)
      done();
  };
  for (auto& [chat, to] : slots_) {
    self_->demonitor(to.conversation);
    ++*left;
    self_->request(to.conversation, caf::infinite, drain_atom_v)
      .then(one_less, [one_less](const caf::error&) { one_less(); });
  }
  chats_.clear();
  slots_.clear();
  in_flight_.clear();
  one_less();
}

} // namespace neurocards
