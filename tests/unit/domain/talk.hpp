#pragma once

#include "telegram_html.hpp"

#include "domain/callback_data.hpp"
#include "domain/flow.hpp"
#include "domain/outbox.hpp"
#include "domain/session.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

namespace neurocards::test {

inline telegram::message message_of(telegram::content_kind content, std::string text = {},
                                    std::string album = {}) {
  telegram::message m;
  m.content = content;
  m.text = std::move(text);
  m.media_group = std::move(album);
  return m;
}

/// One person in front of the bot, with the database reduced to a few variables: what SQL does with
/// a step is done here in memory, by the same rules.
class talk {
public:
  flow::flow_config config;
  store::profile who{user_id{501}, "ann", "Ann", "ru"};
  chat_id chat{501};
  telegram::chat_kind where = telegram::chat_kind::private_chat;

  telegram::place place;    // where in the chat he writes
  bool place_known = false; // Telegram tells

  std::string outlook; // how long orders take
  int credits = 0;
  std::string terms;
  bool welcomed = false;
  bool banned = false;
  bool news_off = false;
  std::string cluster = R"({"nodes": []})"; // status_snapshot()
  std::string state;
  std::string data;
  std::vector<store::job_summary> jobs;
  std::vector<std::string> keys;      // idempotency keys of all jobs
  std::vector<std::string> inputs;    // prompt_input of all jobs
  std::map<std::string, int> charges; // payments by charge id

  // what the last update brought
  flow::step last;
  store::order_outcome outcome = store::order_outcome::none;
  std::vector<telegram::outgoing> replies;
  std::vector<telegram::invoice> invoices;
  std::vector<std::string> toasts;
  std::vector<std::string> welcome_videos; // payloads
  std::vector<std::string> previews;       // likewise
  int fetched = 0;                         // photos, in all
  flow::photo_result next_photo =
    flow::photo_stored{storage_key{"photos/1.jpg"}, 1280, 960, 150'000, "image/jpeg"};

  talk() {
    config.bot_username = "neurocards_bot";
    config.terms = {"1", "https://example.org/offer", "https://example.org/privacy", "@helper"};
    config.credits.welcome = 2;
    config.credits.packs = {{5, 250}, {10, 450}};
  }

  /// Somebody who has read the terms and has money.
  static talk known(int credits = 10) {
    talk t;
    t.terms = "1";
    t.credits = credits;
    return t;
  }

  void say(const std::string& text) { send(message_of(telegram::content_kind::text, text)); }

  void photo(const std::string& caption = "", const std::string& album = "",
             bool continues = false) {
    telegram::message m = message_of(telegram::content_kind::photo, caption, album);
    m.album_continues = continues;
    m.file = telegram::file_ref{"AgA-x", "u-x", "", "", 1280, 960, 150'000};
    send(std::move(m));
  }

  void send(telegram::message m) {
    m.message_id = ++message_id_;
    give(std::move(m));
  }

  void press(const std::string& data_of_button) {
    give(
      telegram::callback_query{"cb" + std::to_string(++message_id_), data_of_button, message_id_});
  }

  /// Presses the button of the last replies whose label begins so. False: there is none.
  bool press_label(const std::string& label) {
    const std::string found = button(label);
    if (found.empty())
      return false;
    press(found);
    return true;
  }

  std::string button(const std::string& label) const {
    for (const auto& message : replies)
      for (const auto& row : message.buttons)
        for (const auto& b : row)
          if (b.text.starts_with(label))
            return b.data;
    return {};
  }

  void pay(const telegram::invoice& x, const std::string& charge = "charge-1") {
    give(telegram::successful_payment{charge, "XTR", x.stars, x.payload});
  }

  template <class What>
  void give(What content) {
    telegram::incoming in;
    in.update = update_id{++update_id_};
    in.chat = chat;
    in.where = where;
    in.answer_to = place;
    in.place_known = place_known;
    in.who = who;
    in.content = std::move(content);
    apply(in);
  }

  store::conversation_view view(const telegram::incoming& in) const {
    const flow::needs wanted = flow::before(in, config);
    store::conversation_view v;
    v.outlook = outlook;
    v.credits = credits;
    v.terms_version = terms;
    v.banned = banned;
    v.news_off = wanted.cabinet && news_off;
    v.bot_username = wanted.cabinet ? "neurocards_bot" : "";
    v.cluster = wanted.cluster ? cluster : "";
    v.state = state;
    v.data = data;
    const auto first = static_cast<size_t>(wanted.skipped);
    for (size_t i = first; i < std::min(jobs.size(), first + static_cast<size_t>(wanted.history));
         ++i)
      v.history.push_back(jobs[jobs.size() - 1 - i]);
    if (wanted.ledger > 0)
      v.ledger = {{ledger_kind::welcome, 2, {}}, {ledger_kind::charge, -1, {}}};
    for (const auto& job : jobs)
      if (wanted.job && job.id == *wanted.job
          && (job.status == job_status::completed || job.status == job_status::failed))
        v.job = job;
    return v;
  }

  void apply(const telegram::incoming& in) {
    const store::conversation_view v = view(in);
    std::optional<flow::photo_result> photo;
    if (flow::wanted_photo(v, in, config)) {
      photo = next_photo;
      ++fetched;
    }
    last = flow::step_conversation(v, in, photo, config, fresh());
    commit();
  }

  uuid fresh() {
    uuid x;
    for (size_t i = 0; i < 8; ++i)
      x.bytes[i] = static_cast<uint8_t>(drafts_ >> (8 * i));
    x.bytes[15] = 1;
    ++drafts_;
    return x;
  }

  std::string said() const { return replies.empty() ? "" : parse_html(replies.back().text).plain; }

private:
  void commit() {
    replies.clear();
    invoices.clear();
    toasts.clear();
    welcome_videos.clear();
    previews.clear();
    const store::commit_step& c = last.commit;
    if (c.agreed) {
      terms = c.agreed->terms_version;
      credits += welcomed ? 0 : c.agreed->welcome_credits;
      welcomed = true;
    }
    news_off = c.news ? !*c.news : news_off;
    std::vector<store::new_notification> notifications = c.notifications;
    if (c.bought && charges.try_emplace(c.bought->charge_id, c.bought->credits).second) {
      credits += c.bought->credits;
      notifications.insert(notifications.end(), c.bought->notifications.begin(),
                           c.bought->notifications.end());
    }
    std::optional<store::session_row> row = c.session;
    outcome = c.order ? decide(*c.order) : store::order_outcome::none;
    if (outcome == store::order_outcome::accepted || outcome == store::order_outcome::insufficient
        || outcome == store::order_outcome::too_many) {
      const bool ok = outcome == store::order_outcome::accepted;
      row = ok ? c.order->accepted_session : c.order->refused_session;
      const auto& more = ok ? c.order->accepted_notifications
                         : outcome == store::order_outcome::too_many
                           ? c.order->too_many_notifications
                           : c.order->refused_notifications;
      notifications.insert(notifications.end(), more.begin(), more.end());
    }
    if (c.cancelled) {
      outcome = take_back(c.cancelled->job);
      if (outcome == store::order_outcome::too_late)
        notifications.insert(notifications.end(), c.cancelled->too_late_notifications.begin(),
                             c.cancelled->too_late_notifications.end());
    }
    if (row) {
      state = row->state;
      data = row->data;
    }
    for (const auto& notification : notifications) {
      if (const auto m = outbox::parse_outgoing(notification.payload);
          m && notification.kind == notification_kind::reply)
        replies.push_back(*m);
      if (const auto i = outbox::parse_invoice(notification.payload);
          i && notification.kind == notification_kind::invoice)
        invoices.push_back(*i);
      if (notification.kind == notification_kind::welcome_video)
        welcome_videos.push_back(notification.payload);
      if (notification.kind == notification_kind::photo_preview)
        previews.push_back(notification.payload);
    }
    for (const auto& effect : last.effects)
      toasts.push_back(effect.text);
  }

  store::order_outcome take_back(job_id id) {
    for (auto& job : jobs) {
      if (job.id != id || !job.waits)
        continue;
      job.waits = false;
      job.status = job_status::failed;
      ++credits;
      return store::order_outcome::cancelled;
    }
    return store::order_outcome::too_late;
  }

  store::order_outcome decide(const store::new_order& order) {
    for (const auto& key : keys)
      if (key == order.jobs.front().idempotency_key)
        return store::order_outcome::repeated;
    if (order.most_unfinished > 0
        && unfinished() + static_cast<int>(order.jobs.size()) > order.most_unfinished)
      return store::order_outcome::too_many;
    if (credits < static_cast<int>(order.jobs.size()))
      return store::order_outcome::insufficient;
    credits -= static_cast<int>(order.jobs.size());
    for (const auto& job : order.jobs) {
      keys.push_back(job.idempotency_key);
      inputs.push_back(job.prompt_input);
      store::job_summary s;
      s.id = job_id{fresh()};
      s.status = job_status::completed;
      s.product_name = "Кружка";
      s.product_text = "Кружка <b>ручной</b> работы";
      s.photo = job.photo;
      jobs.push_back(s);
    }
    return store::order_outcome::accepted;
  }

  int unfinished() const {
    int count = 0;
    for (const auto& job : jobs)
      count += job.status == job_status::queued || job.status == job_status::processing;
    return count;
  }

  int64_t update_id_ = 0;
  int64_t message_id_ = 0;
  uint64_t drafts_ = 1;
};

/// From a photo to the confirmation.
inline talk at_confirmation(int credits, const std::string& count = "3️⃣") {
  talk t = talk::known(credits);
  t.photo("Кружка. Держит тепло два часа.");
  REQUIRE(t.press_label("✨ UGC блогер"));
  t.say("утро, пар над кружкой");
  REQUIRE(t.press_label(count));
  REQUIRE(t.state == "awaiting_confirmation");
  return t;
}

} // namespace neurocards::test
