#pragma once

#include "base/changing.hpp"
#include "base/secret.hpp"
#include "protocol/store/account.hpp"

#include <string>
#include <vector>

#include <caf/timespan.hpp>

namespace neurocards {

/// The accounts of providers of the configuration as the database names them, without secrets.
std::vector<store::account> named_accounts(const std::vector<std::vector<secret>>&,
                                           const std::string& of_provider);

/// What `key_ring` works with.
struct key_ring_config {
  std::vector<std::vector<secret>> accounts;
  changing<int> query_budget = 10; // queries per second and key, of all nodes together
  caf::timespan lease{0};          // a node that was silent for longer does not count
  caf::timespan interval{0};       // between two polls of the database
};

} // namespace neurocards
