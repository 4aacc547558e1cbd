#pragma once

#include "actors/update_work.hpp"
#include "actors/watched_actor.hpp"
#include "base/changing.hpp"
#include "domain/allowance.hpp"

#include <list>
#include <memory>

namespace neurocards {

/// Talks with one chat: one update at a time, in the order of their numbers, each applied by the
/// pure flow and committed in one transaction. An older one that comes late (webhooks do not keep
/// the order) goes before the one in hand, unless that is being committed already. Answers an
/// update when it is handled for good. Keeps nothing that the database has not: dying costs only
/// the time until the gateway reads the updates again.
///
/// While the database is away a conversation waits with its update, for ever if need be; the others
/// are not touched.
class conversation {
public:
  static constexpr const char* name = "conversation";

  /// `gateway` is told when there has been nothing to do for a while.
  conversation(conversation_actor::pointer self, changing<conversation_context> contexts,
               chat_id chat, telegram_gateway_actor gateway);
  conversation_actor::behavior_type make_behavior();

  /// For those who watch actors (actor_instance.hpp).
  std::string label() const { return std::to_string(chat_.value); }
  std::string describe() const;

private:
  using plan = update_plan;
  using work = update_work;

  caf::result<void> accept(telegram::incoming&);
  caf::result<void> drain();
  void put_in_line(std::unique_ptr<work>);
  bool older_waits() const;
  void suspend();
  void start_next();
  void follow_settings();
  void attempt();
  void load();
  void on_view(store::conversation_view&);
  bool refuse_if_too_many();
  void fetch(flow::photo_wish);
  void on_photo(update_id, flow::photo_result);
  void take_step(bool with_photo);
  void commit(store::commit_step);
  void on_committed(const store::step_outcome&);
  void on_stale();
  void on_fault(const caf::error&);
  void on_refused(const caf::error&);
  void retry(caf::timespan wait);
  void say(const std::vector<flow::answer_callback>&);
  void finish(const char* outcome);
  void end();
  void wait_idle(caf::timespan delay);
  void on_idle_timer();

  /// Runs `f` unless another update was taken in hand by then. `X`: what `f` takes.
  template <class X, class F>
  auto in_turn(F f) {
    return [this, turn = turn_, f = std::move(f)](X& x) {
      if (turn == turn_)
        f(x);
    };
  }

  conversation_actor::pointer self_;
  changing<conversation_context> contexts_;
  std::shared_ptr<const conversation_context> context_; // since an update was taken in hand
  const chat_id chat_;
  telegram_gateway_actor gateway_;
  allowance messages_;
  allowance late_messages_; // by when they were sent
  allowance photos_;
  std::list<std::unique_ptr<work>> waiting_; // oldest first; costs nothing while empty
  std::unique_ptr<work> now_;
  uint64_t turn_ = 0; // counts how often an update was taken in hand
  caf::actor_clock::time_point last_active_;
  bool idle_timer_ = false;
  caf::typed_response_promise<void> drained_;
  bool draining_ = false;
};

using conversation_impl = watched_impl<conversation_actor, conversation>;

} // namespace neurocards
