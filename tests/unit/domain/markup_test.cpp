#include "domain/markup.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace neurocards;

TEST_SUITE_BEGIN("unit/domain/markup");

TEST_CASE("markup: clean leaves valid UTF-8 without control characters") {
  CHECK(markup::clean("a\tb\r\nc\x7F") == "a b\nc");
  CHECK(markup::clean("\xC2\x85x") == "x");         // a C1 control
  CHECK(markup::clean("\xE2\x80\xAEtxt") == "txt"); // would turn the rest around
  CHECK(markup::clean("\xFF") == "\xEF\xBF\xBD");
  CHECK(markup::clean("\xC0\x80") == "\xEF\xBF\xBD\xEF\xBF\xBD");                 // overlong
  CHECK(markup::clean("\xED\xA0\x80").find("\xED\xA0\x80") == std::string::npos); // half a pair
  CHECK(markup::clean("ы\xD1") == "ы\xEF\xBF\xBD");
  CHECK(markup::clean("🧪👩‍💻") == "🧪👩‍💻");
}

TEST_CASE("markup: length counts UTF-16 units") {
  CHECK(markup::length("abc") == 3);
  CHECK(markup::length("ёж") == 2);
  CHECK(markup::length("🧪") == 2);
}

TEST_CASE("markup: cut never leaves half a character") {
  CHECK(markup::cut("abc", 3) == "abc");
  CHECK(markup::cut("abcd", 3) == "ab…");
  CHECK(markup::cut("ёжик", 3) == "ёж…");
  CHECK(markup::cut("🧪🧪", 3) == "🧪…");
  CHECK(markup::cut("🧪🧪", 2) == "…");
  CHECK(markup::cut("ab 👩‍💻!", 6) == "ab…"); // woman + joiner + computer is one character
  CHECK(markup::cut("ab 👩‍💻!", 7) == "ab…");
  CHECK(markup::cut("ae\xCC\x81z", 3) == "a…"); // e + combining accent
  CHECK(markup::cut("abc", 0).empty());
}

TEST_CASE("markup: cut_at_sentence prefers the end of a sentence, then of a word") {
  CHECK(markup::cut_at_sentence("One two. Three four.", 100) == "One two. Three four.");
  CHECK(markup::cut_at_sentence("One two. Three four.", 12) == "One two.");
  CHECK(markup::cut_at_sentence("A. Long words without an end here", 15) == "A. Long words");
  CHECK(markup::cut_at_sentence("Version 2.5 is out. Yes", 20) == "Version 2.5 is out.");
}

TEST_CASE("markup: escape makes every text harmless") {
  CHECK(markup::escape("<a href=\"x\">&amp;</a>")
        == "&lt;a href=&quot;x&quot;&gt;&amp;amp;&lt;/a&gt;");
}

TEST_CASE("markup: of random bytes clean is idempotent and cut keeps its limit") {
  std::mt19937 random{20'260'101};
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes(random() % 40, '\0');
    for (char& c : bytes)
      c = static_cast<char>(random() % 3 == 0 ? 0xE0 + random() % 32 : random());
    const std::string text = markup::clean(bytes);
    REQUIRE(markup::clean(text) == text);
    const size_t limit = random() % 20;
    const std::string short_text = markup::cut(text, limit);
    REQUIRE(markup::length(short_text) <= limit);
    REQUIRE(markup::clean(short_text) == short_text);
    REQUIRE(markup::length(markup::cut_at_sentence(text, limit)) <= limit);
  }
}

TEST_SUITE_END();
