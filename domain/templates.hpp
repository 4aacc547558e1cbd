#pragma once

#include "protocol/order_template.hpp"

#include <array>
#include <cstddef>
#include <string_view>

/// The prompt templates: those of `ugc` and `ad`, as data. `self` has none: its prompt is the
/// user's own. Texts are English, because that is what video models understand best.
namespace neurocards::prompts {

constexpr size_t variants = 8; // at least as many as videos in one order, so that no two are alike

/// What a film with speech, or one without, says differently. Placeholder: {speech}, the language.
struct voice {
  std::string_view system;  // {voice} of the system message
  std::string_view rule;    // {rule} of `fallback`: early, because short limits cut the end
  std::string_view telling; // {telling} of `fallback`
};

/// How the writer is to answer: {answer} of the system message.
constexpr std::string_view answer_alone =
  "Answer with the prompt alone: one paragraph of English, 90 to 160 words, no headings, no lists.";
constexpr std::string_view answer_and_narration =
  "Answer with the prompt: one paragraph of English, 90 to 160 words, no headings, no lists. Then, "
  "on "
  "a last line that begins with \"NARRATION:\", one or two short sentences in {speech} of at most "
  "200 characters that tell what the video shows and why the product is worth having: they are "
  "shown below the video. No prices, no medical promises in them.";

/// Placeholders: {seconds} length of the clip, {hook} and {turn} the seconds at which its parts
/// end, {hero}, {setting}, {product} and {wishes} the user's words, and those of `voice`.
struct prompt_template {
  order_template id;
  std::string_view system;   // of the chat: what a good script is
  std::string_view fallback; // a finished prompt, used when there is no script
  std::string_view wishes;   // appended to `fallback` when there are wishes
  voice spoken;
  voice silent;
  std::array<std::string_view, variants> heroes;
  std::array<std::string_view, variants> settings;
};

/// Null: `self`.
const prompt_template* find_template(order_template);

} // namespace neurocards::prompts
