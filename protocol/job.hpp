#pragma once

#include "protocol/ids.hpp"
#include "protocol/order_template.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace neurocards {

/// What a failure means for a job (docs/job_lifecycle.md). The owner's four classes and
/// refinements that never lose a paid order.
enum class failure_class : uint8_t {
  temporary,      // try again later, costs an attempt
  rate_limit,     // the key cools down, next key or later, costs an attempt
  billing,        // the key's account is out of money: it cools down, costs nothing
  key_refused,    // the provider does not take the key: it cools down, next key, costs nothing
  model_down,     // the model is switched off: it cools down, next model, costs nothing
  outage,         // the provider is down for everybody: wait, costs nothing
  user_violation, // refused for what is in the photo or the text: fail and refund
  unknown,        // anything else: fail and refund
};

/// "TEMPORARY", "RATE_LIMIT", … as they stand in `error_details.class`.
std::string to_string(failure_class);

/// A job as its claimer gets it: all that is needed to go on from where it stands.
struct claimed_job {
  job_id id;
  user_id owner;
  order_template template_type = order_template::ad;
  std::string product_name;
  std::string product_text;
  std::string extra_wishes; // empty: none
  std::string user_prompt;  // template `self`: what the user wrote
  std::string language;     // "ru" or "en"
  int video_index = 0;      // position within its order, from 0: varies hero and setting
  int attempts = 0;         // including this one
  int claim = 0;            // number of this claim of the job: fences all that is done under it
  int rescues = 0;          // times its worker died on it since the last progress
  int polls = 0; // how often the provider was asked for its tasks, as far as is written down
  storage_key photo;
  std::string prompt;        // empty: not written yet
  std::string model;         // of the saved intent or task; empty: none chosen yet
  key_fingerprint key;       // of the saved intent or task
  std::string provider = {}; // likewise
  task_id task;              // empty: not created, or not known to be
  // By the database's clock when it was claimed: clocks of nodes differ.
  std::optional<std::chrono::milliseconds> intent_age; // since creation was announced
  std::optional<std::chrono::milliseconds> task_age;   // of the 30 min
  std::string intent_token;                            // travels in callBackUrl
};

/// Why a job failed or is tried again.
struct job_failure {
  failure_class cls = failure_class::unknown;
  std::string error; // one line for operators, in words of ours; becomes `jobs.error`
  // What the provider or the network said, cut to 500 bytes: error_details.raw. It may repeat what
  // the user wrote, hence is told only to who asks for texts.
  std::string raw_signal;
  std::string signal = {}; // what is recognised in it: error_details.signal
};

} // namespace neurocards
