#include "domain/poll_times.hpp"

#include <algorithm>

namespace neurocards::poll_times {

using namespace std::chrono_literals;

namespace {

nanoseconds part(nanoseconds whole, double share) {
  return nanoseconds{static_cast<int64_t>(static_cast<double>(whole.count()) * share)};
}

} // namespace

nanoseconds first(nanoseconds interval, nanoseconds left_of_interval, double random) {
  return std::max(part(std::min<nanoseconds>(interval, 2s), random), left_of_interval);
}

nanoseconds second(nanoseconds interval, double random) {
  return part(interval, random);
}

time_point next(const latest_poll& last, nanoseconds pause, nanoseconds interval) {
  const auto soonest = last.answered + std::max(last.asked_pause, interval / 10);
  const auto when = std::max(last.began + pause, soonest);
  return last.answered < last.given_up_from ? std::min(when, last.given_up_from) : when;
}

nanoseconds query_spacing(int budget, int workers) {
  constexpr nanoseconds window = 1100ms;
  if (workers > budget)
    return window * workers / budget;
  return window / (budget / workers);
}

} // namespace neurocards::poll_times
