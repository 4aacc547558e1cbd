#include "tests/unit/actors/conversation_fixture.hpp"

#include "actors/post.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <utility>

namespace neurocards::test {

namespace {

template <class T>
std::optional<T> next(std::deque<std::optional<T>>& script) {
  if (script.empty())
    return std::nullopt;
  const auto result = script.front();
  script.pop_front();
  return result;
}

} // namespace

conversation_fixture::conversation_fixture() {
  view.terms_version = "1";
  view.credits = 2;
  talk = start();
}

conversation_fixture::~conversation_fixture() {
  held.clear();
  settle();
  std::filesystem::remove_all(directory);
}

conversation_context conversation_fixture::context_of(const flow::flow_config& flow) {
  return {telegram::api{"http://telegram.test", secret{"1:x"}, 30s},
          flow,
          10min,
          files,
          [](auto task, auto done) { done(task()); },
          [](auto task, auto done) { done(task()); },
          database,
          http,
          objects,
          metrics{sys}};
}

conversation_actor conversation_fixture::start(const changing<conversation_context>& contexts) {
  return spawn<conversation_impl>(contexts, chat_id{501}, gateway);
}

telegram::incoming conversation_fixture::text(int64_t id, std::string words) {
  telegram::message message;
  message.message_id = id;
  message.text = std::move(words);
  return update(id, message);
}

telegram::incoming conversation_fixture::photo_message(int64_t id, std::string album) {
  telegram::message message;
  message.message_id = id;
  message.content = telegram::content_kind::photo;
  message.media_group = std::move(album);
  message.file.emplace();
  message.file->file_id = "file-" + std::to_string(id);
  message.file->width = 800;
  message.file->height = 600;
  return update(id, message);
}

void conversation_fixture::release() {
  for (auto& [whose, answer] : std::exchange(held, {}))
    post(whose, std::move(answer)); // a promise is its actor's alone
  settle();
}

int conversation_fixture::count(const std::string& label) const {
  return static_cast<int>(std::count_if(requests.begin(), requests.end(),
                                        [&](const auto& x) { return x.label == label; }));
}

int conversation_fixture::temporary_files() const {
  int result = 0;
  for (const auto& x : std::filesystem::recursive_directory_iterator(directory))
    result += x.is_regular_file();
  return result;
}

http::response conversation_fixture::says(int status, std::string body) {
  http::response result;
  result.outcome = http::outcome::answered;
  result.status = status;
  result.body = std::move(body);
  return result;
}

caf::result<store::conversation_view>
conversation_fixture::load(const store::load_conversation& x) {
  history.push_back("load " + to_string(x.update));
  if (const auto fault = next(load_faults))
    return caf::make_error(*fault);
  auto result = view;
  result.handled = handled.contains(x.update.value);
  return result;
}

caf::result<store::step_outcome>
conversation_fixture::commit(conversation_store_actor::pointer self, const store::commit_step& x) {
  history.push_back("commit " + to_string(x.update));
  if (!hold_commits)
    return outcome_of(x);
  auto promise = self->make_response_promise<store::step_outcome>();
  held.emplace_back(self->ctrl(), [this, promise, x]() mutable { promise.deliver(outcome_of(x)); });
  return promise;
}

caf::expected<store::step_outcome> conversation_fixture::outcome_of(const store::commit_step& x) {
  const auto fault = next(commit_faults);
  if (fault && !lost_answers)
    return caf::make_error(*fault);
  if (refused(x))
    return caf::make_error(ec::rejected, "constraint");
  store::step_outcome result;
  result.stale = (x.session_version && *x.session_version != view.version) || out_of_turn
                 || older_is_unhandled(x.update.value);
  if (result.stale)
    return result;
  result.applied = handled.insert(x.update.value).second;
  if (result.applied) {
    applied.push_back(x);
    if (x.session) {
      view.state = x.session->state;
      view.data = x.session->data;
    }
    if (x.session || x.session_version)
      ++view.version;
  }
  if (fault)
    return caf::make_error(*fault);
  return result;
}

bool conversation_fixture::older_is_unhandled(int64_t id) const {
  return std::any_of(stored.begin(), stored.lower_bound(id),
                     [this](int64_t older) { return !handled.contains(older); });
}

http::response conversation_fixture::answer_to(const http::request& x) {
  auto& script = http_answers[x.label];
  if (!script.empty()) {
    const auto result = script.front();
    script.pop_front();
    return result;
  }
  if (x.label == "telegram.getFile")
    return says(200, R"({"ok":true,"result":{"file_id":"f","file_path":"photos/file_7.png"}})");
  if (x.label == "telegram.download") {
    std::ofstream{x.save_to, std::ios::binary} << photo;
    return says(200, "");
  }
  return says(200, R"({"ok":true,"result":true})");
}

conversation_store_actor conversation_fixture::fake_database() {
  return own(sys.spawn([this](conversation_store_actor::pointer self) {
    return conversation_store_actor::behavior_type{
      [this](const store::load_conversation& x) { return load(x); },
      [this, self](const store::commit_step& x) { return commit(self, x); },
    };
  }));
}

http_agent_actor conversation_fixture::fake_http() {
  return own(sys.spawn([this](http_agent_actor::pointer self) {
    return http_agent_actor::behavior_type{
      [this, self](const http::request& x) -> caf::result<http::response> {
        requests.push_back(x);
        if (!hold_downloads || x.label != "telegram.download")
          return answer_to(x);
        auto promise = self->make_response_promise<http::response>();
        held.emplace_back(self->ctrl(),
                          [this, promise, x]() mutable { promise.deliver(answer_to(x)); });
        return promise;
      },
    };
  }));
}

object_store_actor conversation_fixture::fake_objects() {
  return spawn_fake<object_store_actor>(
    [this](const put_file& x) -> caf::result<put_result> {
      if (const auto fault = next(put_faults))
        return caf::make_error(*fault);
      kept.push_back(x);
      if (look_at_kept) {
        std::ifstream in{x.path, std::ios::binary};
        look_at_kept({std::istreambuf_iterator<char>{in}, {}});
      }
      std::filesystem::remove(x.path);
      return put_result{1};
    },
    [](const open_file&) { return opened_file{}; }, [](const link_file&) { return file_link{}; },
    [](const drop_file&) {});
}

telegram_gateway_actor conversation_fixture::fake_gateway() {
  return spawn_fake<telegram_gateway_actor>(
    [](gained_atom) {}, [](lost_atom) {}, [](const webhook_update&) {},
    [this](const conversation_idle&) { ++told_idle; }, [](drain_atom) {});
}

telegram::incoming conversation_fixture::update(int64_t id,
                                                decltype(telegram::incoming::content) content) {
  telegram::incoming result;
  result.update = update_id{id};
  result.chat = chat_id{501};
  result.who.user = user_id{501};
  result.who.language_code = "ru";
  result.content = std::move(content);
  return result;
}

std::shared_ptr<reply<caf::unit_t>> conversation_fixture::send(telegram::incoming incoming) {
  return ask<caf::unit_t>(*this, talk, routed_update{std::move(incoming)});
}

} // namespace neurocards::test
