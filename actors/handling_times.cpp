#include "actors/handling_times.hpp"

namespace neurocards {

void handling_times::add(message_key key, int64_t ns) {
  auto& x = place_of(key);
  size_t bucket = 0;
  while (bucket < ends.size() && ns > ends[bucket])
    ++bucket;
  x.counts[bucket].fetch_add(1, std::memory_order_relaxed);
  x.sum_ns.fetch_add(ns, std::memory_order_relaxed);
}

handling_times::place& handling_times::place_of(message_key key) {
  const auto first = static_cast<size_t>((key * 0x9E3779B97F4A7C15U) >> 58);
  for (size_t i = 0; i < places_.size(); ++i) {
    auto& x = places_[(first + i) % places_.size()];
    auto known = x.key.load(std::memory_order_relaxed);
    if (known == key || (known == 0 && x.key.compare_exchange_strong(known, key)) || known == key)
      return x;
  }
  return others_;
}

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
