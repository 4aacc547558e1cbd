#pragma once

#include "protocol/ids.hpp"
#include "protocol/store/request.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

/// Keys and models of the provider, and tasks that outlived the try of their job.
namespace neurocards::store {

struct cool_down_key {
  key_fingerprint key;
  std::chrono::milliseconds cooldown{0};
  std::string reason;
  bool whole_account = false;
  std::vector<key_fingerprint> account_keys; // with `whole_account`
  using answer = committed;
  static constexpr request_traits traits{.name = "cool_down_key"};
};

/// What a node has to know of its keys and of those who share them.
struct read_keys {
  std::chrono::milliseconds lease{0};
  using answer = struct key_view;
  static constexpr request_traits traits{.name = "read_keys", .batch_limit = 1};
};
struct cooling_key {
  key_fingerprint key;
  std::chrono::milliseconds left{0};
};
struct key_view {
  std::vector<cooling_key> cooling;
  int workers = 0; // living nodes with the role
};

/// Cools a model down after a refused creation; doubles with every refusal in a row.
struct cool_down_model {
  std::string model;
  std::chrono::milliseconds cooldown{0};
  std::string reason;
  // Not a creation was refused: a task of this user said so. Counts when two users' tasks do.
  std::optional<user_id> task_of;
  using answer = committed;
  static constexpr request_traits traits{.name = "cool_down_model"};
};

/// A callback brought a task for an intent token. Saves it if the job still waits for one.
struct adopt_task {
  std::string token;
  task_id task;
  using answer = struct adoption;
  static constexpr request_traits traits{.name = "adopt_task", .batch_limit = 1};
};
struct adoption {
  enum class verdict : uint8_t {
    adopted, // saved now: `job` polls it from here on
    known,   // the job had it already
    late,    // the job went on without it: its video comes late
    unknown, // no such token
  };
  verdict outcome = verdict::unknown;
  job_id job;
};

/// Tasks their jobs went on without (`task_may_finish`, `adoption::late`) and that may still bring
/// a video; oldest first. After two days they are settled by themselves.
struct late_tasks {
  int limit = 100;
  using answer = struct late_task_page;
  static constexpr request_traits traits{.name = "late_tasks", .batch_limit = 1};
};
struct late_task {
  std::string token;
  task_id task;
  key_fingerprint key;
  std::string model;
  job_id job;
  std::string provider = "kie";
};
struct late_task_page {
  std::vector<late_task> tasks;
};

/// The task brought a video after all: writes the notification "gift_video" (payload: video,
/// bytes), once per task. `lease_lost`: it was given or settled before.
struct give_video {
  std::string token;
  storage_key video;
  int64_t video_bytes = 0;
  std::optional<double> cost = {}; // as in `complete_job`
  using answer = transition;
  static constexpr request_traits traits{.name = "give_video", .batch_limit = 1};
};

/// The task brought nothing: nobody polls it again.
struct settle_task {
  std::string token;
  using answer = transition;
  static constexpr request_traits traits{.name = "settle_task", .batch_limit = 1};
};

} // namespace neurocards::store
