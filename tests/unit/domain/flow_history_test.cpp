#include "talk.hpp"

#include "domain/notifications.hpp"

using namespace neurocards;
using namespace neurocards::test;

namespace {

/// `count` orders of products of their own, the latest last.
talk with_orders(int count, job_status status = job_status::completed) {
  talk t = talk::known();
  for (int i = 1; i <= count; ++i) {
    store::job_summary job;
    job.id = job_id{t.fresh()};
    job.status = status;
    job.product_name = job.product_text = "Товар №" + std::to_string(i) + ".";
    job.photo = storage_key{"photos/1.jpg"};
    job.has_video = status == job_status::completed;
    job.waits = status == job_status::queued;
    t.jobs.push_back(job);
  }
  return t;
}

bool says(const talk& t, const std::string& text) {
  return t.said().find(text) != std::string::npos;
}

} // namespace

TEST_SUITE_BEGIN("unit/domain/flow_history");

TEST_CASE("history: what can be done depends on how an order stands") {
  struct row {
    job_status status;
    bool waits;
    bool has_video;
    std::string buttons; // the first sign of each
  };
  for (const auto& x : std::vector<row>{
         {job_status::queued, true, false, "↩️🏠"},
         {job_status::queued, false, false, "🏠"}, // it has a task
         {job_status::processing, false, false, "🏠"},
         {job_status::completed, false, true, "📤🔁🏠"},
         {job_status::completed, false, false, "🔁🏠"}, // its file is gone
         {job_status::failed, false, false, "🔁🏠"},
       }) {
    talk t = with_orders(1, x.status);
    t.jobs[0].waits = x.waits;
    t.jobs[0].has_video = x.has_video;
    t.say("/history");
    std::string buttons;
    for (const auto& line : t.replies.at(0).buttons)
      for (const auto& b : line)
        buttons += b.text.substr(0, b.text.find(' '));
    CHECK(buttons == x.buttons);
  }
}

TEST_CASE("history: long ones have pages, and each order stands on one of them") {
  talk t = with_orders(12);
  t.say("/history");
  int pages = 1;
  std::string all = t.said();
  CHECK(t.button("◀️").empty());
  while (t.press_label("Раньше")) {
    ++pages;
    all += t.said();
    CHECK_FALSE(t.button("◀️").empty());
  }
  CHECK(pages == 3);
  for (int i = 1; i <= 12; ++i) {
    const auto name = "Товар №" + std::to_string(i) + ".";
    CHECK(all.find(name) != std::string::npos);
    CHECK(all.find(name) == all.rfind(name));
  }
  REQUIRE(t.press_label("◀️"));
  REQUIRE(t.press_label("◀️"));
  CHECK(says(t, "Товар №12."));
  CHECK(t.button("◀️").empty());
}

TEST_CASE("history: a page that is none is the first, one behind the end is empty") {
  talk t = with_orders(3);
  for (const auto* argument : {"x", "99999999999", "-1", "1x", "10000"}) {
    t.press("1:page:" + std::string{argument});
    CHECK(says(t, "Товар №3."));
  }
  t.press("1:page:7");
  CHECK_FALSE(says(t, "Товар"));
  CHECK_FALSE(t.button("◀️").empty());
}

TEST_CASE("history: a finished video is sent again, the video itself is the answer") {
  talk t = with_orders(1);
  t.say("/history");
  REQUIRE(t.press_label("📤 Прислать ещё раз"));
  CHECK(t.last.commit.resent == t.jobs[0].id);
  CHECK(t.replies.empty());
  CHECK(t.toasts == std::vector<std::string>{"📤 Отправляю"});
  t.jobs[0].has_video = false;
  t.press(flow::data_of(flow::action::send_again, t.jobs[0].id.value));
  CHECK_FALSE(t.last.commit.resent);
  CHECK(t.said().starts_with("🤷"));
}

TEST_CASE("history: an order that waits is taken back once") {
  talk t = with_orders(1, job_status::queued);
  t.say("/history");
  const auto button = t.button("↩️ Отменить и вернуть");
  REQUIRE_FALSE(button.empty());
  t.press(button);
  CHECK(t.outcome == store::order_outcome::cancelled);
  CHECK(t.credits == 11);
  t.press(button);
  CHECK_FALSE(t.last.commit.cancelled);
  CHECK(t.credits == 11);
  CHECK(says(t, "уже закрыт"));
}

TEST_CASE("history: too late to take back is said so") {
  talk t = with_orders(1, job_status::queued);
  t.say("/history");
  const auto button = t.button("↩️");
  t.jobs[0].waits = false; // KIE works on it by now
  t.press(button);
  CHECK(t.outcome == store::order_outcome::too_late);
  CHECK(says(t, "уже не получится"));
  CHECK(t.credits == 10);
  t.jobs[0].status = job_status::completed;
  t.press(button);
  CHECK(says(t, "уже готово"));
}

TEST_CASE("history: a cancelled order is told of in its own words") {
  store::notification row;
  row.kind = notification_kind::job_failed;
  row.language = "ru";
  row.payload = R"({"attempt": 0, "raw": null, "cancelled": true})";
  const auto shown = notifications::render(notifications::notification{row},
                                           notifications::notification_config{}, "");
  const auto* message = std::get_if<telegram::outgoing>(&shown);
  REQUIRE(message);
  CHECK(
    message->text.starts_with("↩️ Заказ отменён. 1 кредит вернулся"));
}

TEST_CASE("limits: an order beyond the unfinished jobs waits at its confirmation") {
  talk t = test::at_confirmation(10);
  t.config.limits.unfinished_jobs = 4;
  for (auto& job : with_orders(2, job_status::processing).jobs)
    t.jobs.push_back(job);
  REQUIRE(t.press_label("🚀"));
  CHECK(t.outcome == store::order_outcome::too_many);
  CHECK(t.state == "awaiting_confirmation");
  CHECK(t.credits == 10);
  CHECK(says(t, "не больше 4 видео"));
  t.jobs[0].status = job_status::completed;
  REQUIRE(t.press_label("🚀"));
  CHECK(t.outcome == store::order_outcome::accepted);
  CHECK(t.credits == 7);
}

TEST_CASE("limits: a photo beyond the limit changes nothing of the order, and is told once") {
  talk t = test::at_confirmation(10);
  const auto before = t.data;
  t.next_photo = flow::photo_over_limit{false};
  t.photo("Другое");
  CHECK(says(t, "Слишком много фото"));
  CHECK(t.state == "awaiting_confirmation");
  CHECK(t.data == before);
  t.next_photo = flow::photo_over_limit{true};
  t.photo("Другое");
  CHECK(t.replies.empty());
  CHECK(t.data == before);
}

TEST_CASE("limits: a message beyond the limit is handled without effect, and the first is told") {
  store::conversation_view view;
  view.state = "awaiting_count";
  telegram::incoming in;
  in.update = update_id{5};
  in.chat = chat_id{7};
  in.who.language_code = "en";
  in.content = telegram::callback_query{"cb", "1:menu", 1};
  const auto first = flow::refuse_message(view, in, {}, flow::surplus::first);
  CHECK(first.commit.update == update_id{5});
  CHECK_FALSE(first.commit.session);
  REQUIRE(first.commit.notifications.size() == 1);
  REQUIRE(first.effects.size() == 1);
  CHECK(first.effects[0].text == "🐢 Too fast, wait a minute");
  CHECK(flow::refuse_message(view, in, {}, flow::surplus::further).commit.notifications.empty());
}

TEST_SUITE_END();
