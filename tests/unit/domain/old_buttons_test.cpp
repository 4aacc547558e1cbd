#include "domain/old_buttons.hpp"

#include "talk.hpp"

/// Every button of every version of the superseded bot gets an answer that leads on.

using namespace neurocards;
using namespace neurocards::test;
using flow::action;

TEST_SUITE_BEGIN("unit/domain/old_buttons");

TEST_CASE("old buttons: every form leads to the screen that it meant") {
  const struct {
    const char* data;
    action leads_to;
  } table[] = {
    {"back_to_menu", action::menu},
    {"continue", action::menu},
    {"accept_terms", action::menu},
    {"make_reels", action::create},
    {"make_neurocard", action::create},
    {"template_1", action::create},
    {"again:reels", action::create},
    {"again:neurocard", action::create},
    {"cabinet", action::cabinet},
    {"balance", action::cabinet},
    {"topup", action::shop},
    {"pay:5", action::shop},
    {"pay:100", action::shop},
    {"support", action::help},
    {"retry:b0000000-0000-4000-8000-000000000001", action::history},
    {"make_another_same_product", action::history},
    {"retry_generation", action::menu},
    {"product_link", action::menu},
    {"ref_soon", action::menu},
    {"cancel", action::menu},
    {"test_payment_confirm:7:100", action::menu},
    {"tpl:ugc", action::resume},
    {"tpl:creative", action::resume},
    {"count:3", action::resume},
    {"confirm_generation", action::resume},
    {"confirm_self_prompt", action::resume},
    {"edit_self_prompt", action::resume},
  };
  for (const auto& x : table) {
    CAPTURE(x.data);
    const auto button = flow::understand_data(x.data);
    REQUIRE(button.has_value());
    CHECK(button->chosen == x.leads_to);
    CHECK(button->id == uuid{});
    CHECK(button->argument.empty());
    CHECK_FALSE(flow::parse_data(x.data).has_value());
  }
}

TEST_CASE("old buttons: what nobody ever made stays unknown, and ours stay ours") {
  for (const char* data : {"", ":", "pay:", "retry:", "tpl", "menu", "cabinet:1", "xpay:5"})
    CHECK_FALSE(flow::understand_data(data).has_value());
  const auto ours = flow::understand_data(flow::data_of(action::shop));
  REQUIRE(ours.has_value());
  CHECK(ours->chosen == action::shop);
}

TEST_CASE("old buttons: a press is answered by its screen") {
  talk t = talk::known();
  t.press("topup");
  const auto shop = t.said();
  t.press(flow::data_of(action::shop));
  CHECK(shop == t.said());
  t.press("cabinet");
  const auto cabinet = t.said();
  t.press(flow::data_of(action::cabinet));
  CHECK(cabinet == t.said());
}

TEST_CASE("old buttons: a step of a forgotten order asks for a photo, and disturbs no new one") {
  talk t = talk::known();
  t.press("confirm_generation");
  CHECK(t.state == "awaiting_photo");
  CHECK(t.inputs.empty());
  talk ordering = talk::known();
  ordering.photo("Кружка");
  const auto before = ordering.state;
  ordering.press("count:5");
  CHECK(ordering.state == before);
  CHECK(ordering.inputs.empty());
}

TEST_CASE("old buttons: none brings credits, and without consent the terms come first") {
  talk t = talk::known(3);
  t.press("test_payment_confirm:7:100");
  CHECK(t.credits == 3);
  CHECK(t.charges.empty());
  talk stranger;
  stranger.press("accept_terms");
  CHECK(stranger.terms.empty());
  CHECK_FALSE(stranger.button("✅").empty());
}

TEST_SUITE_END();
