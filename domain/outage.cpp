#include "domain/outage.hpp"

#include <algorithm>

namespace neurocards::outage {

milliseconds next_probe_after(milliseconds down_for, milliseconds first) {
  const auto least = std::max(first, milliseconds{1});
  const auto longest = least * 10;
  auto pause = least;
  auto due = least;
  while (due <= down_for && pause < longest) {
    pause = std::min(pause * 2, longest);
    due += pause;
  }
  if (due <= down_for)
    due += longest * ((down_for - due) / longest + 1);
  return due;
}

bool is_out_of_order(const provider::verdict& x) {
  return x.cls == failure_class::temporary;
}

} // namespace neurocards::outage
