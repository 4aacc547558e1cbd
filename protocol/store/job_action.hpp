#pragma once

#include "base/word_table.hpp"

#include <cstdint>

namespace neurocards {

/// What an operator does to jobs by hand.
enum class job_action : uint8_t {
  retry,  // it runs again as soon as a worker is free
  fail,   // with a refund
  cancel, // with a refund, while it waits
  resend, // its video once more
};

namespace detail {

constexpr word_table<job_action, 4> job_actions{{{job_action::retry, "retry"},
                                                 {job_action::fail, "fail"},
                                                 {job_action::cancel, "cancel"},
                                                 {job_action::resend, "resend"}}};

} // namespace detail

/// The word that stands in requests, in arguments of SQL and in `operator_actions`.
constexpr std::string_view to_string(job_action x) {
  return word_of(detail::job_actions, x);
}

/// Nullopt: no action.
constexpr std::optional<job_action> parse_job_action(std::string_view text) {
  return find_word(detail::job_actions, text);
}

/// What may be written: "retry, fail, cancel, resend".
inline std::string job_action_words() {
  return all_words(detail::job_actions);
}

} // namespace neurocards
