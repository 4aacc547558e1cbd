#pragma once

#include <array>
#include <cstddef>
#include <string_view>

/// The prompt templates: what `ugc` and `ad` look like, as data. `self` has none: its prompt is the
/// user's own. Texts are English, because that is what video models understand best.
namespace neurocards::prompts {

constexpr size_t variants = 8; // at least as many as videos in one order, so that no two are alike

/// Placeholders: {seconds} length of the clip, {hook} and {turn} the seconds at which its parts
/// end, {hero}, {setting}, {speech} the spoken language, {product} and {wishes} the user's words.
struct prompt_template {
  std::string_view id;
  std::string_view system;   // of the chat: what a good script is
  std::string_view fallback; // a finished prompt, used when there is no script
  std::string_view wishes;   // appended to `fallback` when there are wishes
  std::array<std::string_view, variants> heroes;
  std::array<std::string_view, variants> settings;
};

/// Null: `self`, or unknown.
const prompt_template* find_template(std::string_view id);

} // namespace neurocards::prompts
