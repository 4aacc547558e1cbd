#include "domain/telegram_outage.hpp"

#include <algorithm>
#include <utility>

namespace neurocards {

namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr milliseconds first_pause = 250ms;
constexpr milliseconds longest_pause = 30s;
constexpr milliseconds token_pause = 1min;
constexpr int most_doublings = 20;

milliseconds pause_after(int failures) {
  return std::min(first_pause * (1 << std::min(failures, most_doublings)), longest_pause);
}

} // namespace

telegram_outage::reaction telegram_outage::on_send(sign seen, time_point now, double random) {
  reaction result;
  if (seen == sign::answered) {
    result.recovered = std::exchange(probing_, false);
    failures_ = 0;
  }
  if (seen != sign::refused && seen != sign::not_sent)
    return result;
  probing_ = true;
  if (now < until_)
    return result; // of the same outage: it was sent before the pause
  const auto pause = seen == sign::refused ? token_pause : pause_after(failures_++);
  until_ = now + std::chrono::duration_cast<time_point::duration>(pause * (0.9 + 0.2 * random));
  result.until = until_;
  return result;
}

} // namespace neurocards
