#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// What models want of a prompt besides its length in characters.
namespace neurocards::prompts {

/// `text` with its time marks ("0-3 s:", "[00:03-00:06]", "from 3 to 6 seconds:") written as "Shot
/// 1:", "Shot 2:" and so on; as it is where fewer than two parts have one.
std::string without_time_marks(const std::string& text);

/// The beginning of `text` of at most so many units and words (0: any number) that ends a sentence,
/// or a word when no sentence ends in its second half.
std::string bounded(std::string_view text, size_t units, size_t words);

} // namespace neurocards::prompts
