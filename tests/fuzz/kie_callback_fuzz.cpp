#include "clients/kie.hpp"
#include "tests/fuzz/fuzz.hpp"

// A callback: the body of anybody who knows the address, and the headers of its signature.

using namespace neurocards;
using namespace neurocards::test::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  input in{data, size};
  const auto timestamp = in.line();
  const auto signature = in.line();
  const auto body = in.rest();
  const auto got = kie::parse_callback(body);
  if (got)
    require(!got->task.value.empty() && storable(got->task.value), "a callback names its task");
  const auto now = std::chrono::system_clock::time_point{std::chrono::seconds{1'767'225'600}};
  require(!kie::signature_valid(secret{"a key that is not in the corpus"},
                                got ? got->task : task_id{"x"}, timestamp, signature, now),
          "nobody signs without the key");
  return 0;
}
