#include "domain/callback_data.hpp"
#include "domain/json.hpp"
#include "domain/outbox.hpp"
#include "domain/session.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace neurocards;
using namespace neurocards::flow;

namespace {

session full_session() {
  session s;
  s.order = draft{draft_id{uuid{{1, 2, 3}}},
                  storage_key{"photos/a.jpg"},
                  "Кружка \"<&>\"\n",
                  order_template::ugc,
                  "",
                  "A mug.",
                  true,
                  script_edit::add,
                  5,
                  true};
  s.paused = true;
  s.album = "13";
  s.album_has_photo = true;
  s.early = early_photo{{"f", "u", "n", "image/png", 1, 2, 3}, true, "подпись"};
  s.ordered = {draft_id{uuid{{4}}}, draft_id{uuid{{5}}}};
  return s;
}

} // namespace

TEST_SUITE_BEGIN("unit/domain/session");

TEST_CASE("session: a session is read as it was written") {
  const session s = full_session();
  const store::session_row row = to_row(s);
  CHECK(row.state == "idle");
  CHECK(parse_session(row.state, row.data).value == s);
  session waiting;
  waiting.asked_for_photo = true;
  CHECK(to_row(waiting).state == "awaiting_photo");
  CHECK(parse_session("awaiting_photo", to_row(waiting).data).value == waiting);
}

TEST_CASE("session: what cannot be read is as if it had never been written") {
  for (const char* data : {"", "null", "[]", "{", "{\"v\":\"1\"}", "{\"v\":1,\"order\":null}",
                           "{\"v\":1,\"order\":{\"id\":\"x\"}}"})
    CHECK(parse_session("idle", data).value == session{});
  CHECK(parse_session("awaiting_count", "{}").lost);
  CHECK_FALSE(parse_session("awaiting_photo", "{}").lost);
  CHECK_FALSE(parse_session("", "").lost);
  CHECK_FALSE(parse_session("nonsense", "").lost);
  // Fields of a later program are no fault.
  CHECK(parse_session("idle", R"({"v":1,"more":[1,{}],"album":"7"})").value.album == "7");
}

TEST_CASE("session: a damaged session never breaks the reader") {
  std::mt19937 random{7};
  const store::session_row row = to_row(full_session());
  for (int round = 0; round < 20'000; ++round) {
    std::string data = row.data;
    for (int i = 0; i < 3; ++i)
      data[random() % data.size()] = static_cast<char>(random());
    const stored_session read =
      parse_session(row.state, data.substr(0, random() % (data.size() + 1)));
    const store::session_row again = to_row(read.value);
    REQUIRE(parse_state(again.state));
    REQUIRE(json::parse_object(again.data));
  }
}

TEST_CASE("session: an order asks for what it lacks first") {
  draft d;
  CHECK(next_step(d) == state::awaiting_photo);
  d.photo = storage_key{"photos/a.jpg"};
  CHECK(next_step(d) == state::awaiting_description);
  d.description = "Кружка";
  CHECK(next_step(d) == state::awaiting_template);
  d.chosen_template = order_template::ugc;
  CHECK(next_step(d) == state::awaiting_wishes);
  d.wishes = "";
  CHECK(next_step(d) == state::awaiting_count);
  d.chosen_template = order_template::self;
  CHECK(next_step(d) == state::awaiting_own_prompt);
  d.own_prompt_approved = true;
  d.count = 1;
  CHECK(next_step(d) == state::awaiting_confirmation);
}

TEST_CASE("session: only the last orders are remembered") {
  session s;
  for (uint8_t i = 1; i < 20; ++i)
    remember_ordered(s, draft_id{uuid{{i}}});
  CHECK(s.ordered.size() == 5);
  CHECK(s.ordered.back() == draft_id{uuid{{19}}});
}

TEST_CASE("session: a uuid in 22 characters is the same uuid") {
  std::mt19937 random{1};
  for (int round = 0; round < 1'000; ++round) {
    uuid x;
    for (uint8_t& b : x.bytes)
      b = static_cast<uint8_t>(random());
    const std::string text = compact(x);
    REQUIRE(text.size() == 22);
    REQUIRE(parse_compact(text) == x);
  }
  CHECK_FALSE(
    parse_compact("AAAAAAAAAAAAAAAAAAAAAB")); // spare bits are not zero: two spellings of one id
  CHECK_FALSE(parse_compact("AAAAAAAAAAAAAAAAAAAAA"));
  CHECK_FALSE(parse_compact("AAAAAAAAAAAAAAAAAAAA+A"));
}

TEST_CASE("session: button data fits into 64 bytes and is read as it was written") {
  const uuid id{{0xFF, 0xFE, 0xFD, 1, 2, 3}};
  const std::string longest = data_of(action::choose_template, id, "self");
  CHECK(longest.size() <= 64);
  const auto read = parse_data(longest);
  REQUIRE(read);
  CHECK(read->chosen == action::choose_template);
  CHECK(read->id == id);
  CHECK(read->argument == "self");
  CHECK(data_of(action::agree, {}, std::string(24, 'v')).size() <= 64);
  CHECK(parse_data("1:menu"));
  for (const char* bad : {"", "menu", "0:menu", "1:menu:", "1:menu:x", "1:run", "1:run:x",
                          "1:tpl:AAAAAAAAAAAAAAAAAAAAAA", "1:tpl:AAAAAAAAAAAAAAAAAAAAAA:",
                          "1:pack:5 x", "1:tpl:AAAAAAAAAAAAAAAAAAAAAA:ugc:more"})
    CHECK_FALSE_MESSAGE(parse_data(bad), bad);
}

TEST_CASE("session: a message survives the outbox") {
  const telegram::outgoing sent{
    "<b>Привет</b> \"&amp;\"\n🧪",
    {{{"A", "1:menu", {}, false}, {"B", {}, "https://t.me/x", false}}, {{"C", {}, {}, true}}},
    true};
  const auto got = outbox::parse_outgoing(outbox::to_json(sent));
  REQUIRE(got);
  CHECK(got->text == sent.text);
  REQUIRE(got->buttons.size() == 2);
  CHECK(got->buttons[0][0].data == "1:menu");
  CHECK(got->buttons[0][1].url == "https://t.me/x");
  CHECK(got->buttons[1][0].pay);
  CHECK(got->disable_preview);
  CHECK_FALSE(outbox::parse_outgoing("{}"));
  CHECK_FALSE(outbox::parse_outgoing("[1"));
  CHECK(outbox::parse_outgoing(
          R"({"text":"x","buttons":[1,[2,{"text":""}],[{"text":"a","data":"b","url":"c"}]]})")
          ->buttons.empty());
  const telegram::invoice invoice{"t", "d", "p", "l", 5};
  CHECK(outbox::parse_invoice(outbox::to_json(invoice))->stars == 5);
  CHECK_FALSE(outbox::parse_invoice(R"({"title":"t","payload":"p"})"));
  CHECK(outbox::reply_markup({}).empty());
  CHECK(outbox::reply_markup({{{"A", "1:menu", {}, false}}})
        == R"({"inline_keyboard":[[{"callback_data":"1:menu","text":"A"}]]})");
}

TEST_SUITE_END();
