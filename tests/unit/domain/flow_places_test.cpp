#include "talk.hpp"

#include "domain/apology.hpp"
#include "domain/json.hpp"

using namespace neurocards;
using namespace neurocards::test;

namespace {

telegram::place place_in(const std::string& payload) {
  const auto object = json::parse_object(payload);
  REQUIRE(object);
  const auto found = object->child("place");
  if (!found)
    return {};
  return {found->number("thread"), found->number("direct_messages"),
          found->text("business_connection"), found->number("reply_to")};
}

/// All that the last step says, and the jobs it makes, belong to one place.
void check_place(const talk& t, const telegram::place& where) {
  const auto& commit = t.last.commit;
  auto all = commit.notifications;
  if (commit.order) {
    for (const auto* more :
         {&commit.order->accepted_notifications, &commit.order->refused_notifications})
      all.insert(all.end(), more->begin(), more->end());
    for (const auto& job : commit.order->jobs)
      CHECK(place_in(job.prompt_input) == where);
  }
  CHECK(!all.empty());
  for (const auto& x : all)
    CHECK_MESSAGE(place_in(x.payload) == where, x.payload);
}

} // namespace

TEST_SUITE_BEGIN("unit/domain/flow_places");

TEST_CASE("flow: an answer goes where the question came from, and so does word of its jobs") {
  talk t = talk::known(10);
  const telegram::place topic{7, 0, "", 0};
  t.place_known = true;
  t.place = topic;
  t.photo("Кружка. Держит тепло два часа.");
  check_place(t, topic);
  REQUIRE(t.press_label("✨ UGC блогер"));
  t.say("-");
  check_place(t, topic);
  REQUIRE(t.press_label("3️⃣"));
  REQUIRE(t.press_label("🚀 Запустить"));
  REQUIRE(t.outcome == store::order_outcome::accepted);
  CHECK(t.last.commit.order->jobs.size() == 3);
  check_place(t, topic);
  t.say("/menu");
  check_place(t, topic);
  t.place = {};
  t.say("/menu"); // outside of topics
  check_place(t, {});
}

TEST_CASE("flow: a button under an old message is answered where the talk was") {
  talk t = talk::known(10);
  const telegram::place there{0, 77, "biz", 0};
  t.place_known = true;
  t.place = there;
  t.photo("Кружка. Держит тепло два часа.");
  t.place_known = false;
  t.place = {};
  REQUIRE(t.press_label("✨ UGC блогер"));
  check_place(t, there);
  t.press(flow::data_of(flow::action::menu));
  check_place(t, there);
}

TEST_CASE("flow: groups, invoices and apologies keep to their place as well") {
  talk group = talk::known();
  group.where = telegram::chat_kind::group;
  group.chat = chat_id{-100};
  group.place_known = true;
  group.place = {5, 0, "", 12};
  group.say("/start");
  check_place(group, group.place);

  talk buyer = talk::known();
  buyer.place_known = true;
  buyer.place = {9, 0, "", 0};
  buyer.say("/balance");
  check_place(buyer, buyer.place);

  telegram::incoming in;
  in.chat = chat_id{501};
  in.content = test::message_of(telegram::content_kind::text, "x");
  in.answer_to = {9, 0, "", 0};
  CHECK(place_in(flow::apology(in).notifications.at(0).payload) == in.answer_to);
}

TEST_CASE("flow: what has no place is written as before") {
  talk t = talk::known();
  t.place_known = true;
  t.say("/menu");
  CHECK(t.last.commit.notifications.at(0).payload.find("place") == std::string::npos);
  CHECK(t.data.find("where") == std::string::npos);
  CHECK(outbox::to_json(telegram::place{}).empty());
  CHECK(outbox::parse_place("nonsense").empty());
}

TEST_SUITE_END();
