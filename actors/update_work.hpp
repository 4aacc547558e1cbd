#pragma once

#include "actors/photo_fetch.hpp"
#include "domain/allowance.hpp"

#include <memory>
#include <optional>
#include <vector>

#include <caf/typed_response_promise.hpp>

namespace neurocards {

/// What is to be committed for the update; the later ones only after the former was refused.
enum class update_plan : uint8_t { step, apology, nothing_but_handled };

/// An update and how far it got; what it waits for may come while an older one is in hand.
struct update_work {
  telegram::incoming update;
  caf::typed_response_promise<void> handled;
  store::conversation_view view;
  std::shared_ptr<photo_fetch> fetch;
  std::optional<flow::photo_result> photo;    // fetched once, whatever is repeated after it
  bool awaits_photo = false;                  // and nothing else
  std::optional<allowance::verdict> counted;  // once, whatever is repeated after it
  std::vector<flow::answer_callback> effects; // of the last commit sent
  update_plan next = update_plan::step;
  int failures = 0;
  int refusals = 0;
  int stale = 0; // how often its step was decided too early
  bool committing = false;
  bool commit_unknown = false; // a commit was sent and not answered: it may have acted
};

} // namespace neurocards
