#pragma once

#include "protocol/http.hpp"

#include <chrono>
#include <optional>
#include <string>

/// What a failed chat completion means. A job never fails because of it.
namespace neurocards::openai {

/// One bad answer.
struct signal {
  http::outcome outcome = http::outcome::answered;
  int status = 0;
  std::string type;         // error.type
  std::string code;         // error.code, numbers as text
  std::string param;        // error.param
  std::string message;      // error.message, or whatever stands in its place; ≤ 300 bytes
  std::string should_retry; // header x-should-retry
  std::string retry_after;  // header, seconds
  std::string retry_after_ms;
};

enum class reaction : uint8_t {
  retry,          // transient: try again after `wait`, a few times
  template_now,   // this request will never pass: use the template, others may pass
  without_param,  // once more without the parameter named by `param`
  next_model,     // this model is gone: with another, alert
  break_circuit,  // nothing will pass until somebody acts: open the breaker, alert
  break_for_long, // out of money: open the breaker for long, alert
};

std::string to_string(reaction);

struct verdict {
  openai::reaction reaction = openai::reaction::template_now;
  std::optional<std::chrono::milliseconds> wait; // the server's wish, of a retry
  bool alert = false;
  bool counts = false; // as one of the failures in a row that open the breaker
};

verdict classify(const signal&);

/// The refusal speaks of pictures: the same without one may pass.
bool is_about_pictures(const signal&);

/// Pause before attempt `n` (from 2) without a wish of the server: 0.5 s·2^k up to 8 s, less a
/// quarter at random.
std::chrono::milliseconds pause_before(int n, double random);

} // namespace neurocards::openai
