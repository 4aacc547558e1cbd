#pragma once

#include "protocol/job.hpp"
#include "protocol/prompt_source.hpp"
#include "protocol/store/account.hpp"
#include "protocol/store/request.hpp"

/// Jobs: claims and the transitions of the node that holds them.
namespace neurocards::store {

/// Takes up to `limit` due jobs within the creation budget of the accounts. A job that has a task
/// already needs no budget. While every key or model cools down only such jobs are taken.
struct claim_jobs {
  incarnation node;
  int limit = 0;
  std::vector<account> accounts;
  int create_budget = 18;                  // creations per account and 10 s
  std::vector<std::string> models;         // the catalogue, in order
  std::chrono::milliseconds overdue{0};    // so long a job without a task must have been due
  std::vector<std::string> providers = {}; // of `models`
  using answer = struct claimed_jobs;
  static constexpr request_traits traits{.name = "claim_jobs", .batch_limit = 1};
};
struct claimed_jobs {
  std::vector<claimed_job> jobs;
};

/// What `node` holds besides `known`: jobs of a claim whose answer was lost (`ec::unavailable`),
/// which may also be committed after it was given up. When there is nothing, the database notes
/// that the node knows all it holds.
struct held_jobs {
  incarnation node;
  std::vector<job_id> known;
  std::vector<int> claims = {}; // of `known`
  using answer = claimed_jobs;
  static constexpr request_traits traits{.name = "held_jobs", .batch_limit = 1};
};

struct record_prompt {
  incarnation node;
  job_id job;
  std::string prompt;
  std::optional<prompt_source> source; // absent: unchanged
  int claim = 0; // as in every transition: claimed_job::claim; 0: whichever the node has
  std::string narration = {}; // goes below the video; empty: unchanged
  using answer = transition;
  static constexpr request_traits traits{.name = "record_prompt"};
};

/// Announces a creation just before it: saves token, model and key, and takes one unit of budget.
/// The model is the first that does not cool down and whose provider is up, the key the least
/// recently used one there.
struct record_intent {
  incarnation node;
  job_id job;
  std::string token;
  std::vector<account> accounts;
  int create_budget = 18;
  std::vector<std::string> models;
  int claim = 0;
  std::string photo = {}; // how the provider gets the photo: "link" or "upload"; empty: unknown
  std::chrono::milliseconds photo_age{0};  // since when it can
  std::vector<std::string> providers = {}; // of `models`
  std::string prepared = {}; // the provider for which the photo is ready; with several providers
  using answer = struct intent_outcome;
  static constexpr request_traits traits{.name = "record_intent"};
};
struct intent_outcome {
  enum class verdict : uint8_t {
    granted,
    wait,     // no budget now: ask again after `wait`
    no_key,   // every key cools down until `wait`
    no_model, // every model cools down until `wait`
    lease_lost,
    elsewhere, // make the photo ready for `provider` first
  };
  verdict outcome = verdict::lease_lost;
  key_fingerprint key;
  std::string model;
  std::chrono::milliseconds wait{0};
  std::string provider = {};
};

/// The task exists at the provider. Writes the notification "job_started" on a job's first task.
struct record_task {
  incarnation node;
  job_id job;
  task_id task;
  int claim = 0;
  int polls = 0; // as in every transition that ends a claim: claimed_job::polls, and those since
  using answer = transition;
  static constexpr request_traits traits{.name = "record_task"};
};

/// processing → queued with `run_at` in the future. Clears task and intent; the old task is kept in
/// `job_tasks`, so that a late video can be told from a stray.
struct retry_job {
  incarnation node;
  job_id job;
  job_failure reason;
  std::chrono::milliseconds delay{0};
  bool uses_attempt = true;
  bool tell_user = true; // writes "job_retry" (N = the attempt about to start), or, without a used
                         // attempt, "job_waiting" once per job
  bool task_may_finish = false; // the task is given up, but its late video would be sent
  int claim = 0;
  int polls = 0;
  using answer = transition;
  static constexpr request_traits traits{.name = "retry_job"};
};

/// processing → completed, with the notification "job_done".
struct complete_job {
  incarnation node;
  job_id job;
  storage_key video;
  int64_t video_bytes = 0;
  int claim = 0;
  int polls = 0;
  std::chrono::milliseconds result_age{0}; // since the provider was seen to have the video
  std::optional<double> cost = {};         // US$ that the video cost; absent: nobody said
  double star_value = 0;                   // US$ that a Star earns: what the credit brought
  using answer = transition;
  static constexpr request_traits traits{.name = "complete_job"};
};

/// processing → failed, one credit back, with the notification "job_failed" or "job_violation".
struct fail_job {
  incarnation node;
  job_id job;
  job_failure reason;
  bool task_may_finish = false; // as in `retry_job`
  int claim = 0;
  int polls = 0;
  using answer = transition;
  static constexpr request_traits traits{.name = "fail_job"};
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
  using answer = count;
  static constexpr request_traits traits{.name = "release_jobs", .batch_limit = 1};
};

} // namespace neurocards::store
