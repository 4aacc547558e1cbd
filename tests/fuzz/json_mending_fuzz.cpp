#include "clients/json_mending.hpp"
#include "clients/wire_json.hpp"
#include "tests/fuzz/fuzz.hpp"

// JSON as others write it: whatever is made of it is strict JSON, and what was strict stays as it
// is.

using namespace neurocards;
using namespace neurocards::test::fuzz;

namespace {

bool is_strict(std::string_view text) {
  simdjson::dom::parser parser;
  return parser.parse(text.data(), text.size()).error() == simdjson::SUCCESS;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto whole = wire::mended(text);
  const auto begun = wire::mended(text, wire::cut_rule::close);
  for (const auto& made : {whole, begun}) {
    if (!made)
      continue;
    require(simdjson::validate_utf8(made->data(), made->size()), "what was mended is UTF-8");
    require(is_strict(*made), "what was mended is strict JSON");
    require(wire::mended(*made) == made, "and mended once more it is the same");
    require(made->size() <= text.size() * 6 + 8, "mending is bounded");
  }
  require(!whole || begun == whole, "a whole text is not cut");
  const wire::document doc{text};
  if (!doc.root())
    return 0;
  const auto stored = wire::compact(*doc.root());
  require(storable(stored) && is_strict(stored), "what is stored can be stored");
  require(stored.find("\\u0000") == std::string::npos || stored.find("\\\\u0000") != stored.npos,
          "and by jsonb as well");
  return 0;
}
