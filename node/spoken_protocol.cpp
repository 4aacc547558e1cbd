#include "node/spoken_protocol.hpp"

#include "protocol/fwd.hpp"

#include <cstdlib>

namespace neurocards {

int spoken_protocol() {
  const auto* text = std::getenv("NEUROCARDS_TEST_PROTOCOL"); // NOLINT(concurrency-mt-unsafe)
  return text ? std::atoi(text) : protocol_version;
}

} // namespace neurocards
