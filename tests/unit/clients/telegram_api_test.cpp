#include "clients/telegram.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace neurocards;
using namespace neurocards::telegram;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

const api bot{"https://api.telegram.org", secret{"123:abc"}, 180s};

std::string part_of(const http::request& x, const std::string& name) {
  for (const auto& p : x.parts)
    if (p.name == name)
      return p.file.empty() ? p.value : "file:" + p.file;
  return "none";
}

outgoing hello() {
  outgoing x;
  x.text = "<b>Привет</b>";
  x.buttons = {{{"В меню", "v1:menu", "", false}}};
  return x;
}

} // namespace

TEST_SUITE_BEGIN("unit/clients/telegram_api");

TEST_CASE("telegram: every call goes to its method with the token in the path only") {
  struct row {
    const char* method;
    http::request request;
  };
  const std::vector<row> rows{
    {"getMe", bot.get_me()},
    {"getUpdates", bot.get_updates(7, 50s)},
    {"deleteWebhook", bot.delete_webhook()},
    {"setWebhook", bot.set_webhook("https://x.example/telegram/webhook", secret{"s"})},
    {"sendMessage", bot.send_message(chat_id{5}, hello())},
    {"sendMessage", bot.send_plain_message(chat_id{5}, hello())},
    {"sendVideo", bot.send_video(chat_id{5}, {}, {})},
    {"editMessageText", bot.edit_message_text(chat_id{5}, 9, hello())},
    {"answerCallbackQuery", bot.answer_callback_query("q")},
    {"answerPreCheckoutQuery", bot.answer_pre_checkout_query("q")},
    {"sendInvoice", bot.send_invoice(chat_id{5}, {})},
    {"getFile", bot.get_file("F")},
    {"setMyCommands", bot.set_my_commands({}, "en")},
  };
  for (const auto& x : rows) {
    CAPTURE(x.method);
    CHECK(x.request.method == "POST");
    CHECK(x.request.url == std::string{"https://api.telegram.org/bot123:abc/"} + x.method);
    CHECK(x.request.label == std::string{"telegram."} + x.method);
    CHECK(x.request.timeout >= 180s);
    CHECK(x.request.body.find("123:abc") == std::string::npos);
    if (!x.request.body.empty())
      CHECK(json::parse(x.request.body).is_object());
  }
}

TEST_CASE("telegram: a long poll outlasts its wait, and says what it wants") {
  const api quick{"http://x", secret{"t"}, 5s};
  const auto x = quick.get_updates(0, 50s);
  CHECK(x.timeout == 60s);
  const auto body = json::parse(x.body);
  CHECK(body["timeout"] == 50);
  CHECK(!body.contains("offset"));
  CHECK(body["allowed_updates"]
        == json::array({"message", "callback_query", "pre_checkout_query", "my_chat_member"}));
  CHECK(json::parse(bot.get_updates(9, 50s).body)["offset"] == 9);
}

TEST_CASE("telegram: messages") {
  const auto body = json::parse(bot.send_message(chat_id{-5}, hello()).body);
  CHECK(body["chat_id"] == -5);
  CHECK(body["text"] == "<b>Привет</b>");
  CHECK(body["parse_mode"] == "HTML");
  CHECK(body["link_preview_options"]["is_disabled"] == true);
  CHECK(body["reply_markup"]["inline_keyboard"][0][0]["callback_data"] == "v1:menu");
  CHECK(!json::parse(bot.send_plain_message(chat_id{5}, hello()).body).contains("parse_mode"));
  const auto edit = json::parse(bot.edit_message_text(chat_id{5}, 9, hello()).body);
  CHECK(edit["message_id"] == 9);
}

TEST_CASE("telegram: every call waits and goes as it was configured") {
  const api mine{"https://api.telegram.org", secret{"123:abc"}, 20s, "http://proxy.example:3128"};
  for (const auto& x :
       {mine.get_me(), mine.send_message(chat_id{7}, hello()), mine.get_file("f")}) {
    CHECK(x.timeout == 20s);
    CHECK(x.proxy == "http://proxy.example:3128");
  }
  CHECK(mine.get_updates(1, 50s).timeout == 60s); // what Telegram may wait comes before the rest
  CHECK(mine.get_updates(1, 50s).proxy == "http://proxy.example:3128");
  CHECK(bot.get_me().timeout == 180s);
  CHECK(bot.get_me().proxy.empty());
}

TEST_CASE("telegram: an answer goes to its place in the chat, as far as the method knows places") {
  const place everything{7, 8, "biz", 9};
  const destination to{chat_id{5}, everything};
  const auto text = json::parse(bot.send_message(to, hello()).body);
  CHECK(text["message_thread_id"] == 7);
  CHECK(text["direct_messages_topic_id"] == 8);
  CHECK(text["business_connection_id"] == "biz");
  CHECK(text["reply_parameters"] == json{{"message_id", 9}, {"allow_sending_without_reply", true}});
  const auto plain = json::parse(bot.send_plain_message(to, hello()).body);
  CHECK(plain["message_thread_id"] == 7);
  const auto video =
    bot.send_video(to, {.file_id = "V", .url = "", .file = "", .file_name = ""}, {});
  CHECK(part_of(video, "message_thread_id") == "7");
  CHECK(part_of(video, "direct_messages_topic_id") == "8");
  CHECK(part_of(video, "business_connection_id") == "biz");
  CHECK(json::parse(part_of(video, "reply_parameters"))["message_id"] == 9);
  const auto invoice = json::parse(bot.send_invoice(to, {"t", "d", "p", "l", 5}).body);
  CHECK(invoice["message_thread_id"] == 7);
  CHECK(invoice["direct_messages_topic_id"] == 8);
  CHECK(!invoice.contains("business_connection_id"));
  const auto edit = json::parse(bot.edit_message_text(to, 3, hello()).body);
  CHECK(edit["business_connection_id"] == "biz");
  CHECK(!edit.contains("message_thread_id"));
  CHECK(!edit.contains("reply_parameters"));
  const auto nowhere = json::parse(bot.send_message(chat_id{5}, hello()).body);
  for (const auto* name : {"message_thread_id", "direct_messages_topic_id",
                           "business_connection_id", "reply_parameters"})
    CHECK_MESSAGE(!nowhere.contains(name), name);
}

TEST_CASE("telegram: an upload has its preview with it, what Telegram has already has none") {
  media x;
  x.file = "/tmp/v.mp4";
  x.thumbnail = "/tmp/t.jpg";
  CHECK(part_of(bot.send_video(chat_id{5}, x, {}), "thumbnail") == "file:/tmp/t.jpg");
  x.file.clear();
  x.file_id = "V";
  const auto by_id = bot.send_video(chat_id{5}, x, {}, {720, 1280, 15});
  CHECK(part_of(by_id, "thumbnail") == "none");
  CHECK(part_of(by_id, "width") == "720");
  CHECK(part_of(by_id, "duration") == "15");
}

TEST_CASE("telegram: a server of one's own, behind a prefix, with its files on disk") {
  const api own{"http://10.0.0.5:8081/tg", secret{"12:abc"}, 5s};
  CHECK(own.get_me().url == "http://10.0.0.5:8081/tg/bot12:abc/getMe");
  CHECK(own.own_server());
  CHECK(own.max_upload_bytes() == 2'000'000'000);
  CHECK(own.lies_on_disk("/var/lib/bot-api/12:abc/photos/file_1.jpg"));
  CHECK_FALSE(own.lies_on_disk("photos/file_1.jpg"));
  CHECK(own.download("photos/file_1.jpg", "/tmp/x").url
        == "http://10.0.0.5:8081/tg/file/bot12:abc/photos/file_1.jpg");
  CHECK(own.download("/var/lib/bot-api/12:abc/photos/file_1.jpg", "/tmp/x").url
        == "http://10.0.0.5:8081/tg/file/bot12:abc/photos/file_1.jpg");
  const api telegrams{"https://api.telegram.org", secret{"12:abc"}, 5s};
  CHECK_FALSE(telegrams.own_server());
  CHECK(telegrams.max_upload_bytes() == 50'000'000);
  CHECK_FALSE(telegrams.lies_on_disk("/etc/passwd"));
  CHECK(api{"https://api.telegram.org.example", secret{"1:a"}, 5s}.own_server());
}

TEST_CASE("telegram: text that is not UTF-8 does not stop a message") {
  outgoing x;
  x.text = "caf\xe9";
  CHECK(json::parse(bot.send_message(chat_id{5}, x).body)["text"] == "caf\ufffd");
}

TEST_CASE("telegram: a video by id, by address, from disk") {
  const auto by_id = bot.send_video(
    chat_id{5}, {.file_id = "V", .url = "", .file = "", .file_name = ""}, {"<b>x</b>", {}});
  CHECK(part_of(by_id, "video") == "V");
  CHECK(part_of(by_id, "chat_id") == "5");
  CHECK(part_of(by_id, "caption") == "<b>x</b>");
  CHECK(part_of(by_id, "parse_mode") == "HTML");
  CHECK(part_of(by_id, "supports_streaming") == "true");
  CHECK(part_of(by_id, "width") == "none");
  media by_url;
  by_url.url = "https://x.example/v.mp4";
  CHECK(part_of(bot.send_video(chat_id{5}, by_url, {}), "video") == "https://x.example/v.mp4");
  media from_disk;
  from_disk.file = "/tmp/v.mp4";
  from_disk.file_name = "video.mp4";
  const auto upload = bot.send_video(chat_id{5}, from_disk, {}, {720, 1280, 15});
  CHECK(part_of(upload, "video") == "file:/tmp/v.mp4");
  CHECK(part_of(upload, "height") == "1280");
  CHECK(part_of(upload, "duration") == "15");
  CHECK(part_of(upload, "caption") == "none");
  CHECK(upload.timeout >= 600s);
}

TEST_CASE("telegram: what users wait for passes everything else") {
  CHECK(bot.answer_callback_query("q").urgent);
  CHECK(bot.answer_pre_checkout_query("q").urgent);
  CHECK(!bot.send_message(chat_id{5}, hello()).urgent);
  CHECK(json::parse(bot.answer_pre_checkout_query("q").body)["ok"] == true);
  const auto refused = json::parse(bot.answer_pre_checkout_query("q", "Нет такого пакета").body);
  CHECK(refused["ok"] == false);
  CHECK(refused["error_message"] == "Нет такого пакета");
  const auto alert = json::parse(bot.answer_callback_query("q", "Уже", true).body);
  CHECK(alert["show_alert"] == true);
}

TEST_CASE("telegram: invoices are in Stars") {
  invoice x;
  x.title = "5 видео";
  x.label = "5 видео";
  x.payload = "pack:5";
  x.stars = 250;
  const auto body = json::parse(bot.send_invoice(chat_id{5}, x).body);
  CHECK(body["currency"] == "XTR");
  CHECK(body["prices"] == json::array({{{"label", "5 видео"}, {"amount", 250}}}));
}

TEST_CASE("telegram: downloads") {
  const auto x = bot.download("photos/file 7.jpg", "/tmp/x");
  CHECK(x.url == "https://api.telegram.org/file/bot123:abc/photos/file%207.jpg");
  CHECK(x.save_to == "/tmp/x");
  CHECK(x.method == "GET");
}

TEST_SUITE_END();
