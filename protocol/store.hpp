#pragma once

#include "protocol/job.hpp"
#include "protocol/video_facts.hpp"

#include <map>

/// The questions one may ask the database, each a struct with the type of its answer. Requests of
/// one kind that wait together run as one statement (group commit), and one bad request fails
/// alone. None of these travels between nodes: every node talks to PostgreSQL itself.
namespace neurocards::store {

using time_point = std::chrono::system_clock::time_point;

/// How a fenced transition ended.
enum class transition : uint8_t {
  done,
  lease_lost, // the job is not ours (any more), or not in the state: nothing was changed
};

/// No answer beyond "it is committed".
struct committed {};

// ── inbox ────────────────────────────────────────────────────────────────────────────────────────

struct inbox_update {
  update_id id;
  chat_id chat;     // 0: of no chat (pre-checkout query and the like)
  std::string kind; // "message", "callback_query", …
  std::string body; // the update as Telegram sent it (JSON)
};

/// Stores updates; those already known are ignored. `receiver` names one life of the gateway that
/// has them in hand: when it ends, others bring them.
struct put_updates {
  std::vector<inbox_update> updates;
  uuid receiver{};
  using answer = struct update_ids;
};
struct update_ids {
  std::vector<update_id> fresh; // not seen before
};

/// Unhandled updates for replay after a crash, in order per chat.
struct pending_updates {
  enum class choice : uint8_t {
    all,
    left_behind, // only those whose receiver is gone
  };
  int limit = 1000;
  choice which = choice::all;
  using answer = struct inbox_page;
};
struct inbox_page {
  std::vector<inbox_update> updates;
};

// ── conversation ─────────────────────────────────────────────────────────────────────────────────

/// Who is talking, as Telegram describes him in each update.
struct profile {
  user_id user;
  std::string username;
  std::string first_name;
  std::string language_code; // IETF tag from Telegram; empty: unknown
};

/// What a conversation step has to know.
struct load_conversation {
  update_id update;
  chat_id chat;
  user_id user;
  int history = 0;           // how many of the last jobs
  int ledger = 0;            // how many of the last credit movements
  std::optional<job_id> job; // a finished job of the same user to order again from
  using answer = struct conversation_view;
};

struct job_summary {
  job_id id;
  std::string status;
  std::string template_type;
  std::string product_name;
  std::string product_text;
  std::string user_prompt;
  std::string extra_wishes;
  storage_key photo;
  time_point created_at;
};

struct ledger_entry {
  std::string kind;
  int amount = 0;
  time_point created_at;
};

struct conversation_view {
  bool handled = false; // the update was applied before: do nothing
  bool known = false;   // the user has a row
  int credits = 0;
  std::string language_code; // as stored
  std::string terms_version; // consent given to; empty: none
  bool banned = false;
  std::string state;   // of the session; empty: none
  std::string data;    // JSON of the session; empty: none
  int64_t version = 0; // of the session; 0: none
  int jobs_ahead = 0;  // queued before a job created now
  std::optional<std::chrono::seconds>
    typical_duration; // median of recent videos of the model in use
  std::vector<job_summary> history;
  std::vector<ledger_entry> ledger;
  std::optional<job_summary> job;
};

/// A message to be written to the outbox. `kind` "reply" carries a finished message in `payload`
/// (docs/protocol.md, "Outbox payloads"); other kinds are rendered by the notifier.
struct new_notice {
  std::string kind;
  std::string payload; // JSON object
};

struct session_row {
  std::string state;
  std::string data; // JSON object
};

/// One of the jobs of an order; becomes a row by insert_jobs() (SQL).
struct new_job {
  std::string template_type;
  std::string idempotency_key;
  storage_key photo;
  std::string prompt_input; // JSON object with every other column
};

/// All jobs of a draft or none. Which of the two endings is committed is decided by the balance.
struct new_order {
  draft_id draft;
  std::vector<new_job> jobs;
  session_row accepted_session;
  std::vector<new_notice> accepted_notices;
  session_row refused_session; // not enough credits
  std::vector<new_notice> refused_notices;
  std::vector<new_notice>
    repeated_notices; // the draft was ordered before; the session stays as it is
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
  std::optional<bool> blocked; // the user blocked (true) or unblocked (false) the bot
  std::vector<new_notice> notices;
  using answer = struct step_outcome;
};

enum class order_outcome : uint8_t { none, accepted, repeated, insufficient };

struct step_outcome {
  bool applied = false; // false: the update had been handled before, or the step is stale
  bool stale = false;   // the session changed meanwhile (another gateway): decide anew
  order_outcome order = order_outcome::none;
  int credits = 0; // balance afterwards
};

// ── queue ────────────────────────────────────────────────────────────────────────────────────────

/// One KIE account and the keys that draw on it.
struct kie_account {
  std::string name; // fingerprint of its first key
  std::vector<key_fingerprint> keys;
};

/// Takes up to `limit` due jobs within the creation budget of the accounts. A job that has a task
/// already needs no budget. With every key or model at rest only such jobs are taken.
struct claim_jobs {
  incarnation node;
  int limit = 0;
  std::vector<kie_account> accounts;
  int create_budget = 18;               // creations per account and 10 s
  std::vector<std::string> models;      // the catalogue, in order
  std::chrono::milliseconds overdue{0}; // so long a job without a task must have been due
  using answer = struct claimed_jobs;
};
struct claimed_jobs {
  std::vector<claimed_job> jobs;
  bool more = false; // due jobs are left that budget or limit did not allow
};

/// What `node` holds besides `known`: jobs of a claim whose answer was lost (`ec::unavailable`),
/// which may also be committed after it was given up. When there is nothing, the database notes
/// that the node knows all it holds.
struct held_jobs {
  incarnation node;
  std::vector<job_id> known;
  std::vector<int> claims = {}; // of `known`
  using answer = claimed_jobs;
};

struct record_prompt {
  incarnation node;
  job_id job;
  std::string prompt;
  std::string source; // "openai", "template", "user"; empty: unchanged
  int claim = 0;      // as in every transition: claimed_job::claim; 0: whichever the node has
  using answer = transition;
};

/// Announces a creation just before it: saves token, model and key, and takes one unit of budget.
/// The key is the least recently used one that is not resting; the model the first that is not.
struct record_intent {
  incarnation node;
  job_id job;
  std::string token;
  std::vector<kie_account> accounts;
  int create_budget = 18;
  std::vector<std::string> models;
  int claim = 0;
  using answer = struct intent_outcome;
};
struct intent_outcome {
  enum class verdict : uint8_t {
    granted,
    wait,     // no budget now: ask again after `wait`
    no_key,   // every key rests until `wait`
    no_model, // every model rests until `wait`
    lease_lost,
  };
  verdict what = verdict::lease_lost;
  key_fingerprint key;
  std::string model;
  std::chrono::milliseconds wait{0};
};

/// The task exists at KIE. Writes the notice "job_started" on a job's first task.
struct record_task {
  incarnation node;
  job_id job;
  kie_task_id task;
  int claim = 0;
  using answer = transition;
};

/// processing → queued with `run_at` in the future. Clears task and intent; the old task is kept in
/// `job_tasks`, so that a late video can be told from a stray.
struct retry_job {
  incarnation node;
  job_id job;
  job_failure why;
  std::chrono::milliseconds delay{0};
  bool uses_attempt = true;
  bool tell_user = true; // writes "job_retry" (N = the attempt about to start), or, without a used
                         // attempt, "job_waiting" once per job
  bool task_may_finish = false; // the task is given up, but a late video of it would be a gift
  int claim = 0;
  using answer = transition;
};

/// processing → completed, with the notice "job_done".
struct complete_job {
  incarnation node;
  job_id job;
  storage_key video;
  int64_t video_bytes = 0;
  int claim = 0;
  using answer = transition;
};

/// processing → failed, one credit back, with the notice "job_failed" or "job_violation".
struct fail_job {
  incarnation node;
  job_id job;
  job_failure why;
  bool task_may_finish = false; // as in `retry_job`
  int claim = 0;
  using answer = transition;
};

/// Gives jobs back at drain: queued again, task kept, no attempt used. Empty `jobs`: all of `node`.
/// `fault`: this program failed on the job. It is due again after a pause, and that counts as a
/// take-over for which the job is to blame: the third without progress fails it with refund, unless
/// it has a living task.
struct release_jobs {
  incarnation node;
  std::vector<job_id> jobs;
  bool fault = false;
  std::vector<int> claims = {};       // of `jobs`; none: whichever the node has
  std::chrono::milliseconds delay{0}; // until they are due again
  using answer = struct count;
};
struct count {
  int value = 0;
};

/// One line of a job's timeline (`neurocards jobs show`).
struct add_job_event {
  job_id job;
  std::string what;    // "openai.fallback", "kie.refused", …
  std::string details; // JSON object
  using answer = committed;
};

// ── keys, models, late tasks ─────────────────────────────────────────────────────────────────────

struct rest_key {
  key_fingerprint key;
  std::chrono::milliseconds rest{0};
  std::string reason;
  bool whole_account = false;
  std::vector<key_fingerprint> account_keys; // with `whole_account`
  using answer = committed;
};

/// What a node has to know of its keys and of those who share them.
struct look_at_keys {
  std::chrono::milliseconds lease{0};
  using answer = struct key_view;
};
struct resting_key {
  key_fingerprint key;
  std::chrono::milliseconds left{0};
};
struct key_view {
  std::vector<resting_key> resting;
  int workers = 0; // living nodes with the role
};

/// Cools a model down after a refused creation; doubles with every refusal in a row.
struct rest_model {
  std::string model;
  std::chrono::milliseconds rest{0};
  std::string reason;
  // Not a creation was refused: a task of this user said so. Counts when two users' tasks do.
  std::optional<user_id> task_of;
  using answer = committed;
};

/// A KIE callback brought a task for an intent token. Saves it if the job still waits for one.
struct adopt_task {
  std::string token;
  kie_task_id task;
  using answer = struct adoption;
};
struct adoption {
  enum class verdict : uint8_t {
    adopted, // saved now: `job` polls it from here on
    known,   // the job had it already
    late,    // the job went on without it: its video is a gift
    unknown, // no such token
  };
  verdict what = verdict::unknown;
  job_id job;
  incarnation holder; // who claims the job now; zero: nobody
};

/// Tasks their jobs went on without (`task_may_finish`, `adoption::late`) and that may still bring
/// a video; oldest first. After two days they are settled by themselves.
struct late_tasks {
  int limit = 100;
  using answer = struct late_task_page;
};
struct late_task {
  std::string token;
  kie_task_id task;
  key_fingerprint key;
  std::string model;
  job_id job;
};
struct late_task_page {
  std::vector<late_task> tasks;
};

/// The task brought a video after all: writes the notice "gift_video" (payload: video, bytes), once
/// per task. `lease_lost`: it was given or settled before.
struct give_video {
  std::string token;
  storage_key video;
  int64_t video_bytes = 0;
  using answer = transition;
};

/// The task brought nothing: nobody looks at it again.
struct settle_task {
  std::string token;
  using answer = transition;
};

// ── nodes ────────────────────────────────────────────────────────────────────────────────────────

struct heartbeat {
  incarnation node;
  std::string name;
  std::string roles; // comma-separated
  std::string version;
  std::string stats; // JSON object: in_flight and the like, shown by `status`
  using answer = struct heartbeat_outcome;
};
struct heartbeat_outcome {
  bool fenced = false; // others took this incarnation's jobs over: it must start anew
};

/// A node says good-bye: it holds nothing any more and will not come back.
struct leave_cluster {
  incarnation node;
  using answer = committed;
};

/// Shows everybody what the leading coordinator sees: JSON, kept as the setting `cluster`.
struct show_cluster {
  using answer = committed;
  std::string json;
};

/// Takes jobs back from nodes whose heartbeat is older than `lease`. One on which three workers
/// died while nothing else was suspect fails with refund.
struct rescue_expired_jobs {
  std::chrono::milliseconds lease{0};
  using answer = count;
};

/// Whether the database answers.
struct ping {
  using answer = committed;
};

/// The state of the whole system as JSON, for `status` and the dashboard.
struct snapshot {
  std::chrono::milliseconds lease{30'000};
  using answer = struct snapshot_json;
};
struct snapshot_json {
  std::string text;
};

/// What retention deletes: handled updates, settled notifications, events of jobs, cards of orders
/// that have ended, nodes that are gone, drafts that nobody has touched for `sweep::keep`.
enum class sweep_kind : uint8_t { updates, notifications, job_events, cards, nodes, drafts };

/// In SQL, too.
std::string to_string(sweep_kind);

/// Deletes at most `limit` rows of a kind. Reading counts as deleting for drafts.
struct sweep {
  sweep_kind kind = sweep_kind::updates;
  std::chrono::seconds keep{std::chrono::hours{24 * 90}};
  int limit = 1000;
  using answer = struct swept;
};
struct swept {
  int rows = 0;
  bool more = false; // there may be: ask again
};

/// Files of the storage that nobody needs any more and nobody may begin to use from now on; they
/// are the caller's to remove. Those he does not report are given out again, after ten minutes at
/// first and later after a day. Looks at `limit` files that are due.
struct take_old_files {
  std::chrono::seconds keep{std::chrono::hours{24 * 90}};
  int limit = 200;
  using answer = struct old_files;
};
struct old_files {
  std::vector<storage_key> keys;
  bool more = false; // there may be: ask again
};

/// The storage has let go of these.
struct files_removed {
  std::vector<storage_key> keys;
  using answer = committed;
};

// ── outbox ───────────────────────────────────────────────────────────────────────────────────────

/// A message as the notifier gets it, joined with what rendering it needs.
struct notice {
  notice_id id;
  chat_id chat;
  std::string kind;
  std::string payload; // JSON object
  int tries = 0;
  std::chrono::milliseconds age{0}; // since it was written, by the database's clock, as it was read
  std::string language;             // "ru" or "en"
  std::optional<job_id> job;        // the following describe it
  int attempts = 0;
  std::string model;
  int credits = 0; // the user's balance now
  storage_key video;
  int64_t video_bytes = 0;
  std::string video_file_id; // Telegram's, once it has the video
  video_facts facts = {};    // of the job's video, once it was opened
  std::string place;         // in the chat (JSON, outbox::parse_place); empty: the chat itself
};

/// Unsent notices that are due, oldest first per chat, skipping `busy` chats.
struct due_notices {
  int limit = 500;
  std::vector<chat_id> busy;
  using answer = struct notice_page;
};
struct notice_page {
  std::vector<notice> notices;
};

struct mark_sent {
  notice_id id;
  int64_t message_id = 0;    // 0: nothing to remember
  std::string video_file_id; // non-empty: remember for the job
  video_facts facts = {};    // known: likewise
  using answer = committed;
};

/// Not sent; try again later. Later notices of the chat wait as well, unless this one steps aside:
/// then they pass it, from now on.
struct defer_notice {
  notice_id id;
  std::chrono::milliseconds delay{0};
  std::string error;
  bool aside = false;
  using answer = committed;
};

/// Writes an edit ("card") for each of the orders' progress cards that would read otherwise now,
/// among the `limit` that were looked at longest ago.
struct paint_cards {
  int limit = 20;
  using answer = count;
};

/// Never to be sent (permanent error); recorded. `blocked`: the user shut the bot out; then all
/// that was written for him before `sent_at` goes with it, unless he has come back since.
struct drop_notice {
  notice_id id;
  std::string error;
  bool blocked = false;
  std::optional<std::chrono::steady_clock::time_point> sent_at{}; // absent: now
  using answer = committed;
};

} // namespace neurocards::store
