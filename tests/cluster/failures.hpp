#pragma once

namespace neurocards::test::cluster {

/// Whether the test case that runs now has failed a check or been left by an exception.
bool case_has_failed();

} // namespace neurocards::test::cluster
