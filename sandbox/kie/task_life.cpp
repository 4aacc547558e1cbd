#include "sandbox/kie/task_life.hpp"

#include <algorithm>

namespace neurocards::sandbox::kie {

const char* to_string(task_state x) {
  switch (x) {
    case task_state::waiting:
      return "waiting";
    case task_state::queuing:
      return "queuing";
    case task_state::generating:
      return "generating";
    case task_state::success:
      return "success";
    case task_state::fail:
      return "fail";
    default:
      return "unknown";
  }
}

std::optional<int64_t> task_life::end() const {
  if (ended_early)
    return ended_early;
  const auto due = created_at + waiting_for + queuing_for + generating_for;
  if (fails)
    return due;
  return ready_at ? std::optional{std::max(due, *ready_at)} : std::nullopt;
}

task_state task_life::state_at(int64_t now) const {
  const auto age = now - created_at;
  if (age < null_for)
    return task_state::unknown;
  if (const auto over = end(); over && now >= *over)
    return fails ? task_state::fail : task_state::success;
  if (age < waiting_for)
    return task_state::waiting;
  return age < waiting_for + queuing_for ? task_state::queuing : task_state::generating;
}

int task_life::progress(int64_t now) const {
  const auto state = state_at(now);
  if (state == task_state::success || state == task_state::fail)
    return 100;
  if (state != task_state::generating || generating_for <= 0)
    return 0;
  const auto spent = now - created_at - waiting_for - queuing_for;
  return static_cast<int>(std::min<int64_t>(99, spent * 100 / generating_for));
}

} // namespace neurocards::sandbox::kie
