#include "clients/telegram.hpp"
#include "tests/fuzz/fuzz.hpp"

// Answers of Telegram to our calls.

#include <algorithm>

using namespace neurocards;
using namespace neurocards::test::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  input in{data, size};
  const auto came = response(in);
  const auto answer = telegram::parse_answer(came);
  require(storable(answer.envelope.description) && storable(answer.file_id)
            && storable(answer.file_path) && storable(answer.username),
          "Telegram's words can be stored");
  require(answer.envelope.description.size() <= 4096, "Telegram's words are bounded");
  const auto verdict = telegram::classify(answer.envelope);
  require(verdict.wait.count() >= 0, "no wait is negative");
  require(!telegram::to_string(verdict.result).empty(), "every fate has a name");
  (void)telegram::harmless(answer.envelope);

  const auto list = telegram::parse_updates(came);
  require(
    std::ranges::is_sorted(list.updates, {}, [](const auto& x) { return x.parsed.update.value; }),
    "updates are ascending");
  for (const auto& x : list.updates)
    require(storable(x.raw) && !x.kind.empty(), "updates can be stored");
  if (!list.status.ok())
    require(list.updates.empty(), "a refusal brings no updates");

  return 0;
}
