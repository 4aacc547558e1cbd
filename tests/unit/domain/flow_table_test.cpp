#include "talk.hpp"

#include "domain/notifications.hpp"
#include "protocol/store/outbox.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <random>

/// Every state × every kind of input: an answer exists, and Telegram would take it.

using namespace neurocards;
using namespace neurocards::test;
using telegram::content_kind;

namespace {

struct situation {
  std::string name;
  std::function<talk()> reach;
};

struct input {
  std::string name;
  std::function<void(talk&)> give;
  bool silent = false; // a conscious decision: no message
};

const std::string nasty = "<b>&amp; \"жирный\" </i> \xF0\x9F\xA7\xAA\xE2\x80\xAE\x01\xFF <script>";

/// Somebody who is known, with two credits, after these steps.
std::function<talk()> ordering(std::function<void(talk&)> steps) {
  return [steps = std::move(steps)] {
    talk t = talk::known(2);
    steps(t);
    return t;
  };
}

std::vector<situation> steps_of_orders() {
  return {
    {"idle", ordering([](talk&) {})},
    {"awaiting_photo", ordering([](talk& t) { t.press(flow::data_of(flow::action::create)); })},
    {"awaiting_description", ordering([](talk& t) { t.photo(); })},
    {"awaiting_template", ordering([](talk& t) { t.photo(nasty); })},
    {"awaiting_wishes", ordering([](talk& t) {
       t.photo(nasty);
       t.press_label("✨");
     })},
    {"awaiting_own_prompt", ordering([](talk& t) {
       t.photo(nasty);
       t.press_label("🧑‍💻");
     })},
    {"awaiting_own_prompt, shown", ordering([](talk& t) {
       t.photo(nasty);
       t.press_label("🧑‍💻");
       t.say(nasty);
     })},
    {"awaiting_count", ordering([](talk& t) {
       t.photo(nasty);
       t.press_label("✨");
       t.say(nasty);
     })},
    {"awaiting_confirmation", ordering([](talk& t) {
       t.photo(nasty);
       t.press_label("✨");
       t.say(nasty);
       t.press_label("1️⃣");
     })},
    {"awaiting_confirmation, too poor", ordering([](talk& t) {
       t.photo(nasty);
       t.press_label("🎥");
       t.say(nasty);
       t.press_label("5️⃣");
     })},
    {"paused", ordering([](talk& t) {
       t.photo(nasty);
       t.say("/menu");
     })},
    {"ordered", ordering([](talk& t) {
       t.photo(nasty);
       t.press_label("✨");
       t.say("-");
       t.press_label("1️⃣");
       t.press_label("🚀");
     })},
    {"nothing for sale", ordering([](talk& t) {
       t.config.credits.packs.clear();
       t.config.terms = {"1", "", "", ""};
       t.photo(nasty);
       t.press_label("🎥");
       t.say(nasty);
       t.press_label("5️⃣");
     })},
  };
}

std::vector<situation> situations() {
  std::vector<situation> all{
    {"a stranger", [] { return talk{}; }},
    {"a stranger with a photo",
     [] {
       talk t;
       t.photo(nasty);
       return t;
     }},
    {"terms changed",
     [] {
       talk t = talk::known();
       t.photo(nasty);
       t.config.terms.version = "2";
       return t;
     }},
    {"session lost",
     [] {
       talk t = talk::known();
       t.state = "awaiting_count";
       return t;
     }},
    {"session garbled",
     [] {
       talk t = talk::known();
       t.state = "чушь";
       t.data = "{\"v\":1,\"order\":{\"id\":7}}";
       return t;
     }},
    {"banned",
     [] {
       talk t = talk::known();
       t.banned = true;
       return t;
     }},
  };
  std::ranges::move(steps_of_orders(), std::back_inserter(all));
  return all;
}

void pay_for_a_pack(talk& t) {
  t.give(telegram::successful_payment{"c", "XTR", 250, "1:AAAAAAAAAAAAAAAAAAAAAA:5x250"});
}

void refund(talk& t) {
  t.give(telegram::refunded_payment{"c", "XTR", 250, "?"});
}

void add_texts(std::vector<input>& all) {
  for (const char* text : {"/start", "/start deep-link", "/menu", "/balance", "/history", "/help",
                           "/terms", "/support", "/paysupport", "/cancel", "/nonsense", "/", "-",
                           "1", "3", "5", "текст", " ", "\x01"})
    all.push_back({std::string{"text "} + text, [text](talk& t) { t.say(text); }});
  all.push_back({"nasty text", [](talk& t) { t.say(nasty); }});
  all.push_back({"long text", [](talk& t) {
                   std::string text;
                   for (int i = 0; i < 4096; ++i)
                     text += i % 7 == 0 ? "<" : "ы";
                   t.say(text);
                 }});
  all.push_back({"long emoji", [](talk& t) {
                   std::string text;
                   for (int i = 0; i < 2'000; ++i)
                     text += "🧪";
                   t.say(text);
                 }});
}

void add_contents(std::vector<input>& all) {
  for (int kind = 0; kind <= static_cast<int>(content_kind::other); ++kind)
    all.push_back(
      {"content " + std::to_string(kind), [kind](talk& t) {
         telegram::message m = test::message_of(static_cast<content_kind>(kind), nasty);
         if (m.content == content_kind::photo || m.content == content_kind::image_document)
           m.file = telegram::file_ref{"f", "u", "a.jpg", "image/jpeg", 800, 600, 1'000};
         t.send(m);
       }});
  for (int fault = 0; fault <= static_cast<int>(images::fault::too_narrow); ++fault)
    all.push_back({"photo refused " + std::to_string(fault), [fault](talk& t) {
                     t.next_photo = flow::photo_rejected{static_cast<images::fault>(fault)};
                     t.photo("Кружка");
                   }});
  all.push_back({"photo unavailable", [](talk& t) {
                   t.next_photo = flow::photo_unavailable{};
                   t.photo("Кружка");
                 }});
  all.push_back({"photo", [](talk& t) { t.photo(); }});
  all.push_back({"edited text", [](talk& t) {
                   telegram::message m = test::message_of(content_kind::text, "правка");
                   m.edited = true;
                   t.send(m);
                 }});
}

/// Every action: bound to the current draft where there is one, to nobody's, and malformed.
void add_buttons(std::vector<input>& all) {
  const uuid foreign{{9, 9, 9}};
  for (int i = 0; i <= static_cast<int>(flow::action::news_off); ++i)
    for (const std::string argument : {"ugc", "1", "ok", "add", "new", "5x250", "7x7", "zzz"}) {
      const auto action = static_cast<flow::action>(i);
      all.push_back(
        {"button " + std::to_string(i) + " " + argument + ", own", [=](talk& t) {
           const auto session = flow::parse_session(t.state, t.data).value;
           const uuid id = session.order             ? session.order->id.value
                           : session.ordered.empty() ? foreign
                                                     : session.ordered.back().value;
           t.press(flow::data_of(
             action, t.jobs.empty() || action != flow::action::once_more ? id : t.jobs[0].id.value,
             argument));
         }});
      all.push_back({"button " + std::to_string(i) + " " + argument + ", foreign",
                     [=](talk& t) { t.press(flow::data_of(action, foreign, argument)); }});
    }
  for (const char* data : {"", "1", "1:", "1:tpl", "1:tpl:x:ugc", "2:menu", "v1:tpl:ugc",
                           "\xFF\xFE", "1:run:AAAAAAAAAAAAAAAAAAAAAA:x"})
    all.push_back({std::string{"data "} + data, [data](talk& t) { t.press(data); }});
}

std::vector<input> inputs() {
  std::vector<input> all;
  add_texts(all);
  add_contents(all);
  add_buttons(all);
  all.push_back({"payment", pay_for_a_pack});
  all.push_back({"strange payment", [](talk& t) {
                   t.give(telegram::successful_payment{"c", "EUR", 1, "?"});
                 }});
  all.push_back({"refund", refund, true}); // its receipt is written with the ledger
  all.push_back({"pre-checkout",
                 [](talk& t) {
                   t.give(telegram::pre_checkout_query{"q", "XTR", 250, "?"});
                 },
                 true});
  all.push_back({"blocked", [](talk& t) { t.give(telegram::membership{true}); }, true});
  all.push_back({"unknown update", [](talk& t) { t.give(telegram::unknown_update{}); }, true});
  return all;
}

std::string fault_of_buttons(const telegram::keyboard& buttons) {
  for (const auto& row : buttons) {
    if (row.empty() || row.size() > 8)
      return "a row of " + std::to_string(row.size());
    for (const auto& b : row) {
      if (b.text.empty() || markup::length(b.text) > 64)
        return "label " + b.text;
      if (b.url.empty() && (b.data.empty() || b.data.size() > 64 || !flow::parse_data(b.data)))
        return "data " + b.data;
    }
  }
  return {};
}

/// What is wrong with what the last update brought; empty: nothing.
std::string fault_of_answers(const talk& t) {
  for (const auto& m : t.replies) {
    if (std::string fault = test::fault_of_html(m.text, 4096); !fault.empty())
      return fault;
    if (std::string fault = fault_of_buttons(m.buttons); !fault.empty())
      return fault;
  }
  for (const auto& toast : t.toasts)
    if (markup::length(toast) > 200)
      return "a long toast";
  for (const auto& x : t.invoices)
    if (x.title.empty() || markup::length(x.title) > 32 || x.description.empty()
        || markup::length(x.description) > 255 || x.payload.size() > 128 || x.stars <= 0)
      return "an invoice";
  if (t.last.commit.session && !flow::parse_state(t.last.commit.session->state))
    return "state " + t.last.commit.session->state;
  return {};
}

} // namespace

TEST_SUITE_BEGIN("unit/domain/flow_table");

TEST_CASE("flow: every input in every state has an answer that Telegram takes, in both languages") {
  int cells = 0;
  for (const std::string code : {"ru", "en"})
    for (const situation& s : situations())
      for (const input& x : inputs()) {
        talk t = s.reach();
        t.who.language_code = code;
        x.give(t);
        ++cells;
        INFO(s.name << " × " << x.name << " (" << code << ")");
        REQUIRE(fault_of_answers(t) == "");
        REQUIRE((t.replies.empty() && t.invoices.empty()) == x.silent);
        const bool a_button = x.name.starts_with("button") || x.name.starts_with("data");
        REQUIRE(t.toasts.size() == (a_button ? 1U : 0U)); // each press is answered exactly once
      }
  CHECK(cells > 10'000);
}

TEST_CASE("flow: a launch brings both endings, each valid, whichever the store commits") {
  const notifications::notification_config settings{models::shipped(), 3, 50'000'000, ""};
  for (const situation& s : situations()) {
    talk t = s.reach();
    if (!t.press_label("🚀"))
      continue;
    REQUIRE(t.last.commit.order);
    const auto& order = *t.last.commit.order;
    REQUIRE(order.accepted_notifications.size()
            == 2); // words, and the card that shows the progress
    CHECK(order.accepted_notifications[1].kind == notification_kind::progress_message);
    REQUIRE(order.refused_notifications.size() == 1);
    for (const auto& notifications : {order.accepted_notifications, order.refused_notifications})
      for (const store::new_notification& x : notifications) {
        store::notification row;
        row.kind = x.kind;
        row.payload = x.payload;
        const auto shown = notifications::render(notifications::notification{row}, settings, "");
        REQUIRE(std::holds_alternative<telegram::outgoing>(shown));
        CHECK(test::fault_of_html(std::get<telegram::outgoing>(shown).text, 4096) == "");
      }
  }
}

TEST_CASE("flow: 100,000 random steps: always an answer, never more credits than were given") {
  const auto seed = std::random_device{}();
  MESSAGE("seed " << seed); // put it here to walk the same way again
  std::mt19937 random{seed};
  const auto all = inputs();
  talk t;
  int given = 0;
  for (int step = 0; step < 100'000; ++step) {
    if (step % 500 == 0) { // a new person, sometimes with an old session
      const std::string state = t.state;
      const std::string data = t.data;
      t = random() % 2 == 0 ? talk{} : talk::known(static_cast<int>(random() % 8));
      if (random() % 3 == 0) {
        t.state = state;
        t.data = data.substr(0, random() % 2 == 0 ? data.size() : data.size() / 2);
      }
      given = t.credits;
    }
    t.next_photo = flow::photo_stored{storage_key{"photos/1.jpg"}, 1280, 960, 1'000, "image/jpeg"};
    std::vector<std::string> offered;
    for (const auto& m : t.replies)
      for (const auto& row : m.buttons)
        for (const auto& b : row)
          if (!b.data.empty())
            offered.push_back(b.data);
    const bool follows = !offered.empty() && random() % 4 != 0; // people mostly press what they see
    const bool was_welcomed = t.welcomed;
    const size_t paid = t.charges.size();
    bool silent = false;
    if (follows) {
      t.press(offered[random() % offered.size()]);
    } else {
      const input& x = all[random() % all.size()];
      silent = x.silent;
      x.give(t);
    }
    given += t.welcomed && !was_welcomed ? 2 : 0;
    given += t.charges.size() > paid ? t.charges.rbegin()->second : 0;
    INFO("seed " << seed << " step " << step);
    REQUIRE(fault_of_answers(t) == "");
    const bool known_payment = t.last.commit.bought && t.charges.size() == paid;
    REQUIRE((silent || known_payment || !t.replies.empty() || !t.invoices.empty()));
    REQUIRE(t.credits + static_cast<int>(t.keys.size()) == given);
    REQUIRE(t.credits >= 0);
  }
}

TEST_SUITE_END();
