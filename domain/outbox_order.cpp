#include "domain/outbox_order.hpp"

namespace neurocards::outbox {

namespace {

using namespace std::chrono_literals;

constexpr int video_tries = 3; // seven seconds, with their pauses
constexpr int text_tries = 6;  // a minute
constexpr auto slow = 25s;     // a try that took so long counts as several

} // namespace

bool steps_aside(const failed_send& x) {
  const int tries = x.earlier_tries + 1;
  switch (x.weight) {
    case weight::edit:
      return true;
    case weight::video:
      return goes_another_way(x);
    case weight::text:
      return tries >= text_tries || (tries >= 2 && x.took >= slow);
  }
  return true;
}

bool goes_another_way(const failed_send& x) {
  return x.weight == weight::video && (x.earlier_tries + 1 >= video_tries || x.took >= slow);
}

} // namespace neurocards::outbox
