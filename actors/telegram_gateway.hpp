#pragma once

#include "actors/update_intake.hpp"
#include "actors/update_router.hpp"
#include "actors/watched_actor.hpp"
#include "domain/language.hpp"

namespace neurocards {

/// What `telegram_gateway` asks the database.
using gateway_store_actor =
  store_actor<store::put_updates, store::pending_updates, store::commit_step>;

struct gateway_config {
  config::telegram telegram;
  std::string webhook_url; // under which Telegram reaches this installation; webhook mode only
  secret webhook_secret;
  size_t capacity = 10'000; // unfinished updates beyond which no more are fetched
  telegram::api api;
  flow::flow_config flow;
  gateway_store_actor store;
  http_agent_actor http;
  conversation_spawner spawn;
  metrics counts;
  uuid receiver{}; // this life of the gateway; its leader lock bears the same name (db/leader)
};

/// Receives Telegram's updates: fetches them while this node leads (polling), or is handed them
/// (webhook). An update is confirmed to Telegram only when it is stored, and then brought to the
/// conversation of its chat. A new leader first replays what is stored and unhandled, and from then
/// on brings what other gateways leave behind when they end.
///
/// Forgets everything when it dies: what was not stored comes again from Telegram, what was not
/// handled comes again from the inbox.
class telegram_gateway {
public:
  static constexpr const char* name = "telegram_gateway";

  telegram_gateway(telegram_gateway_actor::pointer self,
                   std::shared_ptr<const gateway_config> config);
  telegram_gateway_actor::behavior_type make_behavior();

private:
  enum class webhook_state : uint8_t { unknown, settled };
  using batch = std::shared_ptr<const std::vector<telegram::received_update>>;

  // telegram_gateway.cpp: leading, storing, draining
  void gain();
  void lose();
  bool serving() const;
  bool full() const { return router_.unfinished() >= config_->capacity; }
  void answer_checkout(const telegram::incoming&);
  caf::result<void> on_webhook(const webhook_update&);
  void hand_out(const std::vector<telegram::received_update>&, const std::vector<update_id>& fresh);
  void on_finished();
  caf::result<void> drain();
  node_stats stats() const;

  // telegram_gateway_poll.cpp: what we say to Telegram as its only poller
  void settle_webhook();
  void poll();
  void on_poll(const telegram::updates_answer&, caf::actor_clock::time_point asked_at);
  void on_poll_failed(const telegram::reply&);
  void keep(const batch&);
  void on_kept(const std::vector<telegram::received_update>&);
  void on_keep_failed(const batch&, const caf::error&);

  // telegram_gateway_watch.cpp: what anybody with the token can change at Telegram
  void watch_telegram();
  void look_at_webhook();
  void name_foreign_webhook();
  void on_webhook_info(const webhook::facts&);
  void announce_commands();
  void look_at_commands();
  void set_commands(language);

  // telegram_gateway_replay.cpp: what the inbox still holds
  void replay_after(caf::timespan delay);
  void cancel_replay();
  void replay();
  void read_page();
  void on_page(const store::inbox_page&, int limit);
  void on_replay_failed(const caf::error&);
  void end_replay();
  bool bring_again(const store::inbox_update&);
  void look_for_left_behind();
  void ask_for_left_behind();

  /// Runs `f` unless leadership has changed by then. `Xs`: what `f` takes.
  template <class... Xs, class F>
  auto while_leading(F f) {
    return [this, term = term_, f = std::move(f)](const Xs&... xs) {
      if (term == term_)
        f(xs...);
    };
  }

  telegram_gateway_actor::pointer self_;
  std::shared_ptr<const gateway_config> config_;
  update_intake intake_;
  update_router router_;
  bool leading_ = false;
  uint64_t term_ = 0; // counts changes of leadership: answers to an earlier term are void
  webhook_state webhook_ = webhook_state::unknown;
  bool commands_announced_ = false;
  int watch_rounds_ = 0;
  int watch_failures_ = 0;   // in a row, of looking
  int webhook_failures_ = 0; // in a row, of Telegram's deliveries
  bool draining_ = false;

  int64_t offset_ = 0; // 0: none; only ever from what this term received
  bool polling_ = false;
  bool paused_ = false; // for want of capacity
  int poll_failures_ = 0;
  int store_failures_ = 0;

  bool replayed_ = false; // what was there when this term began
  bool replaying_ = false;
  bool replay_paused_ = false;
  bool replay_again_ = false;
  int replay_failures_ = 0;
  caf::disposable next_replay_;
  std::optional<caf::actor_clock::time_point> next_replay_at_;
  uint64_t stored_ = 0;
};

using telegram_gateway_impl = watched_impl<telegram_gateway_actor, telegram_gateway>;

/// How long to wait after an answer of Telegram that was none, the `failures`th in a row.
caf::timespan wait_after(const telegram::reply&, int failures);

} // namespace neurocards
