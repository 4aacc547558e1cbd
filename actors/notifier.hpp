#pragma once

#include "actors/delivery.hpp"
#include "actors/news_release.hpp"
#include "actors/outbox_reader.hpp"
#include "actors/watched_actor.hpp"

#include <unordered_map>
#include <vector>

namespace neurocards {

/// The only sender of notifications to Telegram, while the leader lock is ours. A notification is
/// sent until Telegram has answered, those of a chat strictly one after the other; a chat that has
/// to wait delays no other. Holds a bounded excerpt of the outbox and forgets it when it dies or
/// loses the lock: the rows are the truth. What Telegram answered is told to the database until the
/// database knows it, so that a notification is not sent again because of a lost row. Only a lost
/// answer of Telegram or a lost lock can show a message twice.
///
/// News of broadcasts come to the outbox only while there is nothing else to send (`news_release`).
///
/// `outbox_reader` fills `chat_queues`, one `delivery` per chat brings the first of them to its end
/// (`video_source`, `notification_settlement`), in the turns that `send_window` gives.
class notifier {
public:
  static constexpr const char* name = "notifier";

  notifier(notifier_actor::pointer self, outbox_store_actor store, http_agent_actor http,
           object_store_actor files, changing<config::notifier> rates, telegram::api api,
           changing<notifications::notification_config> rendering,
           changing<config::broadcast> news = config::broadcast{},
           std::optional<metrics> counters = std::nullopt);
  notifier_actor::behavior_type make_behavior();

private:
  void gain();
  void wake();
  void stop();
  caf::result<void> drain();
  void deliver_next(chat_id chat, chat_id address);
  void on_ended(chat_id chat, delivery::ending);
  void forget(chat_id chat);
  void end_drain();

  notifier_context context_;
  chat_queues queues_;
  upload_slots slots_;
  send_window window_;
  outbox_reader reader_;
  news_release news_;
  std::unordered_map<chat_id, std::shared_ptr<delivery>> deliveries_;
  bool draining_ = false;
  std::vector<caf::typed_response_promise<void>> drains_;
};

using notifier_impl = watched_impl<notifier_actor, notifier>;

} // namespace neurocards
