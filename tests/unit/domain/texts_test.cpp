#include "telegram_html.hpp"
#include "tests/support/folders.hpp"

#include "domain/texts.hpp"

#include <doctest/doctest.h>

#include <cctype>
#include <filesystem>
#include <fstream>
#include <sstream>

using namespace neurocards;
using texts::key;

namespace {

/// Every placeholder of the catalogue with the longest value the program ever gives it.
std::string longest(language lang, key text_key) {
  const std::string link = "https://example.org/" + std::string(980, 'x');
  return texts::say(
    lang, text_key,
    {texts::user_text("offer", link, 1000),
     texts::user_text("privacy", link, 1000),
     texts::user_text("link", "https://example.org/" + std::string(1900, 'x'), 2000),
     texts::user_text("product", std::string(600, '<'), 500),
     texts::user_text("wishes", std::string(600, '&'), 500),
     texts::user_text("prompt", std::string(3100, '>'),
                      text_key == key::show_own_prompt ? 3000 : 500),
     texts::user_text("contact", std::string(300, 'c'), 200),
     texts::user_text("model", std::string(100, 'm'), 60),
     texts::markup_of("template", "Сам себе продюсер"),
     texts::markup_of("details", std::string(520, 'd')),
     texts::markup_of("date", "31.12"),
     texts::markup_of("sign", "−"),
     texts::markup_of("what", std::string(40, 'w')),
     texts::markup_of("status", std::string(40, 's')),
     texts::number("count", 100'000),
     texts::number("stars", 100'000),
     texts::number("credits", 2'000'000'000),
     texts::number("amount", 100'000),
     texts::number("limit", 4'000),
     texts::number("width", 10'000),
     texts::number("height", 10'000),
     texts::number("minutes", 100'000),
     texts::number("low", 100'000),
     texts::number("high", 100'000),
     texts::number("ahead", 100'000),
     texts::number("megabytes", 100),
     texts::user_text("narration", std::string(400, '<'), 300),
     texts::user_text("provider", std::string(100, '<'), 60),
     texts::user_text("subject", std::string(100, '<'), 60),
     texts::user_text("file", std::string(300, 'f'), 200),
     texts::number("of", 2'000'000'000),
     texts::number("user", 1LL << 52),
     texts::number("attempt", 99),
     texts::number("attempts", 99)});
}

size_t limit_of(std::string_view name) {
  if (name.starts_with("button_") || name == "invoice_title")
    return name == "button_once_more_named" || name == "button_send_again"
               || name == "button_take_back" // the product is cut where it is put in
             ? 600
             : name == "invoice_title" ? 32 : 40;
  if (name.starts_with("alert_"))
    return 200;
  if (name == "invoice_description")
    return 255;
  if (name.starts_with("caption_"))
    return 1024;
  return name.starts_with("command_") ? 256 : 4096;
}

} // namespace

TEST_SUITE_BEGIN("unit/domain/texts");

TEST_CASE("texts: every text fits where it goes, with the longest values") {
  for (const key text_key : texts::all_keys())
    for (const language lang : {language::ru, language::en}) {
      const std::string_view name = texts::name_of(text_key);
      const std::string html = longest(lang, text_key);
      INFO(name << " " << to_string(lang));
      CHECK(test::fault_of_html(html, limit_of(name)) == "");
      if (name.starts_with("alert_") || name.starts_with("invoice_")
          || name.starts_with("command_"))
        CHECK(html.find('<') == std::string::npos); // shown as plain text
    }
}

TEST_CASE("texts: no text is without use") {
  // A key is used where `key::name` stands in a source of the program.
  std::string sources;
  for (const auto& file : std::filesystem::directory_iterator{test::in_source("domain")}) {
    if (file.path().extension() != ".cpp")
      continue;
    std::ifstream in{file.path()};
    std::stringstream text;
    text << in.rdbuf();
    sources += text.str();
  }
  REQUIRE(sources.size() > 50'000);
  for (const key text_key : texts::all_keys()) {
    const std::string name = "key::" + std::string{texts::name_of(text_key)};
    size_t position = sources.find(name);
    while (
      position != std::string::npos
      && (std::isalnum(sources[position + name.size()]) || sources[position + name.size()] == '_'))
      position = sources.find(name, position + 1);
    CHECK_MESSAGE(position != std::string::npos, name);
  }
}

TEST_CASE("texts: fixed strings are what they are, byte for byte") {
  // These are published; support, operators and tests of others look for them.
  const auto say = [](key text_key, std::initializer_list<texts::arg> args = {}) {
    return texts::say(language::ru, text_key, args);
  };
  const auto n = [](const char* name, int64_t value) { return texts::number(name, value); };
  CHECK(say(key::accepted, {n("count", 1)}) == "✅ Принял! 1 видео запущена");
  CHECK(say(key::accepted, {n("count", 5)}) == "✅ Принял! 5 видео запущена");
  CHECK(say(key::job_started) == "🎬 Генерация запущена!");
  CHECK(say(key::job_retry,
            {texts::user_text("model", "Sora 2", 60), n("attempt", 2), n("attempts", 3)})
        == "⏳ Sora 2 перегружена. Пробуем снова (попытка 2/3)...");
  CHECK(say(key::job_failed, {texts::user_text("model", "Sora 2", 60)})
        == "❌ Sora 2 не может обработать. 1 кредит вернулся на баланс ✅");
  CHECK(say(key::job_violation)
        == "❌ Не получилось с данной картинкой/описанием. 1 кредит вернулся ✅");
  CHECK(say(key::caption_job_done) == "✅ Видео готово!");
  CHECK(say(key::data_missing).starts_with("⚠️ Данные не хватает"));
  CHECK(
    say(key::not_enough, {n("count", 3), n("credits", 1)}).starts_with("❌ Недостаточно кредитов"));
  CHECK(say(key::not_enough_nothing_sold).starts_with("❌ Недостаточно кредитов"));
  CHECK(say(key::button_ugc) == "✨ UGC блогер");
  CHECK(say(key::button_ad) == "🎥 Рекламное видео");
  CHECK(say(key::button_self) == "🧑‍💻 Сам себе продюсер");
  CHECK(say(key::button_one) == "1️⃣ 1 видео");
  CHECK(say(key::button_three) == "3️⃣ 3 видео");
  CHECK(say(key::button_five) == "5️⃣ 5 видео");
  CHECK(say(key::button_launch, {n("count", 3)}).starts_with("🚀 Запустить "));
  CHECK(say(key::button_agree) == "✅ Принимаю условия");
  CHECK(say(key::button_menu) == "🏠 В меню");
}

TEST_CASE("texts: numbers choose the form of the word") {
  const auto credits = [](language lang, int64_t n) {
    return texts::say(lang, key::invoice_title, {texts::number("count", n)});
  };
  for (const auto& [n, word] : std::vector<std::pair<int64_t, std::string>>{{0, "кредитов"},
                                                                            {1, "кредит"},
                                                                            {2, "кредита"},
                                                                            {4, "кредита"},
                                                                            {5, "кредитов"},
                                                                            {10, "кредитов"},
                                                                            {11, "кредитов"},
                                                                            {12, "кредитов"},
                                                                            {14, "кредитов"},
                                                                            {21, "кредит"},
                                                                            {22, "кредита"},
                                                                            {25, "кредитов"},
                                                                            {101, "кредит"},
                                                                            {111, "кредитов"},
                                                                            {112, "кредитов"},
                                                                            {1004, "кредита"}})
    CHECK(credits(language::ru, n) == std::to_string(n) + " " + word);
  CHECK(credits(language::en, 1) == "1 credit");
  CHECK(credits(language::en, 0) == "0 credits");
  CHECK(credits(language::en, 21) == "21 credits");
}

TEST_CASE("texts: what a user writes is neither markup nor a placeholder") {
  const std::string said =
    texts::say(language::ru, key::once_more,
               {texts::user_text("product", "<b>{product}</b> & {x} \"q\"", 80)});
  CHECK(said == "🔁 Ещё одно видео: &lt;b&gt;{product}&lt;/b&gt; &amp; {x} &quot;q&quot;");
}

TEST_SUITE_END();
