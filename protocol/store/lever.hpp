#pragma once

#include "base/word_table.hpp"

#include <cstdint>

namespace neurocards {

/// What an operator may pause (`pauses.subject`).
enum class lever_subject : uint8_t { queue, key, model, node };

/// What he does to it.
enum class lever_action : uint8_t { pause, resume };

namespace detail {

constexpr word_table<lever_subject, 4> lever_subjects{{{lever_subject::queue, "queue"},
                                                       {lever_subject::key, "key"},
                                                       {lever_subject::model, "model"},
                                                       {lever_subject::node, "node"}}};

constexpr word_table<lever_action, 2> lever_actions{
  {{lever_action::pause, "pause"}, {lever_action::resume, "resume"}}};

/// A node that is paused drains.
constexpr word_table<lever_action, 2> node_actions{
  {{lever_action::pause, "drain"}, {lever_action::resume, "undrain"}}};

constexpr const word_table<lever_action, 2>& actions_on(lever_subject x) {
  return x == lever_subject::node ? node_actions : lever_actions;
}

} // namespace detail

/// The word that stands in rows and messages.
constexpr std::string_view to_string(lever_subject x) {
  return word_of(detail::lever_subjects, x);
}

/// Nullopt: nothing of the kind is done to that subject.
constexpr std::optional<lever_action> parse_lever_action(std::string_view text, lever_subject on) {
  return find_word(detail::actions_on(on), text);
}

/// What may be written: "drain, undrain".
inline std::string lever_action_words(lever_subject on) {
  return all_words(detail::actions_on(on));
}

} // namespace neurocards
