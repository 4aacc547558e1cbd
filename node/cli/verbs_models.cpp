#include "node/cli/lever.hpp"

/// The verbs about KIE's models.
namespace neurocards::verbs {

namespace {

constexpr auto model = lever_subject::model;

} // namespace

int models_list(const invocation& in) {
  return list_targets(in, model, "MODEL", "kie.models is empty.");
}

int models_pause(const invocation& in) {
  return pause(in, target_word(in, model, "Model"),
               "paused: new tasks go to the other models; its running ones are finished");
}

int models_resume(const invocation& in) {
  return resume(in, target_word(in, model, "Model"), "in use again");
}

} // namespace neurocards::verbs
