#pragma once

#include "node/cli/verbs.hpp"

/// What every verb that acts asks of its caller: who he is, why, and whether he means it.
namespace neurocards::verbs {

/// `--reason`, or what is typed at the terminal. Throws `wrong_usage` when there is neither.
std::string reason_of(const invocation&);

/// Who calls: the user at the shell (behind sudo, too) and his host, as `anna@bot-1`.
std::string operator_name();

/// Asks at the terminal unless `--yes` was given. Throws `wrong_usage` without either, and
/// `std::runtime_error` when the answer is no.
void confirm(const invocation&, const std::string& question);

} // namespace neurocards::verbs
