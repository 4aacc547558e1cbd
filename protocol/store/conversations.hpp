#pragma once

#include "protocol/ids.hpp"
#include "protocol/job_status.hpp"
#include "protocol/order_template.hpp"
#include "protocol/store/ledger_kind.hpp"
#include "protocol/store/notification_kind.hpp"
#include "protocol/store/profile.hpp"
#include "protocol/store/request.hpp"

#include <optional>
#include <string>
#include <vector>

/// What a conversation reads and commits: one step, one transaction.
namespace neurocards::store {

/// What a conversation step has to know.
struct load_conversation {
  update_id update;
  chat_id chat;
  user_id user;
  int history = 0;           // how many of the last jobs
  int skipped = 0;           // how many of the last jobs to leave out before those
  int ledger = 0;            // how many of the last credit movements
  std::optional<job_id> job; // a finished job of the same user to order again from
  bool cabinet = false;      // what the cabinet shows besides: news and invitations
  bool cluster = false;      // how the cluster stands, for operators
  using answer = struct conversation_view;
  static constexpr request_traits traits{.name = "load_conversation"};
};

struct job_summary {
  job_id id;
  job_status status = job_status::queued;
  std::string product_name;
  std::string product_text;
  std::string user_prompt;
  std::string extra_wishes;
  storage_key photo;
  time_point created_at;
  bool waits = false;     // nothing is made for it: its user may take it back
  bool has_video = false; // that can be sent again
};

struct ledger_entry {
  ledger_kind kind = ledger_kind::grant;
  int amount = 0;
  time_point created_at;
};

struct conversation_view {
  bool handled = false; // the update was applied before: do nothing
  int credits = 0;
  std::string language_code; // as stored
  std::string terms_version; // consent given to; empty: none
  bool banned = false;
  std::string state;   // of the session; empty: none
  std::string data;    // JSON of the session; empty: none
  int64_t version = 0; // of the session; 0: none
  int jobs_ahead = 0;  // queued before a job created now
  std::string outlook; // how long orders take: JSON (domain/expectation); empty: unknown
  std::vector<job_summary> history;
  std::vector<ledger_entry> ledger;
  std::optional<job_summary> job;
  bool news_off = false;    // with `cabinet`: wants no news
  std::string bot_username; // with `cabinet`: without @; empty: not known yet
  std::string cluster;      // status_snapshot() as JSON; empty: not asked for
};

/// A message to be written to the outbox. A `reply` carries a finished message in `payload`
/// (docs/protocol.md, "Outbox payloads"); other kinds are rendered by the notifier.
struct new_notification {
  notification_kind kind = notification_kind::reply;
  std::string payload; // JSON object
};

struct session_row {
  std::string state;
  std::string data; // JSON object
};

/// One of the jobs of an order; becomes a row by insert_jobs() (SQL).
struct new_job {
  order_template template_type = order_template::ad;
  std::string idempotency_key;
  storage_key photo;
  std::string prompt_input; // JSON object with every other column
};

/// All jobs of a draft or none. Which of the two endings is committed is decided by the balance.
struct new_order {
  draft_id draft;
  int most_unfinished = 0; // unfinished jobs allowed, these included; 0: any number
  std::vector<new_job> jobs;
  session_row accepted_session;
  std::vector<new_notification> accepted_notifications;
  session_row refused_session; // not enough credits, or too many unfinished jobs
  std::vector<new_notification> refused_notifications;
  std::vector<new_notification> too_many_notifications;
  std::vector<new_notification>
    repeated_notifications; // the draft was ordered before; the session stays as it is
};

/// A job that its user takes back.
struct cancellation {
  job_id job;
  std::vector<new_notification> too_late_notifications; // what is said if it cannot be taken back
};

struct consent {
  std::string terms_version;
  int welcome_credits = 0; // given once per user, whatever the version
};

struct purchase {
  std::string charge_id; // Telegram's; unique
  int credits = 0;
  std::string currency;
  int amount = 0;
  std::string payload;
  std::vector<new_notification> notifications = {}; // said only when the charge is new
};

/// A payment whose money went back: what is unspent of its credits goes, once.
struct refunded_purchase {
  std::string charge_id;
  std::string currency;
  int amount = 0;
  std::string payload;
};

/// Who wrote for the first time came by a user's link. The credits are what is promised now; they
/// are given when he first pays.
struct invitation {
  user_id inviter;
  int inviter_credits = 0;
  int invited_credits = 0;
};

/// One step of a conversation, applied in one transaction and only if the update is unhandled.
struct commit_step {
  update_id update;
  chat_id chat;
  profile who;
  std::optional<session_row> session;     // absent: unchanged
  std::optional<int64_t> session_version; // that the step was decided on; absent: whatever it is
  std::optional<consent> agreed;
  std::optional<new_order> order;
  std::optional<purchase> bought;
  std::optional<refunded_purchase> refunded;
  std::optional<cancellation> cancelled;
  std::optional<job_id> resent; // whose video the user wants once more
  std::optional<bool> blocked;  // the user blocked (true) or unblocked (false) the bot
  std::optional<bool> news;     // the user wants news (true) or no more of them (false)
  std::optional<invitation> invited;
  std::vector<new_notification> notifications;
  using answer = struct step_outcome;
  static constexpr request_traits traits{.name = "commit_step"};
};

/// What became of the order of a step, or of its cancellation.
enum class order_outcome : uint8_t {
  none,
  accepted,
  repeated,
  insufficient, // not enough credits
  too_many,     // unfinished jobs
  cancelled,
  too_late, // to cancel
};

struct step_outcome {
  bool applied = false; // false: the update had been handled before, or the step is stale
  bool stale = false;   // the session changed meanwhile (another gateway): decide anew
  order_outcome order = order_outcome::none;
  int credits = 0; // balance afterwards
};

} // namespace neurocards::store
