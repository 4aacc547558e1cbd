#include "clients/s3_answers.hpp"
#include "tests/fuzz/fuzz.hpp"

// Answers of object stores: XML of lists and of errors.

using namespace neurocards;
using namespace neurocards::test::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  input in{data, size};
  const auto came = response(in);
  const auto list = storage::parse_s3_list(came.body);
  for (const auto& x : list.entries)
    require(x.bytes >= 0 && x.key.value.size() <= came.body.size(), "entries are of the answer");
  require(list.entries.size() * 5 <= came.body.size(), "every entry has its element");
  for (const auto* name : {"Code", "Message", "NextContinuationToken"})
    require(storage::xml_text(came.body, name).size() <= came.body.size(),
            "decoding makes no text longer");
  const auto failure = storage::s3_failure(came);
  require(!failure.ok() || failure.error.empty(), "a failure says why");
  require(failure.error.size() <= 2000 && storable(failure.error), "what is told can be stored");
  return 0;
}
