#pragma once

#include "actors/notifier.hpp"
#include "domain/outbox.hpp"
#include "tests/support/actor_fixture.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json_fwd.hpp>

#include <deque>
#include <filesystem>
#include <functional>
#include <map>

namespace neurocards::test {

/// A notifier between an outbox, a Telegram and a file store that live in memory. Telegram answers
/// after 100 ms and takes everything, unless a test says otherwise.
struct notifier_fixture : actor_fixture {
  using time_point = caf::actor_clock::time_point;

  /// A request as Telegram saw it.
  struct seen {
    time_point at;
    std::string method; // "sendMessage", …
    int64_t chat = 0;
    std::string text;                          // or caption
    std::string video;                         // Telegram's id of it
    std::string file;                          // path of an upload
    std::map<std::string, std::string> fields; // all others
    bool marked_up = false;
  };

  /// How a notice ended, as the database has it.
  struct ending {
    bool sent = false;
    bool blocked = false;
    int64_t message_id = 0;
    std::string file_id;
    std::string error;
    int times = 0;
    std::optional<time_point> sent_at{}; // of what was dropped
    video_facts facts{};
  };

  struct row {
    store::notification notification;
    time_point due;
    std::string error;
    bool aside = false;
  };

  std::map<int64_t, row> outbox; // unsent, by id
  std::map<int64_t, ending> endings;
  bool database_up = true;
  int commits_tried = 0;
  int reads = 0;
  size_t read_in_all = 0;                           // notifications
  std::vector<store::foreign_notification> foreign; // of a newer node
  std::vector<store::defer_notification> left_alone;
  caf::timespan read_time{0};

  std::vector<seen> requests;
  std::function<http::response(const seen&)> telegram_says = [this](const seen&) { return ok(); };
  std::function<caf::timespan(const seen&)> latency = [](const seen&) { return 100ms; };
  int64_t last_message_id = 0;

  std::map<std::string, opened_file> stored;
  ec storage_fault = ec::none;
  int opens = 0;
  caf::timespan open_time{0};
  std::string link = "https://files.example/v?signed";

  neurocards::config::notifier rates{1000, 1};
  neurocards::config::broadcast news;
  std::deque<int64_t> to_be_told; // users whom a broadcast has not come to
  int searches = 0;               // for a broadcast

  outbox_store_actor store = fake_store();
  http_agent_actor http = fake_http();
  object_store_actor files = fake_files();
  notifier_actor notifier;

  /// Starts the notifier and makes it the leader.
  void lead();

  template <class... Ts>
  void tell(Ts... message) {
    caf::anon_send(notifier, message...);
    settle();
  }

  time_point now();

  /// Writes a text for a chat; the notifier hears of it like of any commit.
  int64_t write(int64_t chat, const std::string& text);
  int64_t write(int64_t chat, const std::string& kind, const std::string& payload);

  /// Writes a finished job's notice, its video being a real file of one byte.
  int64_t write_video(int64_t chat, const std::string& file_id = {}, int64_t bytes = 1'000'000);
  http::response ok(const std::string& file_id = {});
  static http::response refusal(int code, const std::string& description);
  static http::response refusal(int code, const std::string& description,
                                const nlohmann::json& parameters);
  static http::response flood(int seconds);
  static http::response failure(http::outcome outcome);

  /// What a chat was sent, refusals included.
  std::vector<std::string> texts_of(int64_t chat) const;
  std::vector<time_point> times_of(int64_t chat) const;
  int sent() const;
  size_t files_left() const;
  notifier_fixture();
  ~notifier_fixture();

private:
  outbox_store_actor fake_store();
  http_agent_actor fake_http();
  object_store_actor fake_files();

  static http::response answer(int status, const nlohmann::json& body);

  /// As sql/functions/due_notices.sql: each chat's first before any chat's second, eight at most,
  /// nothing behind what has to wait, unless that stands aside.
  store::notification_page page(const store::due_notifications& x);

  caf::result<store::released_news> release(const store::release_news&);
  caf::result<store::notification_page> read(outbox_store_actor::pointer self,
                                             const store::due_notifications& x);
  caf::result<store::committed> commit(notification_id id, ending end);
  caf::result<store::committed> defer(const store::defer_notification& x);
  caf::result<opened_file> open(object_store_actor::pointer self, const open_file& x);
  caf::result<http::response> exchange(http_agent_actor::pointer self, const http::request& x);
  seen read(const http::request& x);
  static std::filesystem::path new_directory();

  int64_t last_id_ = 0;
  std::filesystem::path directory_ = new_directory();
};

} // namespace neurocards::test
