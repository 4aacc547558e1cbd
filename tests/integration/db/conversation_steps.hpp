#pragma once

#include "protocol/store/conversations.hpp"
#include "protocol/store/inbox.hpp"
#include "protocol/store/outbox.hpp"
#include "tests/support/postgres.hpp"

#include <future>
#include <vector>

#include <pqxx/transaction>

namespace neurocards::test {

/// Steps of conversations as a gateway would commit them.
struct step_fixture : store_fixture {
  int64_t last_update = 100;
  std::string language = "ru"; // of who talks

  update_id put(int64_t chat = 7) {
    const update_id id{++last_update};
    ask.ask(store::put_updates{{{id, chat_id{chat}, "message", "{}"}}});
    return id;
  }

  store::commit_step step(int64_t user = 7) {
    store::commit_step result;
    result.update = put(user);
    result.chat = chat_id{user};
    result.who = {user_id{user}, "ann", "Ann", language};
    return result;
  }
};

/// And orders.
struct conversation_fixture : step_fixture {
  conversation_fixture() { language = "en-GB"; }

  static store::new_order order(draft_id draft, int count) {
    store::new_order result;
    result.draft = draft;
    for (int i = 0; i < count; ++i)
      result.jobs.push_back({order_template::ugc, to_string(draft) + ":" + std::to_string(i),
                             storage_key{"photos/a.jpg"}, R"({"product_text": "mug"})"});
    result.accepted_session = {"idle", R"({"done": true})"};
    result.accepted_notifications = {
      {notification_kind::reply, R"({"text": "accepted {balance}"})"}};
    result.refused_session = {"awaiting_confirmation", "{}"};
    result.refused_notifications = {{notification_kind::reply, R"({"text": "no credits"})"}};
    result.repeated_notifications = {{notification_kind::reply, R"({"text": "ordered already"})"}};
    return result;
  }

  /// Their outcomes as one statement: the lane is busy until all of them wait.
  std::vector<caf::expected<store::step_outcome>>
  commit_together(const std::vector<store::commit_step>& steps) {
    const auto blocker = db.connect();
    pqxx::work lock{*blocker};
    lock.exec("LOCK TABLE users");
    lanes one_lane{{.connection = db.config(), .lanes = 1}};
    auto first =
      one_lane.start(store::load_conversation{update_id{1}, chat_id{7}, user_id{7}, 0, 0, 0, {}});
    std::vector<std::future<caf::expected<store::step_outcome>>> asked;
    for (const auto& x : steps)
      asked.push_back(one_lane.start(x));
    lock.commit();
    std::vector<caf::expected<store::step_outcome>> result;
    for (auto& x : asked)
      result.push_back(x.get());
    return result;
  }

  std::string texts() {
    return db.value("SELECT string_agg(payload->>'text', ',' ORDER BY id) FROM notifications");
  }
};

} // namespace neurocards::test
