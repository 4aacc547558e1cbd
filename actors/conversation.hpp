#pragma once

#include "actors/photo_fetch.hpp"

#include <list>
#include <memory>

namespace neurocards {

/// Talks with one chat: one update at a time, in the order they came, each applied by the pure flow
/// and committed in one transaction. Answers an update when it is handled for good. Keeps nothing
/// that the database has not: dying costs only the time until the gateway reads the updates again.
///
/// While the database is away a conversation waits with its update, for ever if need be; the others
/// do not notice.
class conversation {
public:
  static constexpr const char* name = "conversation";

  /// `gateway` is told when there has been nothing to do for a while.
  conversation(conversation_actor::pointer self,
               std::shared_ptr<const conversation_context> context, chat_id chat,
               telegram_gateway_actor gateway);
  conversation_actor::behavior_type make_behavior();

private:
  /// What is to be committed for the update; the later ones only after the former was refused.
  enum class plan : uint8_t { step, apology, nothing_but_handled };

  struct arrival {
    telegram::incoming update;
    caf::typed_response_promise<void> handled;
  };

  /// The update in hand.
  struct work {
    arrival it;
    store::conversation_view view;
    std::shared_ptr<photo_fetch> errand;
    std::optional<flow::photo_result> photo; // fetched once, whatever is repeated after it
    std::vector<flow::effect> effects;       // of the last commit sent
    plan todo = plan::step;
    int failures = 0;
    int refusals = 0;
    int stale = 0; // how often its step was decided too early
    bool committing = false;
    bool doubtful = false; // a commit was sent and not answered: it may have acted
  };

  caf::result<void> accept(telegram::incoming&);
  caf::result<void> drain();
  void start_next();
  void attempt();
  void load();
  void on_view(store::conversation_view&);
  void fetch(flow::photo_wish);
  void take_step(bool with_photo);
  void commit(store::commit_step);
  void on_committed(const store::step_outcome&);
  void on_stale();
  void on_fault(const caf::error&);
  void on_refused(const caf::error&);
  void retry(caf::timespan wait);
  void say(const std::vector<flow::effect>&);
  void finish(const char* outcome);
  void end();
  void wait_idle(caf::timespan delay);
  void on_idle_timer();

  conversation_actor::pointer self_;
  std::shared_ptr<const conversation_context> context_;
  chat_id chat_;
  telegram_gateway_actor gateway_;
  std::list<arrival> waiting_; // costs nothing while empty, unlike a deque
  std::unique_ptr<work> now_;
  caf::actor_clock::time_point last_active_;
  bool idle_timer_ = false;
  caf::typed_response_promise<void> drained_;
  bool draining_ = false;
};

using conversation_impl = conversation_actor::stateful_impl<conversation>;

/// Spawns the conversation of a chat for a gateway.
using conversation_spawner =
  std::function<conversation_actor(telegram_gateway_actor::pointer gateway, chat_id)>;

conversation_spawner spawner_of(std::shared_ptr<const conversation_context>);

} // namespace neurocards
