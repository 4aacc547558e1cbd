#include "domain/callback_data.hpp"
#include "tests/fuzz/fuzz.hpp"

// What buttons carry. Any client may send anything as data of a button.

using namespace neurocards;
using namespace neurocards::test::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  if (const auto got = flow::parse_data(text)) {
    const auto again = flow::data_of(got->chosen, got->id, got->argument);
    require(again == text, "data reads as what was written");
    require(again.size() <= 64, "Telegram takes 64 bytes");
  }
  if (const auto id = flow::parse_compact(text))
    require(flow::compact(*id) == text, "an id has one spelling");
  if (const auto id = uuid::parse(text))
    require(uuid::parse(to_string(*id)) == id, "a uuid reads as what was written");
  return 0;
}
