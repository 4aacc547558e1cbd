#include "base/contact.hpp"

#include <doctest/doctest.h>

using namespace neurocards;
using namespace std::chrono_literals;

TEST_CASE(
  "contact: silence is counted from the first request without an answer after the last one") {
  contact x;
  const auto t = contact::clock::now();
  CHECK(x.silence(t) == 0ms);
  x.missed(t);
  x.missed(t + 5s);
  CHECK(x.silence(t + 7s) == 7s);
  x.answered();
  CHECK(x.silence(t + 8s) == 0ms);
  x.missed(t + 9s);
  CHECK(x.silence(t + 10s) == 1s);
}
