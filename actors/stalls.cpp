#include "actors/stalls.hpp"

#include "actors/actor_kinds.hpp"

#include <algorithm>
#include <deque>
#include <mutex>

namespace neurocards {

namespace {

using std::chrono::steady_clock;
using std::chrono::system_clock;

constexpr size_t kept = 64;

struct registry {
  std::mutex mutex;
  std::deque<stall> ended; // newest first
};

registry& all() {
  static registry one;
  return one;
}

system_clock::time_point wall_time(steady_clock::duration ago) {
  return system_clock::now() - std::chrono::duration_cast<system_clock::duration>(ago);
}

std::vector<stall> running_now() {
  std::vector<stall> result;
  const auto now = steady_clock::now();
  for (const auto* thread : actor_threads())
    if (const auto x = thread->running(); x && !x->may_block && now - x->since >= stall_limit)
      result.push_back({*x, now - x->since, wall_time(now - x->since), true});
  return result;
}

} // namespace

void add_stall(const running_handler& x, std::chrono::nanoseconds lasted) {
  kind_of(x.kind->name).stalls.fetch_add(1, std::memory_order_relaxed);
  auto& known = all();
  const std::lock_guard hold{known.mutex};
  known.ended.push_front({x, lasted, wall_time(lasted), false});
  if (known.ended.size() > kept)
    known.ended.pop_back();
}

std::vector<stall> recent_stalls() {
  auto result = running_now();
  auto& known = all();
  const std::lock_guard hold{known.mutex};
  result.insert(result.end(), known.ended.begin(), known.ended.end());
  return result;
}

int64_t running_stalls(const actor_kind& kind) {
  const auto now = running_now();
  return std::ranges::count_if(now, [&](const auto& x) { return x.handler.kind == &kind; });
}

} // namespace neurocards
