#include "tests/unit/sandbox/fixture.hpp"

#include "sandbox/media/samples.hpp"

#include <doctest/doctest.h>

#include <future>

using namespace neurocards::test::simulated;

namespace {

struct bot_fixture : services {
  bot_fixture() { control("send", {{"user", 501}, {"text", "/start"}}); }

  json send(const json& parameters) {
    json all{{"chat_id", 501}};
    all.update(parameters);
    return telegram("sendMessage", all);
  }

  /// Until a long poll is waiting; false: none came in time.
  bool wait_for_poll() {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (std::chrono::steady_clock::now() < deadline)
      if (read("updates")["polled"] == true)
        return true;
    return false;
  }

  json say(int user, const std::string& text) {
    return control("send", {{"user", user}, {"text", text}});
  }
};

json ids(const json& answer) {
  auto list = json::array();
  for (const auto& u : answer["result"])
    list.push_back(u["update_id"]);
  return list;
}

} // namespace

TEST_SUITE_BEGIN("unit/sandbox/telegram");

TEST_CASE_FIXTURE(bot_fixture, "telegram: unconfirmed updates come again, confirmed ones do not") {
  const auto second = say(501, "two")["update_id"].get<int64_t>();
  const json both{second - 1, second};
  CHECK(ids(telegram("getUpdates", json::object())) == both);
  CHECK(ids(telegram("getUpdates", {{"offset", second - 1}})) == both);
  CHECK(ids(telegram("getUpdates", {{"offset", second}})) == json{second});
  CHECK(ids(telegram("getUpdates", {{"offset", -1}})) == json{second});
  say(501, "three");
  CHECK(ids(telegram("getUpdates", {{"offset", second + 1}})) == json{second + 1});
}

TEST_CASE_FIXTURE(bot_fixture,
                  "telegram: a repeated offset gets one update only, to spare a dying consumer") {
  control("settings", {{"time_scale", 0.001}}); // half a second becomes eight minutes
  say(501, "two");
  CHECK(telegram("getUpdates", {{"offset", 5}})["result"].size() == 2);
  CHECK(telegram("getUpdates", {{"offset", 5}})["result"].size() == 1);
}

TEST_CASE_FIXTURE(bot_fixture, "telegram: a long poll ends with the first update") {
  const auto next =
    telegram("getUpdates", json::object())["result"][0]["update_id"].get<int64_t>() + 1;
  auto poll = std::async(std::launch::async, [&] {
    return telegram("getUpdates", {{"offset", next}, {"timeout", 50}});
  });
  REQUIRE(wait_for_poll());
  say(501, "wake up");
  CHECK(poll.get()["result"][0]["message"]["text"] == "wake up");
}

TEST_CASE_FIXTURE(bot_fixture, "telegram: of two polls the older is ended") {
  const auto next =
    telegram("getUpdates", json::object())["result"][0]["update_id"].get<int64_t>() + 1;
  const json poll{{"offset", next}, {"timeout", 50}};
  auto first = std::async(std::launch::async, [&] { return telegram("getUpdates", poll); });
  REQUIRE(wait_for_poll());
  auto second = std::async(std::launch::async, [&] { return telegram("getUpdates", poll); });
  const auto ended = first.get(); // by the arrival of the second
  CHECK(ended["error_code"] == 409);
  CHECK(ended["description"]
        == "Conflict: terminated by other getUpdates request; make sure that only one bot instance "
           "is running");
  say(501, "x");
  CHECK(second.get()["ok"] == true);
}

TEST_CASE_FIXTURE(bot_fixture,
                  "telegram: allowed_updates is remembered, and does not touch what is queued") {
  CHECK(telegram("getUpdates", {{"allowed_updates", {"callback_query"}}})["result"].size() == 1);
  CHECK(say(501, "unwanted")["update_id"] == 0);
  CHECK(telegram("getWebhookInfo", json::object())["result"]["allowed_updates"]
        == json{"callback_query"});
  telegram("getUpdates", {{"offset", 1}, {"allowed_updates", json::array()}});
  CHECK(say(501, "wanted")["update_id"] != 0);
}

TEST_CASE_FIXTURE(bot_fixture, "telegram: button presses live 150 s, messages a day") {
  const auto m =
    send({{"text", "choose"},
          {"reply_markup", {{"inline_keyboard", {{{{"text", "A"}, {"callback_data", "a"}}}}}}}});
  control("press", {{"user", 501}, {"message_id", m["result"]["message_id"]}, {"data", "a"}});
  CHECK(telegram("getUpdates", json::object())["result"].size() == 2);
  control("advance", {{"ms", 151'000}});
  const auto left = telegram("getUpdates", {{"offset", 1}})["result"];
  REQUIRE(left.size() == 1);
  CHECK(left[0].contains("message"));
  control("advance", {{"ms", 86'400'000}});
  CHECK(telegram("getUpdates", {{"offset", 2}})["result"].empty());
}

TEST_CASE_FIXTURE(bot_fixture, "telegram: a press reaches the bot and its answer is checked") {
  const auto m =
    send({{"text", "choose"},
          {"reply_markup", {{"inline_keyboard", {{{{"text", "A"}, {"callback_data", "a"}}}}}}}});
  const auto id = m["result"]["message_id"];
  CHECK(control("press", {{"user", 501}, {"message_id", id}, {"data", "b"}})["error"]
        == "the message has no such button");
  const auto press = control("press", {{"user", 501}, {"message_id", id}, {"text", "A"}});
  const auto update =
    telegram("getUpdates", {{"offset", press["update_id"]}})["result"][0]["callback_query"];
  CHECK(update["data"] == "a");
  CHECK(update["message"]["message_id"] == id);
  CHECK(telegram("answerCallbackQuery", {{"callback_query_id", update["id"]}})["ok"] == true);
  CHECK(read("presses")[0]["answered"] == true);
  CHECK(telegram("answerCallbackQuery", {{"callback_query_id", "1"}})["description"]
        == "Bad Request: query is too old and response timeout expired or query ID is invalid");
}

TEST_CASE_FIXTURE(
  bot_fixture,
  "telegram: a webhook gets updates in order per chat, with the secret, until it says 200") {
  receiver hook;
  hook.answer_next({500, 503});
  say(501, "two");
  CHECK(telegram("setWebhook", {{"url", hook.url()}, {"secret_token", "s3cret"}})["ok"] == true);
  const auto calls = hook.wait_for(4); // two refusals, then both messages
  REQUIRE(calls.size() == 4);
  CHECK(calls[0].header("X-Telegram-Bot-Api-Secret-Token") == "s3cret");
  for (size_t i = 0; i < 3; ++i)
    CHECK(json::parse(calls[i].body)["message"]["text"] == "/start");
  CHECK(json::parse(calls[3].body)["message"]["text"] == "two");
  CHECK(telegram("getUpdates", json::object())["error_code"] == 409);
  CHECK(telegram("getWebhookInfo", json::object())["result"]["last_error_message"]
        == "Wrong response from the webhook: 503");
  CHECK(telegram("deleteWebhook", json::object())["ok"] == true);
  say(501, "three");
  const auto left = telegram("getUpdates", json::object())["result"];
  CHECK(left.back()["message"]["text"] == "three");
}

TEST_CASE_FIXTURE(bot_fixture, "telegram: parameters may come in four ways") {
  CHECK(get(bot + "/sendMessage?chat_id=501&text=a%20b").parsed()["result"]["text"] == "a b");
  CHECK(
    fetch({.url = bot + "/SENDMESSAGE", .body = "chat_id=501&text=a+b"}).parsed()["result"]["text"]
    == "a b");
  CHECK(send({{"text", "a b"}})["result"]["text"] == "a b");
  const auto multipart =
    fetch({.url = bot + "/sendMessage",
           .body = "--B\r\nContent-Disposition: form-data; name=\"chat_id\"\r\n\r\n501\r\n--B\r\n"
                   "Content-Disposition: form-data; name=\"text\"\r\n\r\na b\r\n--B--\r\n",
           .headers = {"Content-Type: multipart/form-data; boundary=B"}});
  CHECK(multipart.parsed()["result"]["text"] == "a b");
}

TEST_CASE_FIXTURE(bot_fixture, "telegram: what a message may not be") {
  struct row {
    json parameters;
    const char* error;
  };
  const auto button = [](const std::string& data) -> json {
    return {{"inline_keyboard", {{{{"text", "A"}, {"callback_data", data}}}}}};
  };
  std::string cyrillic;
  for (int i = 0; i < 4096; ++i)
    cyrillic += "ж";
  CHECK(send({{"text", cyrillic}})["ok"] == true); // the limit counts code points, not bytes
  const std::vector<row> rows{
    {{{"text", " \n"}}, "Bad Request: message text is empty"},
    {{{"text", cyrillic + "ж"}}, "Bad Request: message is too long"},
    {{{"text", "<b>x"}, {"parse_mode", "HTML"}},
     "Bad Request: can't parse entities: Can't find end tag corresponding to start tag \"b\""},
    {{{"text", "x"}, {"chat_id", 777}}, "Bad Request: chat not found"},
    {{{"text", "x"}, {"reply_markup", button(std::string(65, 'x'))}},
     "Bad Request: BUTTON_DATA_INVALID"},
    {{{"text", "x"}, {"reply_markup", "{"}},
     "Bad Request: can't parse reply keyboard markup JSON object"},
    {{{"text", "x"}, {"reply_parameters", {{"message_id", 99}}}},
     "Bad Request: message to be replied not found"},
  };
  for (const auto& r : rows)
    CHECK(send(r.parameters)["description"] == r.error);
  CHECK(send({{"text", "x"}, {"reply_markup", button(std::string(64, 'x'))}})["ok"] == true);
  CHECK(fetch({.url = bot + "/sendMessage", .body = "chat_id=501&text=%FF"}).parsed()["description"]
        == "Bad Request: strings must be encoded in UTF-8");
}

TEST_CASE_FIXTURE(bot_fixture, "telegram: edits, and edits that change nothing") {
  const auto id = send({{"text", "one"}})["result"]["message_id"];
  const json edit{{"chat_id", 501}, {"message_id", id}, {"text", "two"}};
  CHECK(telegram("editMessageText", edit)["result"]["text"] == "two");
  const auto again = telegram("editMessageText", edit)["description"].get<std::string>();
  CHECK(again.starts_with("Bad Request: message is not modified"));
  CHECK(telegram("editMessageText",
                 {{"chat_id", 501}, {"message_id", 999}, {"text", "x"}})["description"]
        == "Bad Request: message to edit not found");
  CHECK(
    telegram("editMessageText", {{"chat_id", 501}, {"message_id", 1}, {"text", "x"}})["description"]
    == "Bad Request: message can't be edited");
  const auto seen = read("messages?chat=501")["messages"][1]["sandbox"];
  CHECK(seen["edits"] == 1);
  CHECK(seen["earlier"][0]["text"] == "one");
  CHECK(telegram("deleteMessage", {{"chat_id", 501}, {"message_id", id}})["result"] == true);
  CHECK(telegram("deleteMessage", {{"chat_id", 501}, {"message_id", id}})["description"]
        == "Bad Request: message to delete not found");
}

TEST_CASE_FIXTURE(bot_fixture, "telegram: blocked bots, strangers, bad tokens, unknown methods") {
  control("users", {{"id", 502}});
  CHECK(telegram("sendMessage", {{"chat_id", 502}, {"text", "x"}})["description"]
        == "Forbidden: bot can't initiate conversation with a user");
  const auto blocked = control("block", {{"user", 501}});
  CHECK(send({{"text", "x"}})["description"] == "Forbidden: bot was blocked by the user");
  const auto update =
    telegram("getUpdates", {{"offset", blocked["update_id"]}})["result"][0]["my_chat_member"];
  CHECK(update["new_chat_member"]["status"] == "kicked");
  control("unblock", {{"user", 501}});
  CHECK(send({{"text", "x"}})["ok"] == true);
  CHECK(get(base + "/bot0:x/getMe").status == 401);
  CHECK(get(base + "/botnonsense/getMe").status == 404);
  CHECK(get(bot + "/doMagic").parsed()["description"] == "Not Found: method not found");
  control("settings", {{"telegram_token", "9:y"}});
  CHECK(get(bot + "/getMe").status == 401);
}

TEST_CASE_FIXTURE(bot_fixture,
                  "telegram: floods are refused per chat and over all, and refusals do not count") {
  control("settings", {{"telegram_limits", true},
                       {"telegram_chat_rate", 0.001}, // buckets that do not fill while we look
                       {"telegram_chat_burst", 2},
                       {"telegram_rate", 0.01},
                       {"telegram_burst", 4}});
  CHECK(send({{"text", "1"}})["ok"] == true);
  CHECK(send({{"text", ""}})["error_code"] == 400); // was not sent
  CHECK(send({{"text", "2"}})["ok"] == true);
  const auto flood = send({{"text", "3"}});
  CHECK(flood["error_code"] == 429);
  CHECK(flood["parameters"]["retry_after"].get<int>() > 900);
  const auto send_to = [&](int user) {
    say(user, "hi");
    return telegram("sendMessage", {{"chat_id", user}, {"text", "x"}});
  };
  CHECK(send_to(1)["ok"] == true);
  CHECK(send_to(2)["ok"] == true);
  const auto everywhere = send_to(3);
  CHECK(everywhere["error_code"] == 429);
  CHECK(everywhere["parameters"]["retry_after"].get<int>() <= 100);
}

TEST_CASE_FIXTURE(bot_fixture, "telegram: files go up, come back by id, and their links end") {
  const auto upload = [&](const std::string& method, const std::string& name,
                          const std::string& bytes) {
    return fetch({.url = bot + "/" + method,
                  .body =
                    "--B\r\nContent-Disposition: form-data; name=\"chat_id\"\r\n\r\n501\r\n--B\r\n"
                    "Content-Disposition: form-data; name=\""
                    + name + "\"; filename=\"x\"\r\nContent-Type: application/octet-stream\r\n\r\n"
                    + bytes + "\r\n--B--\r\n",
                  .headers = {"Content-Type: multipart/form-data; boundary=B"}})
      .parsed();
  };
  const auto video = upload("sendVideo", "video", sample_video());
  const auto id = video["result"]["video"]["file_id"];
  CHECK(
    telegram("sendVideo",
             {{"chat_id", 501}, {"video", id}, {"caption", "again"}})["result"]["video"]["file_id"]
    == id);
  CHECK(telegram("sendPhoto", {{"chat_id", 501}, {"photo", id}})["description"]
        == "Bad Request: can't use file of type video as photo");
  CHECK(telegram("sendVideo", {{"chat_id", 501}, {"video", "nonsense"}})["description"]
        == "Bad Request: wrong file identifier/HTTP URL specified");
  CHECK(telegram("sendVideo", {{"chat_id", 501}})["description"]
        == "Bad Request: there is no video in the request");
  CHECK(upload("sendPhoto", "photo", "not a picture")["description"]
        == "Bad Request: IMAGE_PROCESS_FAILED");
  CHECK(upload("sendVideo", "video", "not a video")["result"].contains("document"));
  const auto path =
    telegram("getFile", {{"file_id", id}})["result"]["file_path"].get<std::string>();
  CHECK(get(base + "/file/bot123:secret/" + path).body == sample_video());
  control("advance", {{"ms", 3'600'001}});
  CHECK(get(base + "/file/bot123:secret/" + path).status == 404);
  const auto huge = control("send", {{"user", 501}, {"type", "document"}, {"sample", "huge"}});
  const auto update = telegram("getUpdates", {{"offset", huge["update_id"]}})["result"][0];
  CHECK(telegram("getFile", {{"file_id", update["message"]["document"]["file_id"]}})["description"]
        == "Bad Request: file is too big");
}

TEST_CASE_FIXTURE(bot_fixture, "telegram: users can send all kinds of things") {
  for (const char* type : {"photo", "document", "sticker", "voice", "video", "location", "contact"})
    CHECK(control("send", {{"user", 501}, {"type", type}})["update_id"] != 0);
  CHECK(control("send", {{"user", 501}, {"type", "album"}, {"count", 3}, {"caption", "c"}}).size()
        == 3);
  const auto all = telegram("getUpdates", json::object())["result"];
  REQUIRE(all.size() == 11);
  CHECK(all[8]["message"]["caption"] == "c");
  CHECK_FALSE(all[9]["message"].contains("caption"));
  CHECK(all[8]["message"]["media_group_id"] == all[10]["message"]["media_group_id"]);
}

TEST_CASE_FIXTURE(bot_fixture, "telegram: updates can come twice, and their numbers can jump") {
  const auto first = telegram("getUpdates", json::object())["result"][0];
  const auto id = first["update_id"].get<int64_t>();
  telegram("getUpdates", {{"offset", id + 1}});
  CHECK(control("update", first)["update_id"] == id);
  CHECK(telegram("getUpdates", {{"offset", 1}})["result"][0] == first);
  control("jump", {{"update_id", 42}});
  CHECK(say(501, "after a quiet week")["update_id"] == 42);
}

TEST_CASE_FIXTURE(bot_fixture, "telegram: commands are checked and kept") {
  const json good{{{"command", "start"}, {"description", "Начать"}}};
  CHECK(telegram("setMyCommands", {{"commands", good}})["ok"] == true);
  CHECK(read("commands") == good);
  const json bad{{{"command", "Start!"}, {"description", "x"}}};
  CHECK(telegram("setMyCommands", {{"commands", bad}})["description"]
        == "Bad Request: BOT_COMMAND_INVALID");
}

TEST_CASE_FIXTURE(bot_fixture, "telegram: an invoice is paid once the bot has agreed in time") {
  const auto invoice = telegram("sendInvoice", {{"chat_id", 501},
                                                {"title", "10 videos"},
                                                {"description", "Ten"},
                                                {"payload", "pack10"},
                                                {"currency", "XTR"},
                                                {"prices", {{{"label", "10"}, {"amount", 250}}}}});
  REQUIRE(invoice["ok"] == true);
  const json wish{{"user", 501}, {"message_id", invoice["result"]["message_id"]}};
  const auto pay = [&] {
    return std::async(std::launch::async, [&] { return control("pay", wish); });
  };
  const auto query = [&]() -> json {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (std::chrono::steady_clock::now() < deadline) {
      const auto answer = telegram("getUpdates", {{"offset", -1}, {"timeout", 1}});
      for (const auto& u : answer["result"])
        if (u.contains("pre_checkout_query"))
          return u["pre_checkout_query"];
    }
    return {};
  };
  auto paying = pay();
  const auto q = query();
  CHECK(q["invoice_payload"] == "pack10");
  CHECK(telegram("answerPreCheckoutQuery", {{"pre_checkout_query_id", q["id"]}, {"ok", true}})["ok"]
        == true);
  const auto paid = paying.get();
  REQUIRE(paid["paid"] == true);
  const auto news =
    telegram("getUpdates", {{"offset", -1}})["result"][0]["message"]["successful_payment"];
  CHECK(news["telegram_payment_charge_id"] == paid["charge_id"]);
  CHECK(news["total_amount"] == 250);

  const json refund{{"user_id", 501}, {"telegram_payment_charge_id", paid["charge_id"]}};
  CHECK(telegram("refundStarPayment", refund)["ok"] == true);
  CHECK(telegram("refundStarPayment", refund)["description"]
        == "Bad Request: CHARGE_ALREADY_REFUNDED");
  CHECK(telegram("getUpdates",
                 {{"offset",
                   -1}})["result"][0]["message"]["refunded_payment"]["telegram_payment_charge_id"]
        == paid["charge_id"]);
  CHECK(control("refund", {{"charge_id", paid["charge_id"]}})["error"] // by Telegram itself
        == "charge_id: CHARGE_ALREADY_REFUNDED");
  CHECK(control("refund", {{"charge_id", "stx"}})["error"] == "charge_id: CHARGE_ID_INVALID");
  const auto list = telegram("getStarTransactions", json::object())["result"]["transactions"];
  REQUIRE(list.size() == 2);
  CHECK(list[0]["source"]["invoice_payload"] == "pack10");
  CHECK(list[1]["receiver"]["user"]["id"] == 501);

  control("settings", {{"time_scale", 1000}}); // ten seconds pass in ten milliseconds
  CHECK(control("pay", wish)["error"] == "the bot did not answer in time");
}

TEST_CASE_FIXTURE(bot_fixture, "telegram: whoever has shut the bot out is sent no invoice") {
  control("block", {{"user", 501}});
  const auto refused = telegram("sendInvoice", {{"chat_id", 501},
                                                {"title", "10 videos"},
                                                {"description", "Ten"},
                                                {"payload", "pack10"},
                                                {"currency", "XTR"},
                                                {"prices", {{{"label", "10"}, {"amount", 250}}}}});
  CHECK(refused["error_code"] == 403);
  CHECK(refused["description"] == "Forbidden: bot was blocked by the user");
}

TEST_SUITE_END();
