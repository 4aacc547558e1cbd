#pragma once

#include <cstdint>
#include <optional>

namespace neurocards::sandbox::kie {

enum class task_state : uint8_t {
  unknown, // too young: recordInfo is null
  waiting,
  queuing,
  generating,
  success,
  fail,
};

const char* to_string(task_state x);

/// The way of a task through its states, computed from the time alone. All values in milliseconds.
struct task_life {
  int64_t created_at = 0;
  int64_t null_for = 0; // recordInfo knows nothing of it yet; overlaps with the rest
  int64_t waiting_for = 0;
  int64_t queuing_for = 0;
  int64_t generating_for = 0;
  bool fails = false; // how it ends
  std::optional<int64_t>
    ready_at{}; // when the video was there; without it the task keeps generating
  std::optional<int64_t>
    ended_early{}; // failed or was ended at this moment, whatever the rest says

  task_state state_at(int64_t now) const;

  /// When it ends, or ended; nullopt while that is not known.
  std::optional<int64_t> end() const;

  /// 0…100; 100 only at the end.
  int progress(int64_t now) const;
};

} // namespace neurocards::sandbox::kie
