#pragma once

#include "domain/levers.hpp"
#include "node/cli/verbs.hpp"

#include <nlohmann/json_fwd.hpp>

/// What the verbs that pause and resume share. Each prints what it did, or with `--json` the pause.
namespace neurocards::verbs {

/// What a verb pauses or resumes: one of the names that exist. Words that are no target throw
/// `wrong_usage`.
struct lever {
  lever_subject subject = lever_subject::queue;
  std::string name;  // empty: the queue
  std::string title; // "Model sora-2"
};

/// The keys, models or nodes that exist: those of the settings and those the database knows, as
/// `lever_targets` (SQL) tells.
nlohmann::json targets(const invocation&, lever_subject);

/// The verb's first word as one of the targets.
lever target_word(const invocation&, lever_subject, const std::string& title);

/// A table or JSON of targets().
int list_targets(const invocation&, lever_subject, const std::string& heading,
                 const std::string& if_empty);

/// Pauses for `--for` or until it is resumed, and keeps who and why. `effect`: what that means, a
/// sentence.
int pause(const invocation&, const lever&, const std::string& effect);

/// Ends the pause. What is not paused ends the verb with 1.
int resume(const invocation&, const lever&, const std::string& effect);

/// The last column of a list: "since 2026-05-01 12:00:00 by anna@bot-1: maintenance".
std::string pause_text(const nlohmann::json& pause);

} // namespace neurocards::verbs
