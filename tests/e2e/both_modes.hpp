#pragma once

#include "tests/support/world.hpp"

#include <doctest/doctest.h>

namespace neurocards::test {

/// The case that calls this runs twice: with updates that are fetched, and with updates that come.
inline updates_by each_mode() {
  auto result = updates_by::polling;
  SUBCASE("polling") {}
  SUBCASE("webhook") {
    result = updates_by::webhook;
  }
  return result;
}

} // namespace neurocards::test
