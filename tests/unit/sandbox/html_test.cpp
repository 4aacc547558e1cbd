#include "sandbox/telegram/html.hpp"

#include <doctest/doctest.h>

using neurocards::sandbox::telegram::parse_html;

TEST_SUITE_BEGIN("unit/sandbox/html");

TEST_CASE("parse_html: accepts what Telegram accepts") {
  struct row {
    const char* html;
    const char* text;
    std::vector<std::string> types;
  };
  const std::vector<row> rows{
    {"plain", "plain", {}},
    {"<b>bold</b> and <i>it</i>", "bold and it", {"bold", "italic"}},
    {"<B>x</b>", "x", {"bold"}},
    {"<strong><em>x</em></strong>", "x", {"italic", "bold"}},
    {"1 &lt; 2 &amp;&amp; 3 &gt; 2 &quot;", "1 < 2 && 3 > 2 \"", {}},
    {"&#65;&#x42; &nbsp; &", "AB &nbsp; &", {}},
    {"<a href=\"https://x.y/?a=1&amp;b=2\">l</a>", "l", {"text_link"}},
    {"<pre><code class=\"language-cpp\">int x;</code></pre>", "int x;", {"pre"}},
    {"<blockquote expandable>q</blockquote>", "q", {"expandable_blockquote"}},
    {"<span class=\"tg-spoiler\">s</span>", "s", {"spoiler"}},
    {"<b></b>empty", "empty", {}},
    {"<b>x</>", "x", {"bold"}},
  };
  for (const auto& r : rows) {
    CAPTURE(r.html);
    const auto got = parse_html(r.html);
    CHECK(got.error == "");
    CHECK(got.text == r.text);
    std::vector<std::string> types;
    for (const auto& e : got.entities)
      types.push_back(e.type);
    CHECK(types == r.types);
  }
}

TEST_CASE("parse_html: complains in Telegram's words") {
  struct row {
    const char* html;
    const char* error;
  };
  const std::vector<row> rows{
    {"a<br>", "Unsupported start tag \"br\" at byte offset 1"},
    {"<b>x", "Can't find end tag corresponding to start tag \"b\""},
    {"x</b>", "Unexpected end tag at byte offset 1"},
    {"<b>x</i>", "Unmatched end tag at byte offset 4, expected \"</b>\", found \"</i>\""},
    {"<b", "Unclosed start tag at byte offset 0"},
    {"<b>x</b", "Unclosed end tag at byte offset 4"},
    {"<span>x</span>", "Tag \"span\" must have class \"tg-spoiler\" at byte offset 0"},
    {"1 < 2", "Unsupported start tag \"\" at byte offset 2"},
    {"<a href=\"x", "Unclosed start tag at byte offset 0"},
  };
  for (const auto& r : rows) {
    CAPTURE(r.html);
    CHECK(parse_html(r.html).error == r.error);
  }
}

TEST_CASE("parse_html: counts entities in UTF-16 units") {
  const auto got = parse_html("😀 <b>жук😀</b>"); // an emoji is two units, a Cyrillic letter one
  REQUIRE(got.entities.size() == 1);
  CHECK(got.entities[0].offset == 3);
  CHECK(got.entities[0].length == 5);
}

TEST_SUITE_END();
