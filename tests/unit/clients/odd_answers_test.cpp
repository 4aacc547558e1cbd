#include "clients/kie.hpp"
#include "clients/openai.hpp"
#include "clients/s3_answers.hpp"
#include "clients/telegram.hpp"

#include "recorded.hpp"

// What is odd beside what matters does it no harm, whoever answers: KIE, OpenAI, Telegram, S3.

using namespace neurocards;
using namespace neurocards::test;

namespace {

/// JSON members that strict parsers refuse the whole text for.
const std::vector<std::string> odd_members = {
  R"("x":"half a pair \ud83d")",
  R"("x":"the other half \ude00.")",
  R"("x":"turned about \ude00\ud83d")",
  R"("x":1234567890123456789012345)",
  R"("x":-99999999999999999999999999)",
  R"("x":1e999)",
  R"("x":007)",
  R"("x":+1,"y":.5)",
  "\"x\":\"not \xff\xfe UTF-8\"",
  "\"x\":\"half \xd0\"",
  "\"x\":\"a surrogate in UTF-8 \xed\xa0\x80\"",
  "\"x\":\"line\nbreak and \t tab\"",
  R"("x":"\x41 \u12 \q")",
  R"("x":NaN,"y":-Infinity,"z":undefined)",
  R"("x":True,"y":None)",
  R"("x":1,"x":2,"x":null)",
  R"("x":1,,"y":2,)",
  "\"x\":" + std::string(5000, '[') + std::string(5000, ']'),
};

/// `{members}` with something odd before, or behind, or around it.
std::vector<std::string> odd_spellings(const std::string& members) {
  std::vector<std::string> result;
  for (const auto& odd : odd_members) {
    result.push_back("{" + odd + "," + members + "}");
    result.push_back("{" + members + "," + odd + "}");
  }
  result.push_back("\xEF\xBB\xBF{" + members + "}");
  result.push_back("{" + members + "}\n<!-- served by cache -->");
  result.push_back("{" + members + "}{" + members + "}");
  result.push_back("{" + members + "}" + std::string(1, '\0'));
  return result;
}

} // namespace

TEST_SUITE_BEGIN("unit/clients/odd_answers");

TEST_CASE("odd answers: a created task is known by its id, whatever stands beside it") {
  for (const auto& body : odd_spellings(R"("code":200,"data":{"taskId":"3f9a"})")) {
    CAPTURE(body.substr(0, 200));
    const auto made = kie::parse_created(answered(200, body));
    REQUIRE(std::holds_alternative<kie::created>(made));
    CHECK(std::get<kie::created>(made).task.value == "3f9a");
  }
  for (const auto& data : odd_spellings(R"("taskId":"3f9a")")) {
    const auto made = kie::parse_created(answered(200, R"({"code":200,"data":)" + data));
    const bool trailing = !data.ends_with('}') || data.starts_with("\xEF\xBB\xBF")
                          || data.find("}{") != std::string::npos;
    CAPTURE(data.substr(0, 200));
    if (!trailing) // cut behind the id: the id is there
      CHECK(std::holds_alternative<kie::created>(made));
  }
}

TEST_CASE("odd answers: an id that is a number of many digits is kept to the last of them") {
  const auto made = kie::parse_created(
    answered(200, R"({"code":200,"data":{"taskId":1234567890123456789012345}})"));
  REQUIRE(std::holds_alternative<kie::created>(made));
  CHECK(std::get<kie::created>(made).task.value == "1234567890123456789012345");
}

TEST_CASE("odd answers: an answer cut behind the id has it, one cut within it has none") {
  const auto task_of = [](const char* body) {
    const auto made = kie::parse_created(answered(200, body));
    const auto* task = std::get_if<kie::created>(&made);
    return task == nullptr ? std::string{"none"} : task->task.value;
  };
  CHECK(task_of(R"({"code":200,"data":{"taskId":"3f9a","recor)") == "3f9a");
  CHECK(task_of(R"({"code":200,"data":{"taskId":"3f9a")") == "3f9a");
  CHECK(task_of(R"({"code":200,"data":{"taskId":"3f9)") == "none");
  CHECK(task_of(R"({"code":200,"data":{"taskId":77)") == "none");
}

TEST_CASE("odd answers: the end of a task is seen") {
  for (const auto& data : odd_spellings(
         R"("state":"success","resultJson":"{\"resultUrls\":[\"https://f.example/1\"]}")")) {
    if (data.find('}') != data.size() - 1 && !data.starts_with('{'))
      continue;
    if (data.back() != '}')
      continue; // trailing bytes would stand within the envelope
    if (data.find("}{") != std::string::npos)
      continue;
    CAPTURE(data.substr(0, 200));
    const auto state = kie::parse_record_info(answered(200, R"({"code":200,"data":)" + data + "}"));
    REQUIRE(std::holds_alternative<kie::succeeded>(state));
    CHECK(std::get<kie::succeeded>(state).url == "https://f.example/1");
  }
  for (const auto& body : odd_spellings(
         R"("code":200,"data":{"state":"fail","failCode":"422","failMsg":"flagged"})")) {
    CAPTURE(body.substr(0, 200));
    const auto state = kie::parse_record_info(answered(200, body));
    REQUIRE(std::holds_alternative<kie::failed>(state));
    CHECK(std::get<kie::failed>(state).reason.fail_msg == "flagged");
    CHECK(kie::parse_callback(R"({"data":{"taskId":"t","state":"fail","failMsg":"\udc00"}})"));
  }
}

TEST_CASE("odd answers: words in objects are words") {
  const auto state = kie::parse_record_info(answered(
    200,
    R"({"code":200,"data":{"state":"fail","failCode":500,"failMsg":{"code":"Blocked","message":"by policy"}}})"));
  REQUIRE(std::holds_alternative<kie::failed>(state));
  CHECK(std::get<kie::failed>(state).reason.fail_msg.find("by policy") != std::string::npos);
}

TEST_CASE("odd answers: OpenAI's script and refusals are read") {
  for (
    const auto& body : odd_spellings(
      R"("choices":[{"finish_reason":"stop","message":{"content":"A hand lifts the mug \ud83d."}}])")) {
    CAPTURE(body.substr(0, 200));
    const auto chat = openai::parse_chat(answered(200, body));
    REQUIRE(std::holds_alternative<openai::completion>(chat));
    CHECK(std::get<openai::completion>(chat).text == "A hand lifts the mug \xEF\xBF\xBD.");
  }
  for (const auto& body : odd_spellings(R"("error":{"code":"insufficient_quota"})")) {
    CAPTURE(body.substr(0, 200));
    const auto chat = openai::parse_chat(answered(429, body));
    REQUIRE(std::holds_alternative<openai::signal>(chat));
    CHECK(std::get<openai::signal>(chat).code == "insufficient_quota");
  }
}

TEST_CASE("odd answers: no update is lost for what is odd in it or in its neighbours") {
  const std::string plain =
    R"("message_id":5,"chat":{"id":501,"type":"private"},"from":{"id":501,"first_name":"Лена"},"text":"mug")";
  for (const auto& odd : odd_members) {
    CAPTURE(odd.substr(0, 200));
    const auto body = R"({"ok":true,"result":[{"update_id":7,"message":{)" + odd + "," + plain
                      + R"(}},{"update_id":8,"message":{)" + plain + "}}]}";
    const auto page = telegram::parse_updates(answered(200, body));
    REQUIRE(page.status.ok());
    REQUIRE(page.updates.size() == 2);
    for (const auto& update : page.updates) {
      CHECK(update.kind == "message");
      CHECK(update.parsed.chat == chat_id{501});
      REQUIRE(std::holds_alternative<telegram::message>(update.parsed.content));
      CHECK(std::get<telegram::message>(update.parsed.content).text == "mug");
      CHECK(telegram::parse_update(update.raw)); // and what is stored reads again
    }
  }
  const auto hook = telegram::parse_update(
    R"({"update_id":9,"message":{"message_id":1,"chat":{"id":3,"type":"private"},"from":{"id":3},"text":"a \ud83d b"}})");
  REQUIRE(hook);
  CHECK(std::get<telegram::message>(hook->parsed.content).text == "a \xEF\xBF\xBD b");
  CHECK(hook->raw.find("\\ud83d") == std::string::npos);
}

TEST_CASE("odd answers: what Telegram says of a message is read") {
  for (const auto& body : odd_spellings(R"("ok":true,"result":{"message_id":77})")) {
    CAPTURE(body.substr(0, 200));
    const auto got = telegram::parse_answer(answered(200, body));
    CHECK(got.ok());
    CHECK(got.message_id == 77);
  }
  for (
    const auto& body : odd_spellings(
      R"("ok":false,"error_code":429,"description":"Too Many","parameters":{"retry_after":9})")) {
    CAPTURE(body.substr(0, 200));
    CHECK(telegram::parse_answer(answered(429, body)).envelope.retry_after == 9);
  }
}

TEST_CASE("odd answers: lists and errors of object stores are read as XML allows them") {
  const auto code = [](const char* xml) { return storage::xml_text(xml, "Code"); };
  CHECK(code("<Error><Code>NoSuchKey</Code></Error>") == "NoSuchKey");
  CHECK(code("<s3:Error xmlns:s3='x'><s3:Code>NoSuchKey</s3:Code></s3:Error>") == "NoSuchKey");
  CHECK(code("<Error><Code lang=\"en\">NoSuchKey</Code ></Error>") == "NoSuchKey");
  CHECK(code("<Error><Code>\n  NoSuchKey\n</Code></Error>") == "NoSuchKey");
  CHECK(code("<Error><Code><![CDATA[NoSuchKey]]></Code></Error>") == "NoSuchKey");
  CHECK(code("<Error><!-- <Code>Wrong</Code> --><Code>NoSuchKey</Code></Error>") == "NoSuchKey");
  CHECK(code("<Error><Message><![CDATA[a > b "
             "<Code>Wrong</Code>]]></Message><Code>NoSuchKey</Code></Error>")
        == "NoSuchKey");
  CHECK(code("<Error><Code>No&#83;uch&#x4B;ey</Code></Error>") == "NoSuchKey");
  CHECK(code("<Error><Codec>h264</Codec><Code/></Error>").empty());

  const auto page = storage::parse_s3_list(
    "\xEF\xBB\xBF<?xml version=\"1.0\"?>\n<ns:ListBucketResult xmlns:ns=\"x\">"
    "<ns:Contents></ns:Contents><ns:Contents/>"
    "<ns:Contents><ns:Key>photos/a&#x2D;b.jpg</ns:Key><ns:Size>1234567890123456789012345</ns:Size>"
    "<ns:LastModified>2026-01-01T10:20:30Z</ns:LastModified></ns:Contents>"
    "<ns:Contents><ns:Key>photos/\xff.jpg</ns:Key><ns:Size>2</ns:Size></ns:Contents>"
    "<ns:Contents><ns:Key>photos/2.jpg</ns:Key><ns:Size> 7 </ns:Size></ns:Contents>"
    "<ns:IsTruncated>TRUE</ns:IsTruncated><ns:NextContinuationToken>t&#61;</"
    "ns:NextContinuationToken>"
    "</ns:ListBucketResult>junk");
  REQUIRE(page.ok());
  CHECK(page.next == "t=");
  std::vector<std::string> keys;
  for (const auto& x : page.entries)
    keys.push_back(x.key.value);
  CHECK(keys.size() >= 2);
  CHECK(keys.front() == "photos/a-b.jpg");
  CHECK(keys.back() == "photos/2.jpg");
  CHECK(page.entries.back().bytes == 7);
}

TEST_SUITE_END();
