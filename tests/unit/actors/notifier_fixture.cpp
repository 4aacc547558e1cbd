#include "tests/unit/actors/notifier_fixture.hpp"

#include "actors/run_after.hpp"
#include "domain/outbox.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <set>

namespace neurocards::test {

notifier_fixture::notifier_fixture() = default;

void notifier_fixture::lead() {
  notifier = spawn<notifier_impl>(store, http, files, rates,
                                  telegram::api{"https://telegram.example", secret{"1:t"}, 60s},
                                  notifications::notification_config{}, news, std::nullopt);
  tell(gained_atom_v);
  advance(1010ms); // somebody else may have sent until now
}

notifier_fixture::time_point notifier_fixture::now() {
  return sys.clock().now();
}

int64_t notifier_fixture::write(int64_t chat, const std::string& text) {
  return write(chat, "reply", outbox::to_json(telegram::outgoing{text, {}, true}));
}

int64_t notifier_fixture::write(int64_t chat, const std::string& kind, const std::string& payload) {
  store::notification x;
  x.id = notification_id{++last_id_};
  x.chat = chat_id{chat};
  x.kind = parse_notification_kind(kind).value();
  x.payload = payload;
  x.language = "ru";
  outbox[last_id_] = {std::move(x), now(), {}};
  return last_id_;
}

int64_t notifier_fixture::write_video(int64_t chat, const std::string& file_id, int64_t bytes) {
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

http::response notifier_fixture::ok(const std::string& file_id) {
  nlohmann::json message{{"message_id", ++last_message_id}};
  if (!file_id.empty())
    message["video"] = {{"file_id", file_id}};
  return answer(200, {{"ok", true}, {"result", message}});
}

http::response notifier_fixture::refusal(int code, const std::string& description) {
  return refusal(code, description, nullptr);
}

http::response notifier_fixture::refusal(int code, const std::string& description,
                                         const nlohmann::json& parameters) {
  nlohmann::json body{{"ok", false}, {"error_code", code}, {"description", description}};
  if (!parameters.is_null())
    body["parameters"] = parameters;
  return answer(code, body);
}

http::response notifier_fixture::flood(int seconds) {
  return refusal(429, "Too Many Requests: retry after " + std::to_string(seconds),
                 {{"retry_after", seconds}});
}

http::response notifier_fixture::failure(http::outcome outcome) {
  http::response result;
  result.outcome = outcome;
  return result;
}

std::vector<std::string> notifier_fixture::texts_of(int64_t chat) const {
  std::vector<std::string> result;
  for (const auto& x : requests)
    if (x.chat == chat)
      result.push_back(x.text);
  return result;
}

std::vector<notifier_fixture::time_point> notifier_fixture::times_of(int64_t chat) const {
  std::vector<time_point> result;
  for (const auto& x : requests)
    if (x.chat == chat)
      result.push_back(x.at);
  return result;
}

int notifier_fixture::sent() const {
  return static_cast<int>(
    std::count_if(endings.begin(), endings.end(), [](const auto& x) { return x.second.sent; }));
}

size_t notifier_fixture::files_left() const {
  const std::filesystem::directory_iterator all{directory_};
  return static_cast<size_t>(std::distance(begin(all), end(all)));
}

notifier_fixture::~notifier_fixture() {
  std::filesystem::remove_all(directory_);
}

http::response notifier_fixture::answer(int status, const nlohmann::json& body) {
  http::response result;
  result.outcome = http::outcome::answered;
  result.status = status;
  result.body = body.dump();
  return result;
}

store::notification_page notifier_fixture::page(const store::due_notifications& x) {
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
  result.foreign = foreign;
  read_in_all += result.notifications.size();
  return result;
}

caf::result<store::notification_page> notifier_fixture::read(outbox_store_actor::pointer self,
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

caf::result<store::committed> notifier_fixture::commit(notification_id id, ending end) {
  ++commits_tried;
  if (!database_up)
    return ec::unavailable;
  end.times = endings[id.value].times + 1;
  endings[id.value] = end;
  CHECK(outbox.erase(id.value) == 1);
  return store::committed{};
}

caf::result<store::committed> notifier_fixture::defer(const store::defer_notification& x) {
  ++commits_tried;
  if (!database_up)
    return ec::unavailable;
  if (std::erase_if(foreign, [&](const auto& other) { return other.id == x.id; }) > 0) {
    left_alone.push_back(x);
    return store::committed{};
  }
  auto& its = outbox.at(x.id.value);
  ++its.notification.tries;
  its.due = now() + x.delay;
  its.error = x.error;
  its.aside = its.aside || x.aside;
  return store::committed{};
}

caf::result<opened_file> notifier_fixture::open(object_store_actor::pointer self,
                                                const open_file& x) {
  ++opens;
  if (storage_fault != ec::none)
    return storage_fault;
  auto promise = self->make_response_promise<opened_file>();
  run_after(self, open_time,
            [promise, found = stored.at(x.key.value)]() mutable { promise.deliver(found); });
  return promise;
}

caf::result<http::response> notifier_fixture::exchange(http_agent_actor::pointer self,
                                                       const http::request& x) {
  requests.push_back(read(x));
  auto answer = telegram_says(requests.back());
  auto promise = self->make_response_promise<http::response>();
  run_after(self, latency(requests.back()), [promise, answer = std::move(answer)]() mutable {
    promise.deliver(std::move(answer));
  });
  return promise;
}

notifier_fixture::seen notifier_fixture::read(const http::request& x) {
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
    if (part.name == "photo")
      result.file = part.file;
    result.fields[part.name] = part.file.empty() ? part.value : part.file_name;
  }
  return result;
}

std::filesystem::path notifier_fixture::new_directory() {
  auto name = (std::filesystem::temp_directory_path() / "notifier.XXXXXX").string();
  REQUIRE(mkdtemp(name.data()) != nullptr);
  return name;
}

caf::result<store::released_news> notifier_fixture::release(const store::release_news& x) {
  ++searches;
  if (!database_up)
    return caf::make_error(ec::unavailable);
  const int messages = static_cast<int>(std::min(static_cast<size_t>(x.limit), to_be_told.size()));
  const bool running = !to_be_told.empty();
  for (int i = 0; i < messages; ++i) {
    write(to_be_told.front(), "news", R"({"broadcast": 1, "text": "news"})");
    to_be_told.pop_front();
  }
  return store::released_news{messages, running};
}

outbox_store_actor notifier_fixture::fake_store() {
  return own(
    sys.spawn([this](outbox_store_actor::pointer self) -> outbox_store_actor::behavior_type {
      return {
        [this, self](const store::due_notifications& x) { return read(self, x); },
        [this](const store::mark_sent& x) {
          return commit(x.id, {true, false, x.message_id, x.video_file_id, {}, 0, {}, x.facts});
        },
        [this](const store::defer_notification& x) { return defer(x); },
        [this](const store::drop_notification& x) {
          return commit(x.id, {false, x.blocked, 0, {}, x.error, 0, x.sent_at, {}});
        },
        [this](const store::release_news& x) { return release(x); },
      };
    }));
}

http_agent_actor notifier_fixture::fake_http() {
  return own(sys.spawn([this](http_agent_actor::pointer self) -> http_agent_actor::behavior_type {
    return {[this, self](const http::request& x) { return exchange(self, x); }};
  }));
}

object_store_actor notifier_fixture::fake_files() {
  return own(
    sys.spawn([this](object_store_actor::pointer self) -> object_store_actor::behavior_type {
      return {
        [](const put_file&) -> caf::result<put_result> { return ec::storage_full; },
        [this, self](const open_file& x) { return open(self, x); },
        [this](const link_file&) -> caf::result<file_link> { return file_link{link}; },
        [](const drop_file&) -> caf::result<void> { return caf::unit; },
      };
    }));
}

} // namespace neurocards::test
