#include "domain/markup.hpp"
#include "tests/fuzz/fuzz.hpp"

// Texts of strangers on their way into Telegram's HTML and into prompts.

#include "domain/models.hpp"
#include "domain/prompts.hpp"
#include "domain/texts.hpp"
#include "tests/unit/domain/telegram_html.hpp"

using namespace neurocards;
using namespace neurocards::test::fuzz;

namespace {

void check_texts(const std::string& text, size_t limit) {
  const auto clean = markup::clean(text);
  require(storable(clean), "clean text is UTF-8 without NUL");
  require(markup::clean(clean) == clean, "clean stays clean");
  const auto short_one = markup::cut(clean, limit);
  require(storable(short_one) && markup::length(short_one) <= limit, "cut keeps its limit");
  require(markup::length(clean) > limit || short_one == clean, "what fits is not cut");
  const auto sentence = markup::cut_at_sentence(clean, limit);
  require(storable(sentence) && markup::length(sentence) <= limit, "so does the other cut");
  const auto parsed = test::parse_html(markup::escape(short_one));
  require(parsed.fault.empty() && parsed.plain == short_one, "escaped text reads as it was");
  const auto arg = texts::user_text("x", text, limit);
  require(test::parse_html(arg.value).fault.empty(), "a text within a message breaks no markup");
}

size_t limit_of(const config::model& model) {
  return static_cast<size_t>(model.prompt_limit);
}

void check_prompts(const std::string& text) {
  claimed_job job;
  for (const auto chosen : {order_template::ugc, order_template::ad, order_template::self}) {
    job.template_type = chosen;
    job.product_name = job.product_text = job.extra_wishes = job.user_prompt = text;
    const auto asked = prompts::script_messages(job, {10});
    require(storable(asked.system) && storable(asked.user), "OpenAI gets UTF-8");
    require(asked.user.size() <= 64 * 1024, "and not too much of it");
    require(asked.system.find(text) == std::string::npos || text.size() < 8,
            "the user's words stand in the user's message");
    const auto prompt = prompts::fallback_prompt(job, {10});
    require(storable(prompt) && prompt.size() <= 64 * 1024, "KIE gets UTF-8, and not too much");
    for (const auto& model : models::shipped()) {
      const auto bounded = models::bounded_prompt(model, prompt);
      require(storable(bounded) && markup::length(bounded) <= limit_of(model),
              "a bounded prompt keeps its model's limit");
      require(!model.time_marks || markup::length(bounded) <= markup::length(prompt),
              "and is no longer; shots for time marks may be");
      require(storable(models::create_task_body(model, prompt, "https://x.example/1.jpg", "")),
              "a request is UTF-8");
    }
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  input in{data, size};
  const size_t limit = 1 + in.byte() * 4U;
  const auto text = in.rest();
  check_texts(text, limit);
  check_prompts(text);
  return 0;
}
