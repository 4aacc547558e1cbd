#pragma once

#include "protocol/http.hpp"
#include "protocol/job.hpp"
#include "protocol/prompt_source.hpp"
#include "protocol/telegram.hpp"
#include "protocol/video_facts.hpp"

#include <optional>

/// What the actors of one node say to each other about jobs, files and updates.
namespace neurocards {

/// How a task ended, in the provider's words. What it means for the job is for its table of errors
/// to say.
struct task_ended {
  enum class outcome : uint8_t {
    success,
    failure,
    timed_out,      // the time limit over all restarts is spent
    without_result, // the provider calls it a success but names no video
    vanished,       // the provider does not know the task (any more)
  };
  task_id task;
  outcome ending = outcome::failure;
  std::string fail_code; // as text, whatever the provider wrote
  std::string fail_message;
  std::string video_url;           // success only
  int polls = 0;                   // how often the provider was asked
  std::optional<double> cost = {}; // US$ that the video cost; absent: nobody said
};

/// The provider says that the task is under way.
struct task_polled {
  task_id task;
  int polls = 0; // how often the provider was asked
};

/// The provider called back about a task, which is saved for its job by now (http endpoint →
/// worker).
struct task_callback {
  job_id job;
  task_id task;
};

/// The script of a job is wanted.
struct write_prompt {
  claimed_job job;
};

struct written_prompt {
  std::string text;
  prompt_source source = prompt_source::openai;
  std::string narration = {}; // what stands below a video without speech; empty: nothing
};

/// Asks for a turn to query the provider with a key. The turn is taken: use it after `wait`. For a
/// key that has left the configuration the others stand in.
struct query_slot {
  key_fingerprint key;
  size_t stand_in = 0; // which of the others, counted round and round
};
struct query_turn {
  std::chrono::nanoseconds wait{0};
  secret value;         // the key; empty: this node has none at all
  size_t stand_ins = 0; // how many there are; 0: it is the key that was asked for
};

/// A key's secret, found by its fingerprint.
struct find_key {
  key_fingerprint key;
};

/// A key that does not cool down, in turn.
struct choose_key {
  key_fingerprint outside_of; // not of the account of this one; empty: of any
};
struct found_key {
  secret value; // empty: this node has no such key, or all of them cool down
  key_fingerprint key;
  std::chrono::milliseconds wait{0}; // until the first of them is free
};

/// Puts the file at `path` (which is consumed) into storage.
struct put_file {
  std::string path;
  storage_key key;
  std::string content_type;
};
struct put_result {
  int64_t bytes = 0;
};

/// Makes the stored file readable as a local path; `release_file` gives it back.
struct open_file {
  storage_key key;
  bool as_video = false; // to be shown: its facts are read
};
struct opened_file {
  std::string path;
  int64_t bytes = 0;
  bool temporary = false;     // whoever opened it removes it
  video_facts facts = {};     // with `as_video`
  std::string thumbnail = {}; // likewise: a small JPEG, whoever opened it removes it; or none
};

/// A link under which the world can fetch a stored file for a while; empty when there is none
/// (no public address configured).
struct link_file {
  storage_key key;
  std::chrono::seconds valid{3600};
};
struct file_link {
  std::string url;
};

struct drop_file {
  storage_key key;
};

/// One update for the conversation of its chat, stored already.
struct routed_update {
  telegram::incoming update;
};

/// A conversation has had nothing to do for a while and may be ended.
struct conversation_idle {
  chat_id chat;
};

/// A webhook body; answered when it is stored.
struct webhook_update {
  std::string body;
};

/// Worker → notifier: something was written to the outbox. Only speeds up what NOTIFY does anyway.
struct outbox_hint {};

/// Numbers of a node's worker for heartbeat, status and dashboard.
struct node_stats {
  int in_flight = 0;
  int capacity = 0;
  uint64_t claimed = 0;
  uint64_t completed = 0;
  uint64_t failed = 0;
};

} // namespace neurocards
