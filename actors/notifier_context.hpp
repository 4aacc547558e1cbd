#pragma once

#include "actors/leadership.hpp"
#include "actors/metrics.hpp"
#include "base/changing.hpp"
#include "base/log.hpp"
#include "clients/telegram.hpp"
#include "domain/notifications.hpp"
#include "protocol/actors.hpp"
#include "protocol/store/outbox.hpp"
#include "protocol/store/reach.hpp"
#include "protocol/store/request_list.hpp"

#include <map>
#include <optional>
#include <string>

namespace neurocards {

/// What `notifier` asks the database.
using outbox_store_actor =
  store_actor<store::due_notifications, store::mark_sent, store::defer_notification,
              store::drop_notification, store::release_news>;

/// What the parts of the actor `notifier` share: whom they ask, what they know of the settings,
/// whether they lead, and what they report.
struct notifier_context {
  notifier_actor::pointer self;
  outbox_store_actor store;
  http_agent_actor http;
  object_store_actor files;
  telegram::api api;
  changing<notifications::notification_config> rendering;
  std::optional<metrics> counters;
  leadership leader = {};
  std::map<std::string, log::limiter, std::less<>> repeated = {}; // by kind of failure

  std::chrono::steady_clock::time_point now() const { return self->clock().now(); }

  /// What became of a send.
  void count(std::string_view outcome) const {
    if (counters)
      counters->telegram_sends(outcome).inc();
  }

  /// How often `kind`, a word of ours, has failed; nullopt: too often to be told each time.
  std::optional<uint64_t> worth_telling(std::string_view kind) {
    auto& failures = repeated.try_emplace(std::string{kind}).first->second;
    return failures.should_log() ? std::optional{failures.count()} : std::nullopt;
  }

  void log_failed_send(std::string_view kind, chat_id chat, const std::string& reason) {
    if (const auto times = worth_telling(kind))
      log::warn("notifier.send_failed", "result", kind, "chat", chat, "why", reason, "times",
                *times);
  }
};

} // namespace neurocards
