#pragma once

#include "actors/metrics.hpp"
#include "actors/notifier_line.hpp"
#include "actors/timer_wheel.hpp"
#include "actors/watched_actor.hpp"
#include "base/log.hpp"
#include "clients/telegram.hpp"
#include "domain/send_pace.hpp"
#include "protocol/actors.hpp"
#include "protocol/store/request_list.hpp"

#include <array>
#include <map>
#include <unordered_map>

namespace neurocards {

/// What `notifier` asks the database.
using outbox_store_actor = store_actor<store::due_notifications, store::mark_sent,
                                       store::defer_notification, store::drop_notification>;

/// The only sender of notifications to Telegram, while the leader lock is ours. A notification is
/// sent until Telegram has answered, those of a chat strictly one after the other; a chat that has
/// to wait delays no other. Holds a bounded excerpt of the outbox and forgets it when it dies or
/// loses the lock: the rows are the truth. What Telegram answered is told to the database until the
/// database knows it, so that a notification is not sent again because of a lost row. Only a lost
/// answer of Telegram or a lost lock can show a message twice.
///
/// Of `node_stats` it fills in_flight (sends without an answer), claimed (notifications read),
/// completed (sent) and failed (dropped).
class notifier {
public:
  static constexpr const char* name = "notifier";

  notifier(notifier_actor::pointer self, outbox_store_actor store, http_agent_actor http,
           object_store_actor files, const config::notifier& rates, telegram::api api,
           notifications::notification_config rendering,
           std::optional<metrics> counters = std::nullopt);
  notifier_actor::behavior_type make_behavior();

private:
  using line = notifier_line;
  using phase = notifier_line::phase;
  using promise = caf::typed_response_promise<void>;

  // the outbox (notifier.cpp)
  void gain();
  void stop();
  caf::result<void> drain();
  void drained();
  void tick();
  bool room() const;
  void look();
  void on_page(store::notification_page& page, uint64_t term);
  void forget(chat_id chat);

  // the chats' turns (notifier.cpp)
  void pump();
  void wake_pump_at(send_pace::time_point when);
  void send(chat_id chat);

  // from notification to request (notifier_prepare.cpp)
  void prepare(chat_id chat);
  void ask_link(chat_id chat);
  void want_upload(chat_id chat);
  void open(chat_id chat);
  void on_opened(chat_id chat, uint64_t ticket, const opened_file& opened);
  void on_storage_failed(chat_id chat, uint64_t ticket, const caf::error& err);
  void end_upload(line& x);

  // what an answer means (notifier_settle.cpp)
  void on_answer(chat_id chat, const telegram::answer& answer);
  void judge_service(const telegram::reply& reply, telegram::send_result result);
  void wait_in_line(chat_id chat);
  void send_otherwise(chat_id chat, const telegram::send_verdict& verdict,
                      const telegram::reply& reply);
  void send_another_way(chat_id chat);
  void retry_later(chat_id chat, const telegram::send_verdict& verdict,
                   const telegram::reply& reply);
  void postpone(chat_id chat, std::chrono::milliseconds delay, const std::string& why);
  void drop(chat_id chat, const std::string& why, bool blocked);
  void settle(chat_id chat, line::settlement verdict);
  void commit(chat_id chat);
  void on_commit_failed(chat_id chat, const caf::error& err);
  void settled(chat_id chat);

  line* find(chat_id chat, uint64_t ticket);
  void start_first(chat_id chat, line& x);
  void count(std::string_view outcome);
  void log_failure(std::string_view kind, chat_id chat, const std::string& why);
  send_pace::time_point now() const { return self_->clock().now(); }

  notifier_actor::pointer self_;
  outbox_store_actor store_;
  http_agent_actor http_;
  object_store_actor files_;
  telegram::api api_;
  notifications::notification_config rendering_;
  std::optional<metrics> metrics_;
  send_pace pace_;

  bool leading_ = false;
  bool draining_ = false;
  uint64_t term_ = 0; // counts the times the lock was gained
  std::vector<promise> drains_;

  std::unordered_map<chat_id, line> lines_;
  size_t held_ = 0; // notifications in `lines_`
  uint64_t last_ticket_ = 0;
  bool looking_ = false;
  bool look_again_ = false;
  bool more_ = false; // the outbox holds more than we do
  caf::disposable next_tick_;
  caf::disposable next_pump_;

  int sending_ = 0;
  int uploads_ = 0;
  std::deque<std::pair<chat_id, uint64_t>> upload_queue_; // and the ticket
  bool probing_ = false; // Telegram was out of reach: one send at a time until it answers
  int outage_ = 0;       // failures to reach it in a row
  send_pace::time_point outage_pause_;

  node_stats stats_;
  std::map<std::string, log::limiter, std::less<>> repeated_; // by kind of failure
};

using notifier_impl = watched_impl<notifier_actor, notifier>;

} // namespace neurocards
