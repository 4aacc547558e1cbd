#pragma once

#include "protocol/http.hpp"
#include "protocol/job.hpp"

#include <chrono>
#include <optional>
#include <string>

/// What providers of videos say of calls and tasks, and what it may mean. The table of each
/// provider says what it does mean (kie_errors.cpp).
namespace neurocards::provider {

enum class call : uint8_t {
  create_task,
  record_info,
  upload,   // File Upload API
  download, // of a result, from a file host
  credit,
  task, // no call: what is said of a task (poll, callback). It may echo a user's words.
};

/// One bad answer, reduced to what tells it from others.
struct signal {
  call from = call::record_info;
  http::outcome outcome = http::outcome::answered;
  int status = 0;        // HTTP
  bool json = false;     // the body was a JSON object
  int code = 0;          // body `code`; 0: none
  std::string message;   // body `msg` or `message`; of a body that is no JSON its first 500 bytes
  std::string fail_code; // data.failCode as text; of a task
  std::string fail_msg;  // data.failMsg; of a task
  std::optional<std::chrono::milliseconds> retry_after; // as the server wishes
  bool photo_uploaded = false;                          // createTask: the photo was no link of ours
};

/// What has to cool down, so that the same thing does not happen to the next job.
enum class cooldown_scope : uint8_t {
  nothing,
  key,
  account,
  model,
  model_if_others_agree, // a task's words: when tasks of two users say so
};

/// What a bad answer means.
struct verdict {
  failure_class cls = failure_class::unknown;
  cooldown_scope cooldown = cooldown_scope::nothing;
  bool alert = false;         // a person must act: billing, key, model, our own bad request
  bool maybe_created = false; // createTask: a task may exist and be paid for; wait for its callback
  bool not_yet_known =
    false;               // recordInfo: the task is not visible yet; poll again within the grace
  const char* rule = ""; // name of the row that matched, for logs

  /// The number and the row that decided: "500 model_paused", "no_answer". The only part of a
  /// failure that is shown without being asked for: no word of it comes from outside. Without
  /// commas.
  std::string recognised = {};
};

/// One line for operators and logs: "createTask: HTTP 200, code 500: model_paused". Of what may
/// repeat a user's words (a creation, a task) only what is recognised, as far as `told` knows; of
/// all else what the provider said.
std::string describe(const signal&, const verdict& told = {});

/// What the provider said, cut to 500 bytes: `error_details.raw`. It may repeat what a user wrote.
std::string raw_signal(const signal&);

/// What in the order displeased, as far as the provider's words tell; chooses the advice that
/// the user gets.
enum class violation : uint8_t {
  unspecific,
  people,
  third_party,
  adult,
  violence,
  image,
  language
};

violation violation_of(const std::string& raw_signal);

} // namespace neurocards::provider
