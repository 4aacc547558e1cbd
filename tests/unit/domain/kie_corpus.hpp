#pragma once

#include "domain/kie_errors.hpp"

#include <vector>

/// What KIE has said, and what it means.
namespace neurocards::test::kie_corpus {

using kie::call;
using kie::cooldown_scope;

constexpr auto temporary = failure_class::temporary;
constexpr auto rate_limit = failure_class::rate_limit;
constexpr auto billing = failure_class::billing;
constexpr auto key_refused = failure_class::key_refused;
constexpr auto model_down = failure_class::model_down;
constexpr auto violation = failure_class::user_violation;
constexpr auto unknown = failure_class::unknown;

/// The line for operators.
inline std::string told(const kie::signal& x) {
  return kie::describe(x, kie::classify(x));
}

/// The envelope of createTask or recordInfo.
inline kie::signal answer(call from, int status, int code, const char* message) {
  kie::signal x;
  x.from = from;
  x.status = status;
  x.json = true;
  x.code = code;
  x.message = message;
  return x;
}

inline kie::signal no_json(call from, int status, const char* body) {
  kie::signal x;
  x.from = from;
  x.status = status;
  x.message = body;
  return x;
}

/// recordInfo of a task that failed: the envelope says "success".
inline kie::signal failed(const char* code, const char* message) {
  kie::signal x = answer(call::task, 200, 200, "success");
  x.fail_code = code;
  x.fail_msg = message;
  return x;
}

/// A callback: its envelope has a number of its own.
inline kie::signal enveloped(int code, const char* message) {
  kie::signal x = failed("", message);
  x.code = code;
  return x;
}

/// createTask of a photo that lies with KIE.
inline kie::signal uploaded(const char* message) {
  kie::signal x = answer(call::create_task, 200, 422, message);
  x.photo_uploaded = true;
  if (std::string_view{message}.starts_with("Internal"))
    x.code = 500;
  return x;
}

inline kie::signal broken(call from, http::outcome outcome) {
  kie::signal x;
  x.from = from;
  x.outcome = outcome;
  return x;
}

/// What was said, and what it means.
struct line {
  kie::signal said;
  failure_class means;
  cooldown_scope cooldown = cooldown_scope::nothing;
};

inline const std::vector<line> corpus = {
  // switched off
  {answer(call::create_task, 200, 500, "This interface is temporarily paused."), model_down,
   cooldown_scope::model},
  {answer(call::create_task, 200, 422, "The model name you specified is not supported"), model_down,
   cooldown_scope::model},
  {answer(call::create_task, 200, 404, "Page does not exist or is not published"), model_down,
   cooldown_scope::model},
  {answer(call::create_task, 404, 404, "Page does not exist or is not published"), model_down,
   cooldown_scope::model},
  {answer(call::create_task, 200, 505, "Feature disabled"), model_down, cooldown_scope::model},
  {answer(call::create_task, 404, 0, ""), model_down, cooldown_scope::model},
  {no_json(call::create_task, 404, "<html>404</html>"), model_down, cooldown_scope::model},
  {answer(call::create_task, 200, 404, "no such resource"), model_down, cooldown_scope::model},
  // only a creation can say so
  {answer(call::upload, 200, 500, "This interface is temporarily paused."), temporary},
  {answer(call::upload, 404, 404, ""), temporary},
  {answer(call::record_info, 200, 505, "Feature disabled"), temporary},
  // no money
  {answer(call::create_task, 200, 402,
          "Credits insufficient : Your current balance isn't enough to run this request. Please "
          "top up to continue."),
   billing, cooldown_scope::account},
  {answer(call::create_task, 200, 500,
          "Credits insufficient : Your current balance isn't enough to run this request. Please "
          "top up to continue."),
   billing, cooldown_scope::account},
  {answer(call::create_task, 402, 402, ""), billing, cooldown_scope::account},
  {answer(call::create_task, 200, 200, "Credits insufficient"), billing, cooldown_scope::account},
  {answer(call::upload, 200, 402, ""), billing, cooldown_scope::account},
  // the limit of one key: others of its account go on
  {answer(call::create_task, 200, 433, "sub-key usage exceeds the limit"), billing,
   cooldown_scope::key},
  {answer(call::create_task, 433, 433, ""), billing, cooldown_scope::key},
  {answer(call::create_task, 200, 500, "The spending limit of this key is reached"), billing,
   cooldown_scope::key},
  // too fast
  {answer(call::create_task, 200, 429, "Rate limit exceeded"), rate_limit, cooldown_scope::account},
  {answer(call::create_task, 429, 429, "Too Many Requests"), rate_limit, cooldown_scope::account},
  {no_json(call::record_info, 429, "<html>429</html>"), rate_limit, cooldown_scope::account},
  {answer(call::create_task, 200, 500,
          "Your call frequency is too high, at most 20 requests per 10 seconds"),
   rate_limit, cooldown_scope::account},
  {answer(call::create_task, 200, 500, "concurrent limit reached, please try again later"),
   rate_limit, cooldown_scope::account},
  // the picture or the words displease
  {failed("500", "We currently do not support uploads of images containing photorealistic people."),
   violation},
  {failed("We currently do not support uploads of images containing photorealistic people.", "400"),
   violation}, // swapped
  {failed("501",
          "This content may violate our guardrails concerning similarity to third-party content."),
   violation},
  {failed("500",
          "This content may violate our guardrails around nudity, sexuality, or erotic content."),
   violation},
  {failed("", "This content may violate our guardrails around violence or graphic content."),
   violation},
  {failed("422", "Invalid prompt: prompt contains prohibited content"), violation},
  {failed("400", "Your prompt was flagged by Website as violating content policies"), violation},
  {failed("500", "Public error: unsafe image upload"), violation},
  {failed("500", "CONTENT_POLICY_BLOCKED: request rejected"), violation},
  {failed("500", "PUBLIC_ERROR_PROMINENT_PEOPLE_UPLOAD"), violation},
  {failed("500", "PUBLIC_ERROR_AUDIO_FILTERED"), violation},
  {failed("400", "The image appears suggestive or racy"), violation},
  {failed("500", "Sensitive content detected in the input"), violation},
  {failed("400", "only english prompts are supported"), violation},
  {answer(call::create_task, 200, 422, "Invalid prompt: prompt contains prohibited content"),
   violation},
  {failed("422", "unprocessable"), violation}, // of a task KIE had taken: its content
  // the picture's size, shape or format
  {failed("500", "Image size is too large"), violation},
  {failed("500", "Image format is not supported"), violation},
  // KIE could not read our picture, which was checked when it came
  {failed("400", "Failed to fetch the image. Kindly verify any access limits"), temporary},
  {answer(call::create_task, 200, 500, "failed to get the file information"), temporary},
  {answer(call::create_task, 200, 422, "image file type not supported"), temporary},
  // its link was at fault, where it had one
  {answer(call::create_task, 200, 451, ""), temporary},
  {answer(call::create_task, 451, 451, "Image could not be processed"), temporary},
  {uploaded("image file type not supported"), violation},
  {uploaded("Failed to fetch the image"), temporary}, // of its own host
  {uploaded("Internal Error, Please try again later."), temporary},
  // our own bad request
  {answer(call::create_task, 200, 500, "This field is required"), unknown},
  {answer(call::create_task, 200, 500, "image_urls is required"), unknown},
  {answer(call::create_task, 200, 422, "n_frames exceeds range"), unknown},
  {answer(call::create_task, 200, 400, "Bad Request"), unknown},
  // key, client
  {answer(call::create_task, 200, 401, "You do not have access permissions"), key_refused,
   cooldown_scope::key},
  {no_json(call::create_task, 401, ""), key_refused, cooldown_scope::key},
  {answer(call::create_task, 200, 500, "Unauthorized"), key_refused, cooldown_scope::key},
  {answer(call::upload, 200, 401, "Unauthorized"), key_refused, cooldown_scope::key},
  {no_json(call::create_task, 403, "error code: 1010"), key_refused, cooldown_scope::key},
  {no_json(call::record_info, 403, "<html>Forbidden</html>"), key_refused, cooldown_scope::key},
  {answer(call::create_task, 200, 403, ""), key_refused, cooldown_scope::key},
  // a file host is not the API
  {no_json(call::download, 401, "Unauthorized"), temporary},
  {no_json(call::download, 403, "expired"), temporary},
  {no_json(call::download, 429, "slow down"), temporary},
  // passes by itself
  {failed("500", "Internal Error, Please try again later."), temporary},
  {failed("500", "Server exception, please try again later or contact customer service"),
   temporary},
  {failed("501", "Content generation task failed"),
   temporary}, // the word "content" is no violation
  {failed("501", "generation failed"), temporary},
  {failed("500", ""), temporary},
  {failed("500", "Too many people are using the service"), temporary}, // nor is "people"
  {answer(call::create_task, 200, 455,
          "The server is currently being maintained, please try again later~"),
   temporary},
  {answer(call::create_task, 200, 408, "service timeout"), temporary},
  {answer(call::record_info, 200, 500, "Server Error"), temporary},
  {no_json(call::create_task, 502, "<html>Bad Gateway</html>"), temporary},
  {no_json(call::create_task, 503, ""), temporary},
  {no_json(call::record_info, 522, "error code: 522"), temporary},
  {answer(call::record_info, 200, 422, "recordInfo is null"), temporary},
  {answer(call::record_info, 404, 404, "Task not found"), temporary},
  {no_json(call::download, 404, "gone"), temporary}, // a fresh link may do
  {broken(call::create_task, http::outcome::not_sent), temporary},
  {broken(call::create_task, http::outcome::interrupted), temporary},
  {broken(call::record_info, http::outcome::interrupted), temporary},
  // nobody knows
  {failed("", ""), unknown},
  {failed("", "Something odd happened"), unknown},
  {failed("", "A laptop up close is not in stock"), unknown}, // "top up" within other words
  {enveloped(501, "Something odd happened"), unknown}, // the envelope's number is not the task's
  {broken(call::download, http::outcome::too_large), unknown},
  {broken(call::download, http::outcome::forbidden_address), unknown},
  {answer(call::create_task, 200, 418, "I am a teapot"), unknown},
  // an answer that cannot be read is no verdict
  {no_json(call::create_task, 200, "not json"), temporary},
  {no_json(call::create_task, 200, R"({"code":200,"msg":"succ)"), temporary},
  {no_json(call::create_task, 200, ""), temporary},
  {answer(call::create_task, 200, 200, "success"), temporary}, // without a task id
  {answer(call::create_task, 200, 0, ""), temporary},
  {no_json(call::create_task, 302, ""), temporary},
  {no_json(call::create_task, 400, "<html>Bad Request</html>"), temporary},
  {no_json(call::upload, 200, ""), temporary},
  {answer(call::upload, 200, 200, "ok"), temporary}, // without a link
  {broken(call::create_task, http::outcome::too_large), temporary},
  {broken(call::upload, http::outcome::too_large), temporary},
  // and what failed on our side is not the order's fault
  {broken(call::create_task, http::outcome::local_fault), temporary},
};

} // namespace neurocards::test::kie_corpus
