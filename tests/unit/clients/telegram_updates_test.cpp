#include "clients/telegram.hpp"

#include "recorded.hpp"

using namespace neurocards;
using namespace neurocards::telegram;
using namespace neurocards::test;

namespace {

template <class T>
const T& as(const received_update& x) {
  REQUIRE(std::holds_alternative<T>(x.parsed.content));
  return std::get<T>(x.parsed.content);
}

received_update parsed(std::string_view text) {
  auto x = parse_update(text);
  REQUIRE(x);
  return *x;
}

} // namespace

TEST_SUITE_BEGIN("unit/clients/telegram_updates");

TEST_CASE("telegram: a page of updates is read and sorted") {
  const auto page = parse_updates(answered(200, test::recorded("telegram/updates.json")));
  REQUIRE(page.status.ok());
  REQUIRE(page.updates.size() == 7);
  for (size_t i = 0; i < page.updates.size(); ++i)
    CHECK(page.updates[i].parsed.update.value == 9003 + static_cast<int64_t>(i));

  const auto& photo = page.updates[0];
  CHECK(photo.kind == "message");
  CHECK(photo.parsed.chat == chat_id{501});
  CHECK(photo.parsed.where == chat_kind::private_chat);
  CHECK(photo.parsed.who.user == user_id{501});
  CHECK(photo.parsed.who.first_name == "Лена");
  CHECK(photo.parsed.who.username == "lena_k");
  CHECK(photo.parsed.who.language_code == "ru");
  const auto& content = as<message>(photo);
  CHECK(content.content == content_kind::photo);
  CHECK(content.text == "Кружка ручной работы");
  CHECK(content.media_group == "mg-1");
  REQUIRE(content.file);
  CHECK(content.file->file_id == "P-large"); // by area, not by place
  CHECK(content.file->bytes == 201345);

  const auto& pressed = as<telegram::callback_query>(page.updates[1]);
  CHECK(pressed.id == "cb-1");
  CHECK(pressed.data == "v1:tpl:ugc");
  CHECK(pressed.message_id == 13);

  const auto& asked = as<telegram::pre_checkout_query>(page.updates[2]);
  CHECK(asked.id == "pc-1");
  CHECK(asked.amount == 250);
  CHECK(asked.payload == "pack:5:501");
  CHECK(page.updates[2].parsed.chat.value == 0);
  CHECK(page.updates[2].parsed.who.user == user_id{501});

  CHECK(as<membership>(page.updates[3]).blocked);
  CHECK(as<message>(page.updates[4]).text == "/start");
  CHECK(page.updates[5].kind == "unknown");
  as<unknown_update>(page.updates[5]);

  const auto& paid = as<telegram::successful_payment>(page.updates[6]);
  CHECK(paid.charge_id == "stx1");
  CHECK(paid.currency == "XTR");
  CHECK(paid.amount == 250);
}

TEST_CASE("telegram: the raw text of an update reads as the update itself") {
  const auto page = parse_updates(answered(200, test::recorded("telegram/updates.json")));
  for (const auto& x : page.updates) {
    const auto again = parsed(x.raw);
    CHECK(again.raw == x.raw);
    CHECK(again.kind == x.kind);
    CHECK(again.parsed.update == x.parsed.update);
    CHECK(again.parsed.content.index() == x.parsed.content.index());
  }
}

TEST_CASE("telegram: raw text is fit for jsonb") {
  const auto x =
    parsed(R"({"update_id":1,"message":{"message_id":2,"chat":{"id":3,"type":"private"},
    "text":"a\u0000b \\u0000 \\\u0000"}})");
  CHECK(x.raw.find(R"(a\ufffdb \\u0000 \\\ufffd)") != std::string::npos);
  CHECK(as<message>(x).text == R"(ab \u0000 \)");
}

TEST_CASE("telegram: kinds of content") {
  struct row {
    const char* content;
    content_kind kind;
  };
  const std::vector<row> rows{
    {R"("text":"x")", content_kind::text},
    {R"("document":{"file_id":"d","mime_type":"image/png"})", content_kind::image_document},
    {R"("document":{"file_id":"d","mime_type":"application/pdf"})", content_kind::document},
    {R"("document":{"file_id":"d"})", content_kind::document},
    {R"("animation":{"file_id":"a"},"document":{"file_id":"a","mime_type":"image/gif"})",
     content_kind::animation},
    {R"("video":{"file_id":"v"})", content_kind::video},
    {R"("video_note":{})", content_kind::video_note},
    {R"("voice":{})", content_kind::voice},
    {R"("audio":{})", content_kind::audio},
    {R"("sticker":{})", content_kind::sticker},
    {R"("contact":{})", content_kind::contact},
    {R"("location":{})", content_kind::location},
    {R"("venue":{},"location":{})", content_kind::location},
    {R"("poll":{})", content_kind::poll},
    {R"("dice":{})", content_kind::other},
    {R"("holograph":{})", content_kind::other},
    {R"("photo":[])", content_kind::other},
    {R"("photo":"x")", content_kind::other},
    {R"("photo":[{"width":5}])", content_kind::other},
  };
  for (const auto& x : rows) {
    CAPTURE(x.content);
    const auto update = parsed(std::string{R"({"update_id":1,"message":{"message_id":2,)"
                                           R"("chat":{"id":3,"type":"private"},"from":{"id":3},)"}
                               + x.content + "}}");
    CHECK(static_cast<int>(as<message>(update).content) == static_cast<int>(x.kind));
  }
}

TEST_CASE("telegram: what nobody wrote, or cannot be used, is confirmed without an answer") {
  for (const char* text : {
         R"({"update_id":1})",
         R"({"update_id":1,"message":5})",
         R"({"update_id":1,"message":{"text":"no chat"}})",
         R"({"update_id":1,"message":{"chat":{"id":3,"type":"private"},"pinned_message":{}}})",
         R"({"update_id":1,"message":{"chat":{"id":3,"type":"private"},"refunded_payment":{}}})",
         R"({"update_id":1,"message":{"chat":{"id":3,"type":"private"},"successful_payment":{}}})",
         R"({"update_id":1,"callback_query":{"from":{"id":3}}})",
         R"({"update_id":1,"pre_checkout_query":[]})",
         R"({"update_id":1,"my_chat_member":{"chat":{"id":3}}})",
         R"({"update_id":1,"channel_post":{"chat":{"id":3}}})",
       }) {
    CAPTURE(text);
    as<unknown_update>(parsed(text));
  }
}

TEST_CASE("telegram: a button under a message too old to tell") {
  const auto x =
    parsed(R"({"update_id":1,"callback_query":{"id":"c","from":{"id":77},"data":"d"}})");
  CHECK(x.parsed.chat == chat_id{77});
  CHECK(as<telegram::callback_query>(x).message_id == 0);
}

TEST_CASE("telegram: chats that are not private, and edits") {
  const auto group = parsed(R"({"update_id":1,"message":{"message_id":2,"text":"x",
    "chat":{"id":-100500,"type":"supergroup"},"from":{"id":3}}})");
  CHECK(group.parsed.where == chat_kind::group);
  CHECK(group.parsed.chat == chat_id{-100500});
  const auto edited = parsed(R"({"update_id":1,"edited_message":{"message_id":2,"text":"x",
    "chat":{"id":3,"type":"private"},"from":{"id":3}}})");
  CHECK(as<message>(edited).edited);
}

TEST_CASE("telegram: the place of a message in its chat") {
  const struct {
    const char* name;
    const char* message; // what it has besides the usual
    const char* chat;    // its type
    place where;
  } table[] = {
    {"a topic of a private chat",
     R"("message_thread_id":7,"is_topic_message":true)",
     "private",
     {7, 0, "", 0}},
    {"a private chat that does not say so", R"("message_thread_id":7)", "private", {7, 0, "", 0}},
    {"no topic", R"("date":1)", "private", {}},
    {"a topic of a forum",
     R"("message_thread_id":7,"is_topic_message":true)",
     "supergroup",
     {7, 0, "", 2}},
    {"a row of replies", R"("message_thread_id":7)", "supergroup", {0, 0, "", 2}},
    {"messages to a channel",
     R"("direct_messages_topic":{"topic_id":77})",
     "supergroup",
     {0, 77, "", 2}},
    {"a business account", R"("business_connection_id":"biz")", "private", {0, 0, "biz", 0}},
    {"odd values",
     R"("message_thread_id":{},"business_connection_id":[],"direct_messages_topic":5)",
     "private",
     {}},
  };
  for (const auto& x : table) {
    CAPTURE(x.name);
    const std::string message = std::string{R"({"message_id":2,"date":1767225700,"text":"x",)"}
                                + x.message + R"(,"chat":{"id":3,"type":")" + x.chat
                                + R"("},"from":{"id":3}})";
    const auto sent = parsed(R"({"update_id":1,"message":)" + message + "}");
    CHECK(sent.parsed.place_known);
    CHECK(sent.parsed.answer_to == x.where);
    const auto pressed =
      parsed(R"({"update_id":1,"callback_query":{"id":"c","from":{"id":3},"data":"d",
      "message":)"
             + message + "}}");
    auto of_button = x.where;
    of_button.reply_to = 0;
    CHECK(pressed.parsed.place_known);
    CHECK(pressed.parsed.answer_to == of_button);
  }
  const auto paid = parsed(R"({"update_id":1,"message":{"message_id":2,"message_thread_id":7,
    "chat":{"id":3,"type":"private"},"from":{"id":3},"successful_payment":{"currency":"XTR",
    "telegram_payment_charge_id":"x","total_amount":1,"invoice_payload":"p"}}})");
  CHECK(paid.parsed.answer_to.thread == 7);
}

TEST_CASE("telegram: a refund is its user's, whoever is told to have sent the message") {
  for (const char* from : {R"({"id":3,"is_bot":false,"first_name":"Ann","language_code":"en"})",
                           R"({"id":7000000001,"is_bot":true,"first_name":"Bot"})"}) {
    const auto x = parsed(R"({"update_id":1,"message":{"message_id":2,"date":1,"from":)"
                          + std::string{from} + R"(,"chat":{"id":3,"type":"private",
      "first_name":"Ann","username":"ann"},"refunded_payment":{"currency":"XTR","total_amount":250,
      "invoice_payload":"p","telegram_payment_charge_id":"stx1"}}})");
    const auto& refund = as<telegram::refunded_payment>(x);
    CHECK(refund.charge_id == "stx1");
    CHECK(refund.currency == "XTR");
    CHECK(refund.amount == 250);
    CHECK(refund.payload == "p");
    CHECK(x.parsed.chat == chat_id{3});
    CHECK(x.parsed.who.user == user_id{3});
    CHECK(x.parsed.who.first_name == "Ann");
  }
}

TEST_CASE("telegram: a message is of when it was sent or changed") {
  const auto date_of = [](const std::string& update, const std::string& dates) {
    const auto x = parsed(R"({"update_id":1,")" + update + R"(":{"message_id":2,"text":"x",)"
                          + dates + R"("chat":{"id":3,"type":"private"},"from":{"id":3}}})");
    return std::get<telegram::message>(x.parsed.content).date;
  };
  CHECK(date_of("message", R"("date":1767225700,)") == 1767225700);
  CHECK(date_of("edited_message", R"("date":1767225700,"edit_date":1767229300,)") == 1767229300);
  CHECK(date_of("message", "") == 0);
}

TEST_CASE("telegram: a button under an old message does not tell its place") {
  for (const char* message :
       {R"({"chat":{"id":3,"type":"private"},"message_id":2,"date":0})", "null"}) {
    const auto x = parsed(R"({"update_id":1,"callback_query":{"id":"c","from":{"id":3},"data":"d",
      "message":)" + std::string{message}
                          + "}}");
    CHECK_FALSE(x.parsed.place_known);
    CHECK(x.parsed.chat == chat_id{3});
  }
}

TEST_CASE("telegram: word of a topic is no message of anybody's") {
  for (const char* member : {"forum_topic_created", "forum_topic_edited", "forum_topic_closed"}) {
    const auto x = parsed(R"({"update_id":1,"message":{"message_id":2,"message_thread_id":2,")"
                          + std::string{member} + R"(":{},"chat":{"id":3,"type":"private"},
      "from":{"id":3}}})");
    CHECK(std::holds_alternative<unknown_update>(x.parsed.content));
  }
}

TEST_CASE("telegram: without an id there is no update") {
  for (const char* text :
       {R"({"update_id":null})", R"({"update_id":1.5})", R"({"message":{}})", "[]", "1"})
    CHECK(!parse_update(text));
}

TEST_CASE("telegram: hostile bodies are refused or ignored") {
  for (const auto& body : test::hostile_bodies()) {
    static_cast<void>(parse_update(body));
    const auto page = parse_updates(answered(200, body));
    CHECK(page.updates.size() <= 1);
    static_cast<void>(parse_answer(answered(200, body)));
  }
}

TEST_SUITE_END();
