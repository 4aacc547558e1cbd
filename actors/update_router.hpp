#pragma once

#include "actors/conversation_spawner.hpp"
#include "actors/lost_chats.hpp"
#include "protocol/actors.hpp"

#include <unordered_map>
#include <unordered_set>

namespace neurocards {

/// What `update_router` asks the database.
using router_store_actor = store_actor<store::commit_step>;

/// Brings each update to the conversation of its chat: spawns conversations on demand, watches
/// them, ends those that have nothing to do. Knows which updates are not finished, so that none is
/// under way twice. When a conversation dies its chat is *lost*: what comes for it is held back
/// until a replay of the inbox has brought everything older, for a chat's updates never overtake
/// each other.
class update_router {
public:
  update_router(telegram_gateway_actor::pointer self, router_store_actor store,
                conversation_spawner spawn, metrics counts);

  /// Called whenever an update is finished, however it ended.
  std::function<void()> on_finished;

  /// Called when a chat was lost: a replay is wanted.
  std::function<void()> on_lost;

  /// Holds everything back until a replay that begins from now on has ended.
  void hold_until_replayed() { lost_.lose_all(); }

  /// A stored update from Telegram.
  void route(telegram::incoming);

  /// An update that is stored but was not brought here; the inbox knows whether it is handled.
  void miss(const telegram::incoming&);

  /// Whether updates for the chat of this one are held back.
  bool lost(const telegram::incoming&) const;

  /// A replay of everything unhandled begins (again): call it before reading the inbox, `replay`
  /// with each update read, in order per chat, and `end_replay` when there is no more.
  void begin_replay() { lost_.begin_replay(); }
  bool replay(telegram::incoming); // true: brought to its conversation
  void end_replay();

  /// Somebody else replays the inbox from here on.
  void forget_lost() { lost_.forget(); }

  /// Ends the conversation of a chat if nothing is unfinished there.
  void passivate(chat_id);

  void on_down(const caf::down_msg&);

  /// Ends all conversations; `done` hears when every commit that was under way has ended. Whatever
  /// comes from here on stays in the inbox.
  void drain(std::function<void()> done);

  /// Leaves an update to a person. False: it was left to one before.
  bool set_aside(update_id id) { return set_aside_.insert(id).second; }

  /// Whether an update is here: under way, held back, or left for a person.
  bool knows(update_id) const;

  bool any_lost() const { return lost_.any(); }
  size_t unfinished() const { return in_flight_.size() + lost_.held_back(); }
  size_t set_aside() const { return set_aside_.size(); }

private:
  struct slot {
    conversation_actor conversation;
    int unfinished = 0;
  };
  struct in_flight_update {
    chat_id chat;
    caf::actor_id conversation = 0;
  };

  slot& slot_of(chat_id);
  void dispatch(chat_id, telegram::incoming);
  void on_handled(update_id, caf::actor_id);
  void on_failed(update_id, caf::actor_id, const caf::error&);
  std::optional<in_flight_update> take(update_id, caf::actor_id);
  void lose(chat_id, const caf::error& reason);
  void forget_slot(chat_id);
  void give_up(const telegram::incoming&);

  telegram_gateway_actor::pointer self_;
  router_store_actor store_;
  conversation_spawner spawn_;
  metrics counts_;
  std::unordered_map<chat_id, slot> slots_;
  std::unordered_map<caf::actor_addr, chat_id> chats_;
  std::unordered_map<update_id, in_flight_update> in_flight_;
  lost_chats lost_;
  std::unordered_map<update_id, int> crashes_; // conversations that died with it in hand
  std::unordered_set<update_id> set_aside_;    // cannot be read, or not be marked as handled
  bool draining_ = false;
};

} // namespace neurocards
