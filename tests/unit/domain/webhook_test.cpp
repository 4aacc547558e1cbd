#include "domain/webhook.hpp"

#include <doctest/doctest.h>

#include <array>

using namespace neurocards;
using webhook::fault;

namespace {

constexpr std::array<std::string_view, 2> kinds{"message", "callback_query"};
const std::string ours = "https://cards.example/telegram/webhook";

webhook::facts set_to(std::string url) {
  webhook::facts result;
  result.url = std::move(url);
  return result;
}

} // namespace

TEST_SUITE_BEGIN("unit/domain/webhook");

TEST_CASE("webhook: is checked by what Telegram tells of it") {
  const auto found = [](const webhook::facts& x, const std::string& wanted = ours) {
    return webhook::check(x, {wanted, kinds}, 1'000'000).fault;
  };
  CHECK(found(set_to(ours)) == fault::none);
  CHECK(found(set_to("")) == fault::removed);
  CHECK(found(set_to("https://thief.example/")) == fault::replaced);
  CHECK(found(set_to(ours + "/")) == fault::replaced);
  CHECK(found(set_to(""), "") == fault::none);
  CHECK(found(set_to(ours), "") == fault::unwanted);
  auto few = set_to(ours);
  few.kinds = {"message"};
  CHECK(found(few) == fault::kinds);
  few.kinds = {"message", "callback_query", "poll"};
  CHECK(found(few) == fault::none);
  auto failing = set_to(ours);
  failing.last_error_at = 999'990;
  failing.last_error = "SSL error {certificate verify failed}";
  CHECK(found(failing) == fault::none); // nothing waits: it has been delivered since
  failing.pending = 7;
  CHECK(found(failing) == fault::failing);
  failing.last_error_at = 900'000;
  CHECK(found(failing) == fault::none);
}

TEST_CASE("webhook: a foreign webhook is told by its host only") {
  const auto words = [](const std::string& url) {
    return webhook::check(set_to(url), {ours, kinds}, 0).words;
  };
  for (const char* url :
       {"https://thief.example/bot1:secret", "https://thief.example?t=secret",
        "https://me:secret@thief.example/x", "https://thief.example:8443/secret"}) {
    CAPTURE(url);
    CHECK(words(url).find("https://thief.example") != std::string::npos);
    CHECK(words(url).find("secret") == std::string::npos);
  }
  auto failing = set_to(ours);
  failing.last_error_at = 10;
  failing.last_error = "Connection timed out";
  failing.pending = 7;
  failing.ip_address = "203.0.113.7";
  const auto told = webhook::check(failing, {ours, kinds}, 11);
  CHECK(told.words.find("203.0.113.7: Connection timed out; 7 wait") != std::string::npos);
  CHECK_FALSE(told.mendable());
}

TEST_SUITE_END();
