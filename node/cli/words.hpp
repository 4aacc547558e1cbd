#pragma once

#include "node/cli/verbs.hpp"

#include <optional>

/// The words after a verb. All throw `wrong_usage` when a word is not what it must be.
namespace neurocards::verbs {

/// The first word as the ID of a job.
std::string job_word(const invocation&);

/// The first word as the ID of a user.
std::string user_word(const invocation&);

/// The value of `--user`; nullopt: not given.
std::optional<std::string> user_option(const invocation&);

/// A whole number among the words, named `meaning` in messages.
int64_t number_word(const invocation&, size_t index, const std::string& meaning);

} // namespace neurocards::verbs
