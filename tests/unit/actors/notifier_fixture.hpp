#pragma once

#include "actors/notifier.hpp"
#include "domain/outbox.hpp"
#include "tests/support/actor_fixture.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <set>

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

  outbox_store_actor store =
    own(sys.spawn([this](outbox_store_actor::pointer self) -> outbox_store_actor::behavior_type {
      return {
        [this, self](const store::due_notifications& x) { return read(self, x); },
        [this](const store::mark_sent& x) {
          return commit(x.id, {true, false, x.message_id, x.video_file_id, {}, 0, {}, x.facts});
        },
        [this](const store::defer_notification& x) { return defer(x); },
        [this](const store::drop_notification& x) {
          return commit(x.id, {false, x.blocked, 0, {}, x.error, 0, x.sent_at, {}});
        },
      };
    }));

  http_agent_actor http =
    own(sys.spawn([this](http_agent_actor::pointer self) -> http_agent_actor::behavior_type {
      return {[this, self](const http::request& x) { return exchange(self, x); }};
    }));

  object_store_actor files =
    own(sys.spawn([this](object_store_actor::pointer self) -> object_store_actor::behavior_type {
      return {
        [](const put_file&) -> caf::result<put_result> { return ec::storage_full; },
        [this, self](const open_file& x) { return open(self, x); },
        [this](const link_file&) -> caf::result<file_link> { return file_link{link}; },
        [](const drop_file&) -> caf::result<void> { return caf::unit; },
      };
    }));

  notifier_actor notifier;

  /// Starts the notifier and makes it the leader.
  void lead() {
    notifier = spawn<notifier_impl>(store, http, files, rates,
                                    telegram::api{"https://telegram.example", secret{"1:t"}, 60s},
                                    notifications::notification_config{}, std::nullopt);
    tell(gained_atom_v);
  }

  template <class... Ts>
  void tell(Ts... message) {
    caf::anon_send(notifier, message...);
    settle();
  }

  time_point now() { return sys.clock().now(); }

  /// Writes a text for a chat; the notifier hears of it like of any commit.
  int64_t write(int64_t chat, const std::string& text) {
    return write(chat, "reply", outbox::to_json(telegram::outgoing{text, {}, true}));
  }

  int64_t write(int64_t chat, const std::string& kind, const std::string& payload) {
    store::notification x;
    x.id = notification_id{++last_id_};
    x.chat = chat_id{chat};
    x.kind = kind;
    x.payload = payload;
    x.language = "ru";
    outbox[last_id_] = {std::move(x), now(), {}};
    return last_id_;
  }

  /// Writes a finished job's notice, its video being a real file of one byte.
  int64_t write_video(int64_t chat, const std::string& file_id = {}, int64_t bytes = 1'000'000) {
    const auto id = write(chat, "job_done", "{}");
    auto& x = outbox.at(id).notification;
    x.job = job_id{uuid::random()};
    x.model = "sora-2-image-to-video";
    x.video = storage_key{"videos/" + std::to_string(id) + ".mp4"};
    x.video_bytes = bytes;
    x.video_file_id = file_id;
    const auto path = directory_ / (std::to_string(id) + ".mp4");
    std::ofstream{path} << "v";
    stored[x.video.value] = {path.string(), bytes, true};
    return id;
  }

  http::response ok(const std::string& file_id = {}) {
    nlohmann::json message{{"message_id", ++last_message_id}};
    if (!file_id.empty())
      message["video"] = {{"file_id", file_id}};
    return answer(200, {{"ok", true}, {"result", message}});
  }

  static http::response refusal(int code, const std::string& description,
                                const nlohmann::json& parameters = nullptr) {
    nlohmann::json body{{"ok", false}, {"error_code", code}, {"description", description}};
    if (!parameters.is_null())
      body["parameters"] = parameters;
    return answer(code, body);
  }

  static http::response flood(int seconds) {
    return refusal(429, "Too Many Requests: retry after " + std::to_string(seconds),
                   {{"retry_after", seconds}});
  }

  static http::response failure(http::outcome outcome) {
    http::response result;
    result.outcome = outcome;
    return result;
  }

  /// What a chat was sent, refusals included.
  std::vector<std::string> texts_of(int64_t chat) const {
    std::vector<std::string> result;
    for (const auto& x : requests)
      if (x.chat == chat)
        result.push_back(x.text);
    return result;
  }

  std::vector<time_point> times_of(int64_t chat) const {
    std::vector<time_point> result;
    for (const auto& x : requests)
      if (x.chat == chat)
        result.push_back(x.at);
    return result;
  }

  int sent() const {
    return static_cast<int>(
      std::count_if(endings.begin(), endings.end(), [](const auto& x) { return x.second.sent; }));
  }

  size_t files_left() const {
    const std::filesystem::directory_iterator all{directory_};
    return static_cast<size_t>(std::distance(begin(all), end(all)));
  }

  notifier_fixture() = default;
  ~notifier_fixture() { std::filesystem::remove_all(directory_); }

private:
  static http::response answer(int status, const nlohmann::json& body) {
    http::response result;
    result.outcome = http::outcome::answered;
    result.status = status;
    result.body = body.dump();
    return result;
  }

  /// As sql/functions/due_notices.sql: each chat's first before any chat's second, eight at most,
  /// nothing behind what has to wait, unless that stands aside.
  store::notification_page page(const store::due_notifications& x) {
    constexpr size_t most_of_a_chat = 8;
    std::set<chat_id> shut{x.busy.begin(), x.busy.end()};
    std::map<chat_id, std::vector<const store::notification*>> chats;
    std::vector<std::pair<size_t, const store::notification*>> turns;
    for (const auto& [id, its] : outbox) {
      if (its.aside && its.due > now())
        continue;
      if (its.due > now())
        shut.insert(its.notification.chat);
      auto& chat = chats[its.notification.chat];
      if (shut.contains(its.notification.chat) || chat.size() == most_of_a_chat)
        continue;
      chat.push_back(&its.notification);
      turns.emplace_back(chat.size(), &its.notification);
    }
    std::stable_sort(turns.begin(), turns.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    store::notification_page result;
    for (const auto& [turn, notification] : turns)
      if (result.notifications.size() < static_cast<size_t>(x.limit))
        result.notifications.push_back(*notification);
    return result;
  }

  caf::result<store::notification_page> read(outbox_store_actor::pointer self,
                                             const store::due_notifications& x) {
    ++reads;
    if (!database_up)
      return ec::unavailable;
    if (read_time == caf::timespan{0})
      return page(x);
    auto promise = self->make_response_promise<store::notification_page>();
    run_after(self, read_time,
              [promise, found = page(x)]() mutable { promise.deliver(std::move(found)); });
    return promise;
  }

  caf::result<store::committed> commit(notification_id id, ending end) {
    ++commits_tried;
    if (!database_up)
      return ec::unavailable;
    end.times = endings[id.value].times + 1;
    endings[id.value] = end;
    CHECK(outbox.erase(id.value) == 1);
    return store::committed{};
  }

  caf::result<store::committed> defer(const store::defer_notification& x) {
    ++commits_tried;
    if (!database_up)
      return ec::unavailable;
    auto& its = outbox.at(x.id.value);
    ++its.notification.tries;
    its.due = now() + x.delay;
    its.error = x.error;
    its.aside = its.aside || x.aside;
    return store::committed{};
  }

  caf::result<opened_file> open(object_store_actor::pointer self, const open_file& x) {
    ++opens;
    if (storage_fault != ec::none)
      return storage_fault;
    auto promise = self->make_response_promise<opened_file>();
    run_after(self, open_time,
              [promise, found = stored.at(x.key.value)]() mutable { promise.deliver(found); });
    return promise;
  }

  caf::result<http::response> exchange(http_agent_actor::pointer self, const http::request& x) {
    requests.push_back(read(x));
    auto answer = telegram_says(requests.back());
    auto promise = self->make_response_promise<http::response>();
    run_after(self, latency(requests.back()), [promise, answer = std::move(answer)]() mutable {
      promise.deliver(std::move(answer));
    });
    return promise;
  }

  seen read(const http::request& x) {
    seen result;
    result.at = now();
    result.method = x.url.substr(x.url.rfind('/') + 1);
    if (x.parts.empty()) {
      const auto body = nlohmann::json::parse(x.body);
      result.chat = body.at("chat_id");
      result.text = body.value("text", body.value("title", ""));
      result.marked_up = body.contains("parse_mode");
      for (const auto& [name, value] : body.items())
        result.fields[name] = value.is_string() ? value.get<std::string>() : value.dump();
    }
    for (const auto& part : x.parts) {
      if (part.name == "chat_id")
        result.chat = std::stoll(part.value);
      if (part.name == "caption")
        result.text = part.value;
      if (part.name == "video") {
        result.video = part.value;
        result.file = part.file;
      }
      result.fields[part.name] = part.file.empty() ? part.value : part.file_name;
    }
    return result;
  }

  static std::filesystem::path new_directory() {
    auto name = (std::filesystem::temp_directory_path() / "notifier.XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    return name;
  }

  int64_t last_id_ = 0;
  std::filesystem::path directory_ = new_directory();
};

} // namespace neurocards::test
