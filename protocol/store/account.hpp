#pragma once

#include "protocol/ids.hpp"

#include <string>
#include <vector>

namespace neurocards::store {

/// One account with a provider and the keys that draw on it.
struct account {
  std::string name; // fingerprint of its first key
  std::vector<key_fingerprint> keys;
  std::string provider = "kie";
};

} // namespace neurocards::store
