#include "domain/old_job.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace neurocards;
using old_bot::understood;

TEST_SUITE_BEGIN("unit/domain/old_job");

TEST_CASE("old jobs: the product is the text of the JSON, or the words themselves") {
  const std::string nul{"чей\0?", 8};
  const struct {
    std::string column;
    std::string name;
    std::string text;
  } table[] = {
    {R"({"text": "\u0447\u0430\u0439\u043d\u0438\u043a \u2615", "user_prompt": null})", "x",
     "чайник ☕"},
    {"plain words, no JSON", "x", "plain words, no JSON"},
    {"{стол", "стол", "{стол"},
    {R"(["a list"])", "x", R"(["a list"])"},
    {R"({"text": "чей\u0000?"})", "x", "чей?"},
    {R"({"text": ""})", "ключ", "ключ"},
    {R"({"other": 1})", "ключ", "ключ"},
    {"", "ключ", "ключ"},
    {"", "", ""},
    {R"({"text": "half \ud83e"})", "x", R"({"text": "half \ud83e"})"},
  };
  for (const auto& x : table) {
    CAPTURE(x.column);
    CHECK(understood({.product_name = x.name, .product_text = x.column}).product_text == x.text);
  }
}

TEST_CASE("old jobs: the template is the order's, if we still have it") {
  const struct {
    const char* details;
    const char* column;
    const char* product;
    const char* result;
    const char* script;
  } table[] = {
    {R"({"template_id": "ad"})", "", "x", "ad", ""},
    {R"({"template_id": "creative"})", "", "x", "ugc", ""},
    {R"({"template_id": "self", "user_prompt": "a hedgehog"})", "", "x", "self", "a hedgehog"},
    {R"({"template_id": "self"})", "", R"({"text": "x", "user_prompt": "waves"})", "self", "waves"},
    {R"({"template_id": "self", "user_prompt": null})", "", "x", "ugc", ""},
    {"", "ad", "x", "ad", ""},
    {R"({"kind": "reels"})", "ad", "x", "ad", ""},
    {"null", "", "x", "ugc", ""},
    {"[]", "", "x", "ugc", ""},
    {"", "", "x", "ugc", ""},
  };
  for (const auto& x : table) {
    CAPTURE(x.details);
    const auto got =
      understood({.product_text = x.product, .template_id = x.column, .details = x.details});
    CHECK(to_string(got.chosen_template) == x.result);
    CHECK(got.script == x.script);
  }
}

TEST_CASE("old jobs: wishes are real or none") {
  CHECK(understood({.extra_wishes = "тёплый свет"}).wishes == "тёплый свет");
  CHECK(understood({.extra_wishes = "-"}).wishes.empty());
  CHECK(understood({.extra_wishes = ""}).wishes.empty());
}

TEST_CASE("old jobs: a photo is found below inputs/, however it is named") {
  const struct {
    const char* column;
    const char* key;
  } table[] = {
    {"900000001/01.jpg", "inputs/900000001/01.jpg"},
    {"/inputs/900000001/01.jpg", "inputs/900000001/01.jpg"},
    {"inputs/inputs/900000001/01.jpg", "inputs/900000001/01.jpg"},
    {"http://1.2.3.4:8080/storage/inputs/7/01.jpg", "inputs/7/01.jpg"},
    {"https://example.org/elsewhere.jpg", ""},
    {"../../etc/passwd", "inputs/../../etc/passwd"}, // refused as a key
    {"/", ""},
    {"", ""},
  };
  for (const auto& x : table)
    CHECK(understood({.photo = x.column}).photo == x.key);
}

TEST_SUITE_END();
