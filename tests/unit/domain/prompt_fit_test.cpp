#include "domain/prompt_fit.hpp"

#include "domain/markup.hpp"
#include "domain/models.hpp"
#include "domain/prompts.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace neurocards;
using prompts::without_time_marks;

TEST_SUITE_BEGIN("unit/domain/prompt_fit");

TEST_CASE("prompt fit: parts that times head become numbered shots") {
  const std::pair<const char*, const char*> table[] = {
    {"0-3 s: a hand. 3-12 s: a mug. 12-15 s: the end.",
     "Shot 1: a hand. Shot 2: a mug. Shot 3: the end."},
    {"Light. 0–3s: a hand. 3–6s: a mug.", "Light. Shot 1: a hand. Shot 2: a mug."},
    {"[0:00-0:03] a hand\n[0:03-0:06] a mug", "Shot 1: a hand\nShot 2: a mug"},
    {"(0-3 seconds) A hand. (3-6 seconds): A mug.", "Shot 1: A hand. Shot 2: A mug."},
    {"**0–5 sec:** a hand\n**5–10 sec:** a mug", "Shot 1: a hand\nShot 2: a mug"},
    {"Seconds 0-5: a hand; seconds 5 to 10: a mug", "Shot 1: a hand; Shot 2: a mug"},
    {"From 0 to 3 seconds: a hand. From 3 to 6 seconds, a mug.", "Shot 1: a hand. Shot 2: a mug."},
    {"00:00–00:05 – рука. 00:05–00:10 – кружка.", "Shot 1: рука. Shot 2: кружка."},
    {"0-3 сек: рука. С 3 до 6 секунд: кружка.", "Shot 1: рука. Shot 2: кружка."},
    {"- 0s-2.5s: a hand\n- 2.5s-5s: a mug", "- Shot 1: a hand\n- Shot 2: a mug"},
  };
  for (const auto& [given, wanted] : table)
    CHECK(without_time_marks(given) == wanted);
}

TEST_CASE("prompt fit: what is no time mark stays as it is") {
  for (const std::string text :
       {"", "0-3 s:", "A clip of 15 seconds with a mug.", "One shot. 0-3 s: alone.",
        "She invites 2-3 friends. 4-5 guests: they come.",
        "Use it for 5-10 s, then again for 3-4 s.",
        "Aspect 9:16. Sizes 10-12: small. Sizes 14-16: large.", "The score is 2:1 - 3:1.",
        "At 10:30 he comes. At 11:30 he goes.", "1. A hand. 2. A mug.", "[0-3] a hand [3-6] a mug",
        "3-5 seasons: warm. 6-7 seasons: cold.", "0-", "(0-3 seconds A hand. (3-6 seconds A mug."})
    CHECK(without_time_marks(text) == text);
}

TEST_CASE("prompt fit: a long text of anything is read to its end") {
  for (const std::string part : {"(", "0", "0-", " ", "**", "0-3 s", "[0:00-", "\xD0"}) {
    std::string text;
    while (text.size() < 20'000)
      text += part;
    CHECK(without_time_marks(text) == text);
  }
}

TEST_CASE("prompt fit: words are counted besides characters, and a sentence ends the rest") {
  const std::string text = "One two three. Four five six. Seven eight.";
  struct {
    size_t units;
    size_t words;
    std::string left;
  } const table[] = {
    {1000, 0, text},
    {1000, 8, text},
    {1000, 7, "One two three. Four five six."},
    {1000, 6, "One two three. Four five six."},
    {1000, 5, "One two three."},
    {20, 8, "One two three."},
    {20, 0, "One two three."},
    {30, 3, "One two three."},
  };
  for (const auto& x : table) {
    CAPTURE(x.units);
    CAPTURE(x.words);
    CHECK(prompts::bounded(text, x.units, x.words) == x.left);
  }
  CHECK(prompts::bounded("Раз два\nтри  четыре", 100, 3) == "Раз два\nтри");
  CHECK(prompts::bounded("word", 100, 1) == "word");
  CHECK(prompts::bounded(" a b ", 100, 2) == "a b");
}

TEST_CASE("prompt fit: each model of the catalogue gets what its maker wants") {
  claimed_job job;
  job.template_type = order_template::self;
  for (int i = 0; i < 700; ++i)
    job.user_prompt += "0-3 s: a hand. 3-6 s: a mug. ";
  const auto text = prompts::fallback_prompt(job, {15});
  for (const auto& model : models::shipped()) {
    CAPTURE(model.slug);
    const auto fitted = models::bounded_prompt(model, text);
    const auto words = static_cast<size_t>(std::ranges::count(fitted, ' ')) + 1;
    CHECK(markup::length(fitted) <= static_cast<size_t>(model.prompt_limit));
    CHECK((model.prompt_words == 0 || words <= static_cast<size_t>(model.prompt_words)));
    CHECK((fitted.find("3-6 s") != std::string::npos) == model.time_marks);
    CHECK((fitted.find("Shot 2: a mug.") != std::string::npos) == !model.time_marks);
    CHECK(models::bounded_prompt(model, fitted) == fitted); // fitted once is fitted for good
  }
}

TEST_CASE("prompt fit: built-in prompts have no time marks left where these confuse") {
  for (const auto type : {order_template::ugc, order_template::ad}) {
    claimed_job job;
    job.template_type = type;
    job.product_text = "A mug.";
    const auto text = prompts::fallback_prompt(job, {15});
    const auto* seedance = models::find(models::shipped(), "bytedance/seedance-2-mini");
    REQUIRE(seedance);
    const auto fitted = models::bounded_prompt(*seedance, text);
    for (const char* shot : {"Shot 1: the ", "Shot 2: ", "Shot 3: "})
      CHECK_MESSAGE(fitted.find(shot) != std::string::npos, fitted);
    CHECK(fitted.find(" s: ") == std::string::npos);
    CHECK(models::bounded_prompt(models::shipped().front(), text) == text);
  }
}

TEST_SUITE_END();
