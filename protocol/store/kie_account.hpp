#pragma once

#include "protocol/ids.hpp"

#include <string>
#include <vector>

namespace neurocards::store {

/// One KIE account and the keys that draw on it.
struct kie_account {
  std::string name; // fingerprint of its first key
  std::vector<key_fingerprint> keys;
};

} // namespace neurocards::store
