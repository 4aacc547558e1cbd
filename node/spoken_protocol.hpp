#pragma once

namespace neurocards {

/// The protocol that this node says it speaks with others: `protocol_version`, or, for the test of
/// an upgrade, what NEUROCARDS_TEST_PROTOCOL says.
int spoken_protocol();

} // namespace neurocards
