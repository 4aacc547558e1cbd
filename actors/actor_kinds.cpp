#include "actors/actor_kinds.hpp"

#include <map>
#include <mutex>

#include <caf/error.hpp>
#include <caf/exit_reason.hpp>

namespace neurocards {

namespace {

struct registry {
  std::mutex mutex;
  std::map<std::string_view, actor_kind> kinds; // its nodes stay where they are
};

/// A function's own: kinds are asked for before main() begins.
registry& all() {
  static registry one;
  return one;
}

} // namespace

actor_end end_of(const caf::error& reason) {
  if (!reason)
    return actor_end::normal;
  if (reason == caf::exit_reason::user_shutdown)
    return actor_end::shutdown;
  if (reason == caf::exit_reason::kill)
    return actor_end::killed;
  return actor_end::faulted;
}

actor_kind& kind_of(std::string_view name) {
  auto& known = all();
  const std::lock_guard hold{known.mutex};
  return known.kinds.try_emplace(name, name).first->second;
}

actor_kind* find_kind(std::string_view name) {
  auto& known = all();
  const std::lock_guard hold{known.mutex};
  const auto found = known.kinds.find(name);
  return found == known.kinds.end() ? nullptr : &found->second;
}

std::vector<actor_kind*> all_kinds() {
  auto& known = all();
  const std::lock_guard hold{known.mutex};
  std::vector<actor_kind*> result;
  result.reserve(known.kinds.size());
  for (auto& [name, kind] : known.kinds)
    result.push_back(&kind);
  return result;
}

} // namespace neurocards
