#pragma once

#include "domain/job_stage.hpp"
#include "protocol/ids.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace neurocards::ended {

/// A job that has come to its end.
struct job {
  job_id id;
  bool completed = false;
  std::string cls; // of its failure; empty: none
  std::chrono::milliseconds took{0};
  std::optional<bool> hit; // it took as long as its user was told; absent: he was told nothing
  std::array<std::optional<std::chrono::milliseconds>, job_stage_names.size()> stages{};
};

/// Movements of credits of one kind.
struct movement {
  int64_t times = 0;
  int64_t amount = 0; // without sign
};

struct news {
  std::vector<job> jobs;
  std::map<std::string, movement> credits; // by `credit_ledger.kind`
};

/// What `take_ended` answered. Leaves out what it does not understand; nullopt: it is no JSON
/// object.
std::optional<news> parse(std::string_view text);

} // namespace neurocards::ended
