#include "base/changing.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace neurocards;

TEST_SUITE_BEGIN("unit/base/changing");

TEST_CASE("changing: whoever took a value reads on in it while others see the next") {
  changeable<std::string> root{"old"};
  const auto whole = root.whole();
  const auto taken = whole.now();
  root.replace("newer");
  CHECK(*taken == "old");
  CHECK(*whole.now() == "newer");
  CHECK(whole->size() == 5);
}

TEST_CASE("changing: what is derived is made once for each value") {
  changeable<std::string> root{"abc"};
  int made = 0;
  const auto length = root.derived([&made](const std::string& x) {
    ++made;
    return x.size();
  });
  const auto copy = length;
  CHECK(*length.now() == 3);
  CHECK(*copy.now() == 3);
  CHECK(made == 1);
  root.replace("abcde");
  CHECK(*copy.now() == 5);
  CHECK(made == 2);
}

TEST_CASE("changing: a plain value stands for one that never changes") {
  const changing<std::string> fixed = "text";
  CHECK(*fixed.now() == "text");
  CHECK(fixed.now() == fixed.now());
}

TEST_SUITE_END();
