#include "node/cli/lever.hpp"

/// The verbs about KIE's keys, which are named by their fingerprints only.
namespace neurocards::verbs {

namespace {

constexpr auto key = lever_subject::key;

} // namespace

int keys_list(const invocation& in) {
  return list_targets(in, key, "KIE KEY", "No KIE key is known.");
}

int keys_pause(const invocation& in) {
  return pause(in, target_word(in, key, "Key"),
               "paused: new tasks go to the other keys; its running ones are finished");
}

int keys_resume(const invocation& in) {
  return resume(in, target_word(in, key, "Key"), "in use again");
}

} // namespace neurocards::verbs
