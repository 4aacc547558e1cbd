#include "domain/outbox_order.hpp"

#include <doctest/doctest.h>

using namespace neurocards::outbox;
using namespace std::chrono_literals;

TEST_SUITE_BEGIN("unit/domain/outbox_order");

TEST_CASE("outbox: who lets others pass, and when a video goes another way") {
  const struct {
    failed_send failed;
    bool aside;
    bool another_way;
  } table[] = {
    {{weight::edit, 0, 0s}, true, false},   {{weight::edit, 9, 60s}, true, false},
    {{weight::video, 0, 1s}, false, false}, {{weight::video, 1, 1s}, false, false},
    {{weight::video, 2, 1s}, true, true},   {{weight::video, 0, 30s}, true, true}, // no answer
    {{weight::text, 0, 1s}, false, false},  {{weight::text, 4, 1s}, false, false},
    {{weight::text, 5, 1s}, true, false},   {{weight::text, 0, 3min}, false, false},
    {{weight::text, 1, 3min}, true, false},
  };
  for (const auto& x : table) {
    CAPTURE(x.failed.earlier_tries);
    CAPTURE(static_cast<int>(x.failed.weight));
    CHECK(steps_aside(x.failed) == x.aside);
    CHECK(goes_another_way(x.failed) == x.another_way);
  }
}

TEST_SUITE_END();
