#include "domain/markup.hpp"
#include "talk.hpp"

using namespace neurocards;
using namespace neurocards::test;

// Input that looks like nothing is nothing, and what looks like an answer is one.

namespace {

/// Texts in which nothing can be seen.
const std::pair<const char*, const char*> nothing[] = {
  {"zero width space", "\u200B"},
  {"zero width joiners", "\u200D\u200C\u200D"},
  {"word joiner", "\u2060\u2060"},
  {"Braille blank", "\u2800\u2800\u2800"},
  {"Hangul filler", "\u3164"},
  {"Hangul choseong filler", "\u115F\u1160"},
  {"half width Hangul filler", "\uFFA0"},
  {"variation selectors", "\uFE0F\uFE0E\U000E0101"},
  {"marks of direction", "\u200E\u200F\u061C\u202E\u2066"},
  {"tags", "\U000E0068\U000E0069"},
  {"soft hyphens", "\u00AD\u00AD"},
  {"no-break spaces", "\u00A0\u202F\u2007"},
  {"ideographic and other spaces", "\u3000\u2003\u1680\u205F"},
  {"line and paragraph separators", "\u2028\u2029\u0085"},
  {"Mongolian vowel separator", "\u180E"},
  {"combining marks alone", "\u0301\u0308\u20DD"},
  {"byte order mark", "\uFEFF"},
  {"controls", "\x01\x7F\t\r\n"},
  {"broken bytes", "\xFF\xC0"},
  {"invisible operators", "\u2062\u2063\u2064"},
  {"private use", "\uE000"},
  {"grapheme joiner", "\u034F"},
  {"musical null notehead", "\U0001D159"},
};

} // namespace

TEST_SUITE_BEGIN("unit/domain/characters");

TEST_CASE("characters: a text in which nothing can be seen is no text") {
  for (const auto& [name, text] : nothing) {
    CAPTURE(name);
    CHECK(markup::is_blank(text));
    CHECK_FALSE(markup::is_blank(std::string{text} + "я"));
  }
  for (const char* visible :
       {"я", "-", "👩‍💻", "🏴\U000E0067\U000E0062\U000E007F", "1️⃣", "ก", "한", "é"})
    CHECK_FALSE_MESSAGE(markup::is_blank(visible), visible);
}

TEST_CASE("characters: what cannot be seen is no description, no wish, no script and no caption") {
  for (const auto& [name, text] : nothing) {
    CAPTURE(name);
    talk t = talk::known();
    t.photo(text);
    CHECK(t.state == "awaiting_description");
    t.say(text);
    CHECK(t.state == "awaiting_description");
    t.say("Кружка");
    REQUIRE(t.press_label("✨ UGC блогер"));
    t.say(text);
    CHECK(t.state == "awaiting_wishes");
    talk own = talk::known();
    own.photo("Кружка");
    REQUIRE(own.press_label("🧑‍💻"));
    own.say(text);
    CHECK(own.state == "awaiting_own_prompt");
  }
}

TEST_CASE("characters: a number is a number however it is typed") {
  for (const char* three : {"3", "３", "٣", "۳", "३", "③", "³", "3️⃣", " 3\u00A0",
                            "\u200E3\u200F", "𝟑", "᠓", "3\n", "\uFEFF3"}) {
    CAPTURE(three);
    talk t = talk::known();
    t.photo("Кружка");
    REQUIRE(t.press_label("✨ UGC блогер"));
    REQUIRE(t.press_label("Без пожеланий"));
    t.say(three);
    CHECK(t.state == "awaiting_confirmation");
    CHECK(flow::parse_session(t.state, t.data).value.order->count == 3);
  }
  CHECK(markup::folded("33") == "33");
  CHECK(markup::folded("３．５") == "3.5");
}

TEST_CASE("characters: a dash of any length means that there are no wishes") {
  for (const char* dash : {"-", "–", "—", "−", "－", "‐", "‑", "―", " - ", "-\u200B", "➖"}) {
    CAPTURE(dash);
    talk t = talk::known();
    t.photo("Кружка");
    REQUIRE(t.press_label("✨ UGC блогер"));
    t.say(dash);
    CHECK(t.state == "awaiting_count");
    CHECK(flow::parse_session(t.state, t.data).value.order->wishes == "");
  }
  talk t = talk::known();
  t.photo("Кружка");
  REQUIRE(t.press_label("✨ UGC блогер"));
  t.say("— утро");
  CHECK(flow::parse_session(t.state, t.data).value.order->wishes == "— утро");
}

TEST_CASE("characters: a command is one however it is typed") {
  for (const char* command :
       {"/menu", "/MENU", "/Menu@neurocards_bot", "/menu  ", "\u200B/menu", "／menu", " /menu",
        "/menu\u00A0please", "/menu\t", "\uFEFF/menu", "/menu\u2028x", "/me\u00ADnu"}) {
    CAPTURE(command);
    talk t = at_confirmation(10);
    t.say(command);
    CHECK(flow::parse_session(t.state, t.data).value.paused);
  }
}

TEST_CASE("characters: a group's message to the bot is told by its name in any case") {
  for (const char* text :
       {"/start@Neurocards_Bot", "@NEUROCARDS_BOT привет", "/start@neurocards_bot"}) {
    CAPTURE(text);
    talk t = talk::known();
    t.where = telegram::chat_kind::group;
    t.say(text);
    CHECK(t.replies.size() == 1);
  }
  talk t = talk::known();
  t.where = telegram::chat_kind::group;
  t.say("/start@other_bot");
  CHECK(t.replies.empty());
}

TEST_CASE("characters: clean takes out what is only there unseen, and keeps what joins") {
  CHECK(markup::clean("a\u00ADb\u200Bc\uFEFFd\u2060e") == "abcde");
  CHECK(markup::clean("x\U000E0068\U000E0069y") == "xy"); // words for machines only
  CHECK(markup::clean("🏴\U000E0067\U000E0062\U000E007F")
        == "🏴\U000E0067\U000E0062\U000E007F");
  CHECK(markup::clean("a\u2028b\u2029c") == "a\nb\nc");
  CHECK(markup::clean("👩‍💻❤️") == "👩‍💻❤️");
  CHECK(markup::trimmed("\u00A0\u3000кружка\u2003\u200F") == "кружка");
  CHECK(markup::trimmed("❤️") == "❤️");
  CHECK(markup::trimmed("\u00A0") == "");
  CHECK(markup::trimmed("\xA0") == "\xA0"); // a broken byte is not a space
}

TEST_SUITE_END();
