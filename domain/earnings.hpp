#pragma once

#include "protocol/config.hpp"

#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace neurocards {

/// A model's videos of one day, and what they brought, in US$ (`status_snapshot`).
struct day_earnings {
  std::string day; // of UTC: "2026-11-30"
  std::string model;
  int64_t clips = 0;
  int64_t late = 0;     // came after their job had gone on: they earn nothing
  int64_t unpriced = 0; // of both, those whose cost nobody said
  double cost = 0;
  double income = 0;
};

/// Newest day first, as the snapshot has them; empty where it has none.
std::vector<day_earnings> earnings_of(const nlohmann::json& snapshot);

/// Where the models of the catalogue cost something else than it says (by more than a hundredth),
/// by the newest day on which that is known: a line each.
std::vector<std::string> price_differences(const std::vector<day_earnings>&,
                                           const config::generation&);

} // namespace neurocards
