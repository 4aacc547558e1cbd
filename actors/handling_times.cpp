#include "actors/handling_times.hpp"

namespace neurocards {

std::vector<handling_times::row> handling_times::read() const {
  std::vector<row> result;
  for (const auto& x : places_)
    if (x.key.load(std::memory_order_relaxed) != 0)
      result.push_back(copy(x));
  if (auto misfits = copy(others_); misfits.sum_ns > 0)
    result.push_back(misfits);
  return result;
}

handling_times::row handling_times::copy(const place& x) {
  row result;
  result.key = x.key.load(std::memory_order_relaxed);
  for (size_t i = 0; i < result.counts.size(); ++i)
    result.counts[i] = x.counts[i].load(std::memory_order_relaxed);
  result.sum_ns = x.sum_ns.load(std::memory_order_relaxed);
  return result;
}

} // namespace neurocards
