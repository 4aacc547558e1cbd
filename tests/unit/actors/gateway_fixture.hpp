#pragma once

#include "actors/telegram_gateway.hpp"
#include "tests/support/ask.hpp"

#include <doctest/doctest.h>

#include <deque>
#include <map>
#include <set>

#include <nlohmann/json.hpp>

namespace neurocards::test {

/// A gateway between a Telegram that keeps what is not confirmed, an inbox that keeps what is not
/// handled, and conversations that do as the test says.
struct gateway_fixture : actor_fixture {
  using time_point = caf::actor_clock::time_point;

  // ── Telegram ──
  std::map<int64_t, std::string> unconfirmed;                   // update id → JSON
  std::map<std::string, std::deque<http::response>> tg_answers; // by label; empty: as it should be
  std::vector<http::request> requests;
  std::vector<int64_t> offsets; // of getUpdates; 0: none given
  std::vector<time_point> polls;

  // ── the inbox ──
  struct row {
    store::inbox_update update;
    bool handled = false;
    bool left_behind = false; // its receiver is gone
  };
  std::map<int64_t, row> inbox;
  std::vector<uuid> receivers; // told with each put
  std::deque<ec> put_faults;
  bool lost_answers = false; // puts act, and their answers are lost all the same
  std::function<bool(const store::inbox_update&)> refused = [](const auto&) { return false; };
  bool hold_puts = false;
  bool inbox_up = true;
  int puts = 0;
  int pages = 0;
  std::vector<store::commit_step> commits; // by the gateway itself
  std::set<int64_t> banned;                // users
  bool hold_bans = false;                  // nobody is told whether he is banned

  // ── conversations ──
  struct visit {
    int64_t chat = 0;
    int64_t update = 0;
  };
  std::vector<visit> visits;     // as they were begun
  std::set<int64_t> blocked;     // chats whose conversations do not get on
  std::map<int64_t, ec> endings; // update → what its conversation answers instead of "handled"
  std::map<int64_t, conversation_actor> talks; // the latest of each chat
  int spawned = 0;
  int drained = 0;

  std::deque<std::pair<caf::weak_actor_ptr, std::function<void()>>> held_puts;
  std::map<int64_t, std::deque<std::pair<caf::weak_actor_ptr, std::function<void()>>>> held_visits;
  std::deque<std::pair<caf::weak_actor_ptr, std::function<void()>>> open_polls;

  gateway_store_actor database = fake_database();
  http_agent_actor http = fake_http();

  config::telegram settings;
  std::vector<config::pack> packs; // for sale
  uuid receiver = uuid::random();
  size_t capacity = 10'000;
  telegram_gateway_actor gateway;

  gateway_fixture();
  ~gateway_fixture();
  void start();

  /// The leader lock is ours.
  void gain();
  void lose();
  static std::string message(int64_t id, int64_t chat);
  static std::string checkout(int64_t id, int64_t user);

  /// Somebody writes to the bot; an open long poll ends.
  void arrive(const std::vector<std::pair<int64_t, std::string>>& updates);

  /// Updates that some earlier process had stored.
  void stored_before(int64_t id, int64_t chat);
  std::shared_ptr<reply<caf::unit_t>> webhook(const std::string& body);
  void release_puts();
  void unblock(int64_t chat);
  void crash(int64_t chat);
  std::vector<int64_t> visited(int64_t chat) const;
  int count(const std::string& label) const;
  int unhandled() const;

  /// What Telegram was told of its pre-checkout queries, in order.
  std::vector<nlohmann::json> answers_to_checkouts() const;
  static http::response says(int status, std::string body);
  static http::response refusal(int code, const std::string& description);

private:
  gateway_store_actor fake_database();
  http_agent_actor fake_http();

  int64_t note_poll(const http::request& x);
  time_point now();
  void confirm(int64_t offset);
  http::response batch() const;
  caf::expected<store::update_ids> put(const store::put_updates& x);
  caf::result<store::inbox_page> pending(const store::pending_updates& x);
  conversation_actor talk(chat_id chat);
};

} // namespace neurocards::test
