#include "clients/telegram.hpp"

#include "recorded.hpp"

using namespace neurocards;
using namespace neurocards::telegram;
using namespace neurocards::test;

TEST_SUITE_BEGIN("unit/clients/telegram_answers");

TEST_CASE("telegram: a sent message and what can be sent again") {
  const auto text = parse_answer(answered(200, R"({"ok":true,"result":{"message_id":5}})"));
  CHECK(text.ok());
  CHECK(text.message_id == 5);
  CHECK(text.file_id.empty());
  const auto video = parse_answer(answered(
    200, R"({"ok":true,"result":{"message_id":6,"video":{"file_id":"V"},"caption":"x"}})"));
  CHECK(video.file_id == "V");
  const auto photo = parse_answer(answered(
    200, R"({"ok":true,"result":{"message_id":7,"photo":[{"file_id":"s"},{"file_id":"L"}]}})"));
  CHECK(photo.file_id == "L");
  CHECK(parse_answer(answered(200, R"({"ok":true,"result":true})")).ok());
}

TEST_CASE("telegram: getFile and getMe") {
  const auto file = parse_answer(answered(
    200,
    R"({"ok":true,"result":{"file_id":"F","file_size":154832,"file_path":"photos/file_7.jpg"}})"));
  CHECK(file.file_id == "F");
  CHECK(file.file_path == "photos/file_7.jpg");
  CHECK(file.file_bytes == 154832);
  CHECK(
    parse_answer(answered(200, R"({"ok":true,"result":{"id":1,"username":"shop_bot"}})")).username
    == "shop_bot");
}

TEST_CASE("telegram: refusals") {
  auto flood =
    answered(429, R"({"ok":false,"error_code":429,"description":"Too Many Requests: retry after 7",
    "parameters":{"retry_after":7}})");
  flood.retry_after = "9";
  const auto x = parse_answer(flood).envelope;
  CHECK(!x.ok);
  CHECK(x.json);
  CHECK(x.status == 429);
  CHECK(x.error_code == 429);
  CHECK(x.retry_after == 7); // the body wins over the header
  flood.body = "<html>busy</html>";
  CHECK(parse_answer(flood).envelope.retry_after == 9);
  const auto moved = parse_answer(answered(400, R"({"ok":false,"error_code":400,
    "description":"Bad Request: group chat was upgraded to a supergroup chat",
    "parameters":{"migrate_to_chat_id":-1001234567890}})"));
  CHECK(moved.envelope.migrate_to == -1001234567890);
}

TEST_CASE("telegram: answers that are no answers") {
  const auto html = parse_answer(answered(502, test::recorded("kie/gateway.html"))).envelope;
  CHECK(!html.ok);
  CHECK(!html.json);
  CHECK(html.error_code == 502);
  CHECK(html.description.starts_with("<html>"));
  const auto cut = parse_answer(answered(200, R"({"ok":true,"resu)")).envelope;
  CHECK(!cut.ok);
  CHECK(!cut.json);
  const auto lost = parse_answer(test::unanswered(http::outcome::interrupted)).envelope;
  CHECK(lost.outcome == http::outcome::interrupted);
  CHECK(lost.status == 0);
  CHECK(lost.description == "as libcurl says");
  const auto bad = parse_answer(answered(500, "caf\xe9 \xf0\x9f")).envelope;
  CHECK(bad.description == "caf? ??");
}

TEST_CASE("telegram: absurd waits are bounded") {
  const auto wait = [](const char* value) {
    return parse_answer(answered(429, std::string{R"({"ok":false,"parameters":{"retry_after":)"}
                                        + value + "}}"))
      .envelope.retry_after;
  };
  CHECK(wait("-5") == 0);
  CHECK(wait("99999999999") == 24 * 3600);
  CHECK(wait("\"12\"") == 12);
  CHECK(wait("[]") == 0);
}

TEST_SUITE_END();
