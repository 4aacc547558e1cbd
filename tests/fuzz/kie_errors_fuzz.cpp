#include "domain/kie_errors.hpp"
#include "tests/fuzz/fuzz.hpp"

// KIE's words in every field in which they have been seen: text goes before number.

using namespace neurocards;
using namespace neurocards::test::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  input in{data, size};
  kie::signal x;
  x.from = static_cast<kie::call>(in.byte() % 6);
  x.outcome = static_cast<http::outcome>(in.byte() % 7);
  x.json = in.byte() % 2 == 0;
  x.status = in.byte() * 4;
  x.code = in.byte() * 4;
  x.fail_code = in.line();
  x.fail_msg = in.line();
  x.message = in.rest();
  const auto verdict = kie::classify(x);
  require(verdict.rule != nullptr && *verdict.rule != '\0', "every verdict names its rule");
  if (x.outcome == http::outcome::not_sent || x.outcome == http::outcome::local_fault
      || x.outcome == http::outcome::not_started)
    require(!verdict.maybe_created, "what was never sent made no task");
  if (verdict.maybe_created)
    require(x.from == kie::call::create_task, "only a creation makes a task");
  if (x.from == kie::call::task)
    require(verdict.cooldown == kie::cooldown_scope::nothing
              || verdict.cooldown == kie::cooldown_scope::model_if_others_agree,
            "a task's words rest nothing by themselves");
  if (verdict.not_yet_known)
    require(x.from == kie::call::record_info, "only a look can be too early");
  require(kie::raw_signal(x).size() <= 500, "what is kept is bounded");
  require(kie::describe(x).find('\n') == std::string::npos, "a description is one line");
  return 0;
}
