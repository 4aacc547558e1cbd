#include "actors/kind_details.hpp"

namespace neurocards {

namespace {

constexpr std::chrono::seconds window_length{30};

void add_to(details_window& sum, const details_window& more) {
  sum.took.add(more.took);
  sum.waited.add(more.waited);
  for (const auto& [key, figures] : more.messages) {
    sum.messages[key].took.add(figures.took);
    sum.messages[key].errors += figures.errors;
  }
  for (const auto& [key, count] : more.flows)
    sum.flows[key] += count;
  for (const auto& [key, count] : more.lost)
    sum.lost[key] += count;
  for (const auto& [key, count] : more.unhandled)
    sum.unhandled[key] += count;
}

details_window empty_from(kind_details::time_point now, int64_t busy_ns) {
  details_window result;
  result.since = now;
  result.busy_ns = busy_ns;
  return result;
}

} // namespace

void kind_details::begin(time_point now, int64_t busy_ns) {
  const std::lock_guard hold{mutex_};
  current_ = former_ = empty_from(now, busy_ns);
}

void kind_details::add(const handled_message& x) {
  const std::lock_guard hold{mutex_};
  auto& figures = current_.messages[x.key];
  figures.took.add(x.took);
  figures.errors += x.failed ? 1 : 0;
  current_.took.add(x.took);
  if (x.waited >= 0)
    current_.waited.add(x.waited);
  ++current_.flows[{x.from, x.key}];
}

void kind_details::add_lost(message_key key) {
  const std::lock_guard hold{mutex_};
  ++current_.lost[key];
}

void kind_details::add_unhandled(message_key key) {
  const std::lock_guard hold{mutex_};
  ++current_.unhandled[key];
}

details_window kind_details::read(time_point now, int64_t busy_ns) {
  const std::lock_guard hold{mutex_};
  if (now - current_.since >= window_length)
    former_ = std::exchange(current_, empty_from(now, busy_ns));
  auto result = former_;
  add_to(result, current_);
  return result;
}

} // namespace neurocards
