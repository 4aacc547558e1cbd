#pragma once

#include <string>
#include <string_view>
#include <vector>

/// What somebody who misspelt a word probably meant.
namespace neurocards::config {

/// The candidate that `word` is probably a misspelling of; empty: none is near.
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

/// ` (did you mean "…"?)`, or nothing.
std::string suggestion(std::string_view word, const std::vector<std::string>& candidates);

} // namespace neurocards::config
