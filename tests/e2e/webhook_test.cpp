#include "tests/e2e/both_modes.hpp"

#include <algorithm>
#include <numeric>

using namespace neurocards::test;
using namespace std::chrono_literals;
using nlohmann::json;

// Updates that Telegram brings: to any of several gateways, in any order, to one that may die.

namespace {

constexpr int64_t first_update = 2'000'000'000; // later than the simulated Telegram's numbers

/// A message of a user as Telegram brings it.
json message_of(int64_t user, int64_t update, const json& content) {
  json message{{"message_id", update},
               {"date", 1},
               {"chat", {{"id", user}, {"type", "private"}}},
               {"from", {{"id", user}, {"is_bot", false}, {"first_name", "Ann"}}}};
  message.update(content);
  return {{"update_id", update}, {"message", message}};
}

/// A user who has agreed to the terms, at a node that runs.
void introduce(world& w, int64_t user) {
  w.services.post("send", {{"user", user}, {"text", "/start"}});
  wait_until("the terms", [&] { return w.services.press(user, "✅ Принимаю условия"); });
  wait_until("all to be handled", [&] {
    return w.services.get("updates").at("pending") == 0
           && w.db.number("SELECT count(*) FROM updates WHERE handled_at IS NULL") == 0;
  });
}

/// The next `count` photos (0: all from here on) are long in coming.
void delay_photos(world& w, int milliseconds, int count = 1) {
  w.services.post("script", {{"service", "telegram"},
                             {"operation", "getFile"},
                             {"how", "pass"},
                             {"count", count},
                             {"delay", milliseconds}});
}

/// A photo that the user has sent, and the bot has dealt with.
json photo_of(world& w, int64_t user) {
  w.services.post("send", {{"user", user}, {"type", "photo"}, {"caption", "Кружка"}});
  wait_until("the kinds of videos", [&] { return w.services.press(user, "🎥 Рекламное видео"); });
  w.expect(user, "💡");
  const auto all = w.services.get("messages?chat=" + std::to_string(user) + "&since=0");
  for (const auto& x : all.at("messages"))
    if (x.contains("photo"))
      return {{"photo", x.at("photo")}, {"caption", "Кружка"}};
  return nullptr;
}

int64_t unhandled(world& w) {
  return w.db.number("SELECT count(*) FROM updates WHERE handled_at IS NULL");
}

/// How many photos were asked for so far.
int64_t photos_asked_for(world& w) {
  return w.services.times_called("telegram", "getFile");
}

/// The updates of this file in the order in which they were handled, counted from the first.
std::string order_of_handling(world& w) {
  const auto first = std::to_string(first_update);
  return w.db.value("SELECT string_agg((update_id - " + first
                    + ")::text, ' ' ORDER BY handled_at) FROM updates WHERE update_id >= " + first);
}

/// As Telegram does it: again until the node takes the update. A node that is ready may wait for
/// its gateway yet, which answers 503.
void bring_until_taken(world& w, const std::string& url, const json& update) {
  wait_until("the update to be taken", [&] { return w.bring(url, update) == 200; });
}

} // namespace

TEST_SUITE_BEGIN("e2e/webhook");

TEST_CASE("e2e: a purchase brings its credits") {
  world w{each_mode()};
  w.start_node();
  introduce(w, 7);
  w.services.post("send", {{"user", 7}, {"text", "/balance"}});
  wait_until("the shop", [&] { return w.services.press(7, "💳 Купить кредиты"); });
  wait_until("a pack", [&] { return w.services.press(7, "10 кредитов"); });
  json invoice;
  wait_until("the invoice", [&] {
    const auto all = w.services.get("messages?chat=7&since=0");
    for (const auto& x : all.at("messages"))
      if (x.contains("invoice"))
        invoice = x;
    return !invoice.is_null();
  });
  const auto paid = w.services.post("pay", {{"user", 7}, {"message_id", invoice.at("message_id")}});
  CHECK(paid.at("paid") == true);
  wait_until("the credits",
             [&] { return w.db.number("SELECT credits FROM users WHERE tg_user_id = 7") == 12; });
  w.db.check_promises();
}

TEST_CASE("e2e: what a user sent while his photo was fetched is answered by the next node") {
  world w{each_mode()};
  auto& first = w.start_node();
  introduce(w, 7);
  delay_photos(w, 5'000);
  w.services.post("send", {{"user", 7}, {"type", "photo"}, {"caption", "Кружка"}});
  wait_until("the photo to be fetched", [&] { return photos_asked_for(w) > 0; });
  first.signal(SIGTERM);
  CHECK(first.wait() == 0);
  CHECK(unhandled(w) == 1); // stored, and given back
  w.start_node();
  wait_until("the kinds of videos", [&] { return w.services.press(7, "🎥 Рекламное видео"); });
  CHECK(w.db.value("SELECT string_agg(DISTINCT kind, ' ' ORDER BY kind) FROM updates")
        == "callback_query message");
  w.db.check_promises();
}

TEST_CASE("e2e: one of two gateways is killed, and everybody gets his video") {
  world w{each_mode()};
  auto& first = w.start_node({"--credits.welcome=1"});
  w.start_node({"--credits.welcome=1"});
  std::vector<int64_t> users{11, 12, 13, 14, 15, 16};
  delay_photos(w, 700, 0);
  for (const auto user : users)
    introduce(w, user);
  for (const auto user : users)
    w.services.post("send", {{"user", user}, {"type", "photo"}, {"caption", "Кружка"}});
  wait_until("the photos to be fetched", [&] { return photos_asked_for(w) > 0; });
  first.kill();
  const auto press = [&](int64_t user, const std::string& text) {
    wait_until("button " + text, [&] { return w.services.press(user, text); });
  };
  for (const auto user : users) {
    press(user, "🎥 Рекламное видео");
    w.expect(user, "💡");
    w.services.post("send", {{"user", user}, {"text", "-"}});
    press(user, "1️⃣");
    press(user, "🚀 Запустить");
  }
  for (const auto user : users)
    w.expect(user, "✅ Видео готово!");
  CHECK(w.db.number("SELECT count(*) FROM jobs WHERE status = 'completed'") == 6);
  wait_until("all to be handled", [&] { return unhandled(w) == 0; });
  w.db.check_promises();
}

TEST_CASE("e2e: a photo on the heels of a consent is taken, whichever gateway has either") {
  world w{updates_by::webhook};
  w.start_node();
  w.start_node();
  std::vector<int64_t> users(40);
  std::iota(users.begin(), users.end(), 11);
  for (const auto user : users) {
    w.services.post("send", {{"user", user}, {"text", "/start"}});
    wait_until("the terms", [&] { return w.services.press(user, "✅ Принимаю условия"); });
    w.services.post("send", {{"user", user}, {"type", "photo"}, {"caption", "Кружка"}});
  }
  for (const auto user : users)
    wait_until("the kinds of videos", [&] { return w.services.press(user, "🎥 Рекламное видео"); });
  w.db.check_promises();
}

TEST_CASE("e2e: updates of a chat that come in the wrong order are answered in the right one") {
  world w{updates_by::webhook};
  w.start_node();
  introduce(w, 7);
  const auto photo = photo_of(w, 7);
  const auto url = w.node_url();
  delay_photos(w, 500); // so that the second is in hand when the first comes
  const auto asked_before = photos_asked_for(w);
  const auto begun = std::chrono::steady_clock::now();
  bring_until_taken(w, url, message_of(7, first_update + 1, photo));
  wait_until("the photo to be fetched", [&] { return photos_asked_for(w) > asked_before; });
  bring_until_taken(w, url, message_of(7, first_update, {{"text", "/help"}}));
  wait_until(
    "both to be handled", [&] { return unhandled(w) == 0; }, 90s);
  CHECK(std::chrono::steady_clock::now() - begun < 50s); // brought again it would be after a minute
  CHECK(order_of_handling(w) == "0 1");
  CHECK(photos_asked_for(w) == asked_before + 1);
  w.db.check_promises();
}

TEST_CASE("e2e: what a killed gateway that did not lead had in hand is answered by the leader") {
  world w{updates_by::webhook};
  w.start_node();
  introduce(w, 7);
  const auto photo = photo_of(w, 7);
  auto& second = w.start_node();
  delay_photos(w, 120'000);
  const auto asked_before = photos_asked_for(w);
  bring_until_taken(w, w.node_url(), message_of(7, first_update, photo));
  bring_until_taken(w, w.node_url(), message_of(7, first_update + 1, {{"text", "/help"}}));
  wait_until("the photo to be fetched", [&] { return photos_asked_for(w) > asked_before; });
  CHECK(unhandled(w) == 2);
  second.kill();
  wait_until(
    "both to be handled", [&] { return unhandled(w) == 0; }, 50s); // brought again: a minute
  CHECK(order_of_handling(w) == "0 1");
  w.db.check_promises();
}

TEST_SUITE_END();
