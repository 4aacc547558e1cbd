#pragma once

#include "actors/conversation.hpp"
#include "domain/session.hpp"
#include "tests/support/ask.hpp"
#include "tests/support/drawn_pictures.hpp"

#include <doctest/doctest.h>

#include <deque>
#include <filesystem>
#include <map>
#include <set>

namespace neurocards::test {

/// One conversation between a database, a Telegram and a file store that live in memory.
struct conversation_fixture : actor_fixture {
  using failure = std::optional<ec>;

  // ── what the world answers next; empty: all is well ──
  std::deque<failure> load_faults;
  std::deque<failure> commit_faults;
  bool lost_answers = false; // commits act, and their answer is lost all the same
  bool out_of_turn = false;  // another gateway has an older update of the chat
  std::set<int64_t> stored;  // a step waits until the older ones of these are handled
  std::function<bool(const store::commit_step&)> refused = [](const store::commit_step&) {
    return false;
  };
  store::conversation_view view;
  flow::flow_config settings; // of conversations that are started from then on
  std::map<std::string, std::deque<http::response>> http_answers; // by label
  std::string photo = drawn::picture(".png");                     // what Telegram has of any file
  std::deque<failure> put_faults;
  bool hold_commits = false; // until `release_commits`
  bool hold_downloads = false;

  // ── what was done ──
  std::vector<std::string> history; // "load 1", "commit 1", in order
  std::vector<store::commit_step> applied;
  std::set<int64_t> handled;
  std::vector<http::request> requests;
  std::vector<put_file> kept;
  std::function<void(const std::string& bytes)> look_at_kept;
  int told_idle = 0;
  std::deque<std::pair<caf::weak_actor_ptr, std::function<void()>>> held; // answers, and whose

  std::string directory =
    (std::filesystem::temp_directory_path() / ("neurocards-" + to_string(uuid::random()))).string();
  std::shared_ptr<storage::local_store> files =
    std::make_shared<storage::local_store>(directory, storage::link_signer{});
  conversation_store_actor database = fake_database();
  http_agent_actor http = fake_http();
  object_store_actor objects = fake_objects();
  telegram_gateway_actor gateway = fake_gateway();
  conversation_actor talk;

  conversation_fixture();
  ~conversation_fixture();
  conversation_context context_of(const flow::flow_config&);
  conversation_actor start() { return start(context_of(settings)); }
  conversation_actor start(const changing<conversation_context>&);
  static telegram::incoming text(int64_t id, std::string words);
  static telegram::incoming photo_message(int64_t id, std::string album = {});
  static telegram::incoming update(int64_t id, decltype(telegram::incoming::content) content);

  /// The answer comes when the conversation is done with the update.
  std::shared_ptr<reply<caf::unit_t>> send(telegram::incoming incoming);
  void release();
  int count(const std::string& label) const;
  int temporary_files() const;
  static http::response says(int status, std::string body);

  static http::response no_connection() { return {}; }

private:
  conversation_store_actor fake_database();
  http_agent_actor fake_http();
  object_store_actor fake_objects();
  telegram_gateway_actor fake_gateway();

  caf::result<store::conversation_view> load(const store::load_conversation& x);

  caf::result<store::step_outcome> commit(conversation_store_actor::pointer self,
                                          const store::commit_step& x);
  caf::expected<store::step_outcome> outcome_of(const store::commit_step& x);
  bool older_is_unhandled(int64_t id) const;
  http::response answer_to(const http::request& x);
};

} // namespace neurocards::test
