#pragma once

#include "node/cli/verbs.hpp"

#include <optional>

/// The words after a verb. All throw `wrong_usage` when a word is not what it must be.
namespace neurocards::verbs {

/// The first word as the ID of a job.
std::string job_word(const invocation&);

/// All words as IDs of jobs, each once, in their order.
std::vector<std::string> job_words(const invocation&);

/// The value of an option that names a job; nullopt: not given.
std::optional<std::string> job_option(const invocation&, const std::string& name);

/// The first word as the ID of a user.
std::string user_word(const invocation&);

/// The value of `--user`; nullopt: not given.
std::optional<std::string> user_option(const invocation&);

/// The value of an option that is a whole number from `least` to `most`; nullopt: not given.
std::optional<int64_t> number_option(const invocation&, const std::string& name, int64_t least,
                                     int64_t most);

/// A whole number among the words, named `meaning` in messages.
int64_t number_word(const invocation&, size_t index, const std::string& meaning);

} // namespace neurocards::verbs
