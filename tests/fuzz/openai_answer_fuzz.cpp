#include "clients/openai.hpp"
#include "tests/fuzz/fuzz.hpp"

// Answers of OpenAI and of servers that imitate it, and whether they make a script.

#include "domain/markup.hpp"
#include "domain/prompts.hpp"

using namespace neurocards;
using namespace neurocards::test::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  input in{data, size};
  const auto came = response(in);
  const auto result = openai::parse_chat(came);
  if (const auto* signal = std::get_if<openai::signal>(&result)) {
    require(storable(signal->message) && signal->message.size() <= 300,
            "OpenAI's words are bounded");
    const auto verdict = openai::classify(*signal);
    require(!verdict.wait || verdict.wait->count() >= 0, "no wait is negative");
    require(!openai::to_string(verdict.reaction).empty(), "every reaction has a name");
  } else {
    const auto& done = std::get<openai::completion>(result);
    require(storable(done.text), "a script can be stored");
    require(markup::trimmed(done.text) == done.text, "a script is trimmed");
    const auto words = prompts::split_narration(done.text);
    require(storable(words.narration), "a narration can be stored");
    for (const auto* reason : {"stop", "length", "content_filter"})
      if (const auto prompt = prompts::plausible_prompt({words.script, reason, ""}))
        require(storable(*prompt) && !prompt->empty(), "a prompt is a text");
  }
  (void)openai::parse_check(came);
  return 0;
}
