#include "bench/simulation/creation_budget.hpp"

#include <algorithm>

namespace neurocards::simulation {

namespace {

using namespace std::chrono_literals;

constexpr duration length = 250ms;
constexpr duration window = 10'250ms;

} // namespace

int creation_budget::free(time_point now) {
  while (!slots_.empty() && slots_.front().begin < now - window) {
    taken_ -= slots_.front().taken;
    slots_.pop_front();
  }
  return std::max(0, limit_ - taken_);
}

void creation_budget::take(time_point now, int count) {
  const auto begin = now - now.time_since_epoch() % length;
  if (slots_.empty() || slots_.back().begin != begin)
    slots_.push_back({begin, 0});
  slots_.back().taken += count;
  taken_ += count;
}

time_point creation_budget::opens() const {
  return slots_.front().begin + window + 1ms;
}

} // namespace neurocards::simulation
