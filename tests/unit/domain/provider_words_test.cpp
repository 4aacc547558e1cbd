#include "domain/kie_errors.hpp"
#include "domain/openai_errors.hpp"
#include "domain/provider_words.hpp"
#include "domain/word_match.hpp"
#include "tests/support/folders.hpp"

#include <doctest/doctest.h>

#include <charconv>
#include <fstream>
#include <sstream>
#include <vector>

using namespace neurocards;

namespace {

struct line {
  std::string from;
  int code = 0;
  std::string wanted;
  std::string text;
};

std::vector<line> read_corpus() {
  std::ifstream in{test::in_source("tests/data/words/providers.txt")};
  REQUIRE(in.good());
  std::vector<line> result;
  for (std::string text; std::getline(in, text);) {
    if (text.empty() || text.front() == '#')
      continue;
    std::istringstream cells{text};
    line x;
    std::string code;
    std::string source;
    std::getline(cells, x.from, '|');
    std::getline(cells, code, '|');
    std::getline(cells, x.wanted, '|');
    std::getline(cells, source, '|');
    std::getline(cells, x.text);
    std::from_chars(code.data(), code.data() + code.size(), x.code);
    REQUIRE_MESSAGE(!x.text.empty(), text);
    result.push_back(std::move(x));
  }
  return result;
}

kie::signal to_signal(const line& x) {
  kie::signal result;
  result.status = 200;
  result.json = true;
  if (x.from == "create") {
    result.from = kie::call::create_task;
    result.code = x.code;
    result.message = x.text;
    return result;
  }
  result.from = kie::call::task;
  result.code = 200;
  result.message = "success";
  result.fail_code = std::to_string(x.code);
  result.fail_msg = x.text;
  if (x.from == "swapped")
    std::swap(result.fail_code, result.fail_msg);
  return result;
}

std::string kie_class(kie::call from, int code, const std::string& text) {
  line x{from == kie::call::task ? "task" : "create", code, "", text};
  return to_string(kie::classify(to_signal(x)).cls);
}

} // namespace

TEST_SUITE_BEGIN("unit/domain/provider_words");

TEST_CASE("provider words: words of refusal and of machines in the corpus of real messages") {
  const auto corpus = read_corpus();
  CHECK(corpus.size() >= 150);
  for (const auto& x : corpus) {
    CAPTURE(x.from);
    CAPTURE(x.code);
    CAPTURE(x.text);
    if (x.from == "openai") {
      openai::signal said;
      said.status = x.code;
      said.message = x.text;
      CHECK(openai::to_string(openai::classify(said).reaction) == x.wanted);
      continue;
    }
    const auto verdict = kie::classify(to_signal(x));
    CAPTURE(verdict.rule);
    CHECK(to_string(verdict.cls) == x.wanted);
  }
}

TEST_CASE("provider words: a refusal stays one under every number, and a machine's fault is never "
          "the user's") {
  for (const auto& x : read_corpus()) {
    if (x.from != "task" || (x.wanted != "USER_VIOLATION" && x.wanted != "TEMPORARY"))
      continue;
    for (const int code : {400, 422, 500, 501}) {
      CAPTURE(code);
      CAPTURE(x.text);
      const auto got = kie_class(kie::call::task, code, x.text);
      if (x.wanted == "USER_VIOLATION")
        CHECK(got == "USER_VIOLATION");
      else if (x.text != "The option case-sensitive is not supported by this renderer"
               && x.text != "Content generation task failed")
        CHECK(got != "USER_VIOLATION");
    }
  }
}

TEST_CASE("provider words: a page of somebody on the way judges no order") {
  kie::signal page;
  page.from = kie::call::create_task;
  page.status = 403;
  page.message = "<html>Blocked: this site violates the usage policy of your company</html>";
  CHECK(to_string(kie::classify(page).cls) == "KEY_REFUSED");
  page.status = 502;
  CHECK(to_string(kie::classify(page).cls) == "TEMPORARY");
}

TEST_CASE("provider words: a task's number without words is judged as before") {
  CHECK(kie_class(kie::call::task, 422, "") == "USER_VIOLATION");
  CHECK(kie_class(kie::call::task, 400, "") == "USER_VIOLATION");
  CHECK(kie_class(kie::call::task, 500, "") == "TEMPORARY");
}

TEST_CASE("provider words: what repeats the order decides nothing, quoted or not") {
  const std::string prompt =
    "A nude celebrity shows sensitive content and violates every content policy of the shop";
  const auto heard = words::without_echo(
    "Generation failed for a nude celebrity shows sensitive content and violates every content "
    "policy of the shop, internal error",
    prompt);
  CHECK(heard == "Generation failed for …, internal error");
  CHECK(kie_class(kie::call::task, 500, heard) == "TEMPORARY");
  // What only resembles it is the provider's.
  CHECK(words::without_echo("Sensitive content detected", prompt) == "Sensitive content detected");
  CHECK(words::without_echo("text", "") == "text");
  CHECK(words::without_echo("", prompt).empty());
  CHECK(words::without_echo("red mug, red mug", "red mug") == "…, …");
}

TEST_CASE("provider words: packed answers are read, quotations are not") {
  using words::prepared;
  CHECK(prepared{R"({"error":{"code":"RiskControl","message":"was \"blocked\" by it"}})"}.mentions(
    "was"));
  CHECK(prepared{R"({"error":{"code":"RiskControl"}})"}.mentions("risk control"));
  CHECK(prepared{"{'message': 'flagged by us today'}"}.mentions("flagged"));
  CHECK_FALSE(prepared{R"(the prompt "it was flagged" is fine with us)"}.mentions("flagged"));
  CHECK_FALSE(
    prepared{R"({"prompt":"flagged","code":"ok","message":"all is fine"})"}.mentions("flagged"));
  CHECK(prepared{R"(Error: "flagged")"}.mentions("flagged")); // says nothing else
  CHECK(prepared{"isn't it the user's flagged picture"}.mentions("flagged"));
  CHECK_FALSE(prepared{"flagship"}.mentions("flag"));
  CHECK(prepared{"a quote \" never closed, flagged"}.mentions("flagged"));
}

TEST_CASE("provider words: what is wrong with a picture is told as far as its refusal says") {
  using fault = words::picture_fault;
  const std::pair<const char*, fault> table[] = {
    {"Image dimensions must be at least 300px", fault::too_small},
    {"image_too_small", fault::too_small},
    {"The size of the image is too small, width and height must be at least 256 pixels",
     fault::too_small},
    {"The image dimensions should not be less than 300px", fault::too_small},
    {"first_frame_image: the short side must be greater than 300px", fault::too_small},
    {"image_too_large", fault::too_large},
    {"file_too_large", fault::too_large},
    {"InvalidParameter.OversizeImage", fault::too_large},
    {"Image size exceeds 10MB", fault::too_large},
    {"image aspect ratio must be between 0.4 and 2.5", fault::shape},
    {"Image aspect ratio is invalid", fault::shape},
    {"Image format is not supported", fault::type},
    {"InvalidParameter.UnsupportedImageFormat", fault::type},
    {"file type not supported", fault::type},
    {"cannot identify image file", fault::type},
    {"no model of kie.models takes the photo", fault::unspecific},
    {"Public error: unsafe image upload", fault::unspecific},
    {"", fault::unspecific},
  };
  for (const auto& [text, wanted] : table) {
    CAPTURE(text);
    CHECK(words::picture_fault_of(text) == wanted);
  }
}

TEST_SUITE_END();
