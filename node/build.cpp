#include "node/build.hpp"

namespace neurocards::build {

const std::string_view version = NEUROCARDS_VERSION;
const std::string_view commit = NEUROCARDS_COMMIT;

} // namespace neurocards::build
