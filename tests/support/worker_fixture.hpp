#pragma once

#include "actors/generation.hpp"
#include "tests/support/actor_fixture.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <deque>
#include <map>
#include <string>
#include <variant>

namespace neurocards::test {

/// Everything that happened outside the actor under test, in order: names of database requests,
/// labels of HTTP requests, "put_file", "write_prompt" and the like.
class journal {
public:
  void note(std::string what) { lines_.push_back(std::move(what)); }
  void clear() { lines_.clear(); }

  /// One text, so that a failing test shows both sides.
  std::string text() const {
    std::string result;
    for (const auto& line : lines_)
      result += (result.empty() ? "" : " ") + line;
    return result;
  }

  int count(std::string_view what) const {
    return static_cast<int>(std::count(lines_.begin(), lines_.end(), what));
  }

private:
  std::vector<std::string> lines_;
};

/// Lets a fake keep its answers back until the test releases them.
class brake {
public:
  void hold(std::string what) { held_ = std::move(what); }
  bool holds(std::string_view what) const { return what == held_; }
  void keep(std::function<void()> answer) { kept_.push_back(std::move(answer)); }
  size_t kept() const { return kept_.size(); }

  /// The answers that were kept back; nothing is held any more.
  std::vector<std::function<void()>> release() {
    held_.clear();
    return std::exchange(kept_, {});
  }

private:
  std::string held_;
  std::vector<std::function<void()>> kept_;
};

template <class Request>
constexpr const char* request_name = "?";
template <>
inline constexpr const char* request_name<store::claim_jobs> = "claim_jobs";
template <>
inline constexpr const char* request_name<store::held_jobs> = "held_jobs";
template <>
inline constexpr const char* request_name<store::record_prompt> = "record_prompt";
template <>
inline constexpr const char* request_name<store::record_intent> = "record_intent";
template <>
inline constexpr const char* request_name<store::record_task> = "record_task";
template <>
inline constexpr const char* request_name<store::retry_job> = "retry_job";
template <>
inline constexpr const char* request_name<store::complete_job> = "complete_job";
template <>
inline constexpr const char* request_name<store::fail_job> = "fail_job";
template <>
inline constexpr const char* request_name<store::release_jobs> = "release_jobs";
template <>
inline constexpr const char* request_name<store::add_job_event> = "add_job_event";
template <>
inline constexpr const char* request_name<store::rest_key> = "rest_key";
template <>
inline constexpr const char* request_name<store::rest_model> = "rest_model";
template <>
inline constexpr const char* request_name<store::adopt_task> = "adopt_task";

/// What the database would say to a worker. Fields are the script; `asked` is what came.
struct fake_job_store {
  using request =
    std::variant<store::claim_jobs, store::held_jobs, store::record_prompt, store::record_intent,
                 store::record_task, store::retry_job, store::complete_job, store::fail_job,
                 store::release_jobs, store::add_job_event, store::rest_key, store::rest_model,
                 store::adopt_task>;

  explicit fake_job_store(journal& to) : log(to) {}

  job_store_actor start(actor_fixture& in) {
    handle = in.own(in.sys.spawn([this](job_store_actor::pointer self) { return behavior(self); }));
    return handle;
  }

  /// The last request of a kind.
  template <class Request>
  const Request& last() const {
    const Request* result = nullptr;
    for (const auto& x : asked)
      if (const auto* match = std::get_if<Request>(&x))
        result = match;
    REQUIRE_MESSAGE(result, request_name<Request> << " was never asked");
    return *result;
  }

  /// Answers what was kept back.
  void release() {
    for (auto& answer : answers.release())
      caf::anon_send(caf::actor_cast<caf::actor>(handle), caf::make_action(std::move(answer)));
  }

  journal& log;
  std::vector<request> asked;
  std::string out_of_reach;     // name of requests that fail for now; "all" for every one
  ec trouble = ec::unavailable; // how they fail
  int failures_left = 0;        // how many more
  std::string lease_lost_at;    // name of the request that is told so
  std::deque<store::intent_outcome> intents; // empty: granted
  store::intent_outcome granted;
  std::deque<std::vector<claimed_job>> due; // one entry per claim; empty: nothing is due
  bool more = false;
  std::vector<claimed_job> held;
  brake answers;
  job_store_actor handle;

private:
  template <class Request>
  caf::result<typename Request::answer> reply(job_store_actor::pointer self, const Request& what) {
    const char* name = request_name<Request>;
    log.note(name);
    asked.emplace_back(what);
    if (failures_left > 0 && (out_of_reach == name || out_of_reach == "all")) {
      --failures_left;
      return caf::make_error(trouble, name);
    }
    if (!answers.holds(name))
      return answer_to(what);
    auto promise = self->make_response_promise<typename Request::answer>();
    answers.keep([this, promise, what]() mutable { promise.deliver(answer_to(what)); });
    return promise;
  }

  template <class Request>
  typename Request::answer answer_to(const Request&) {
    if constexpr (std::is_same_v<typename Request::answer, store::transition>)
      return lease_lost_at == request_name<Request> ? store::transition::lease_lost
                                                    : store::transition::done;
    else
      return {};
  }

  store::count answer_to(const store::release_jobs& what) {
    return {static_cast<int>(what.jobs.size())};
  }

  store::adoption answer_to(const store::adopt_task&) {
    store::adoption result;
    result.what = store::adoption::verdict::adopted;
    return result;
  }

  store::intent_outcome answer_to(const store::record_intent&) {
    if (lease_lost_at == "record_intent")
      return {};
    if (intents.empty())
      return granted;
    auto result = intents.front();
    intents.pop_front();
    return result;
  }

  store::claimed_jobs answer_to(const store::claim_jobs&) {
    store::claimed_jobs result;
    if (!due.empty()) {
      result.jobs = due.front();
      due.pop_front();
    }
    result.more = more;
    return result;
  }

  store::claimed_jobs answer_to(const store::held_jobs&) {
    return {std::exchange(held, {}), false};
  }

  template <class Request>
  auto on(job_store_actor::pointer self) {
    return [this, self](const Request& what) { return reply(self, what); };
  }

  job_store_actor::behavior_type behavior(job_store_actor::pointer self) {
    return {
      on<store::claim_jobs>(self),    on<store::held_jobs>(self),   on<store::record_prompt>(self),
      on<store::record_intent>(self), on<store::record_task>(self), on<store::retry_job>(self),
      on<store::complete_job>(self),  on<store::fail_job>(self),    on<store::release_jobs>(self),
      on<store::add_job_event>(self), on<store::rest_key>(self),    on<store::rest_model>(self),
      on<store::adopt_task>(self)};
  }
};

/// The world's web servers: answers by the label of the request. The last answer of a label stays.
struct fake_web {
  explicit fake_web(journal& to) : log(to) {}

  http_agent_actor start(actor_fixture& in) {
    handle = in.own(in.sys.spawn([this](http_agent_actor::pointer self) {
      return http_agent_actor::behavior_type{
        [this, self](const http::request& what) { return reply(self, what); }};
    }));
    return handle;
  }

  void says(const std::string& label, std::vector<http::response> lines) {
    script[label].assign(lines.begin(), lines.end());
  }

  std::vector<http::request> of(std::string_view label) const {
    std::vector<http::request> result;
    for (const auto& x : asked)
      if (x.label == label)
        result.push_back(x);
    return result;
  }

  /// Answers what was kept back.
  void release() {
    for (auto& answer : answers.release())
      caf::anon_send(caf::actor_cast<caf::actor>(handle), caf::make_action(std::move(answer)));
  }

  journal& log;
  std::map<std::string, std::deque<http::response>> script; // none for a label: connection refused
  std::vector<http::request> asked;
  brake answers;
  http_agent_actor handle;

private:
  caf::result<http::response> reply(http_agent_actor::pointer self, const http::request& what) {
    log.note(what.label);
    asked.push_back(what);
    if (!answers.holds(what.label))
      return next(what.label);
    auto promise = self->make_response_promise<http::response>();
    answers.keep([this, promise, label = what.label]() mutable { promise.deliver(next(label)); });
    return promise;
  }

  http::response next(const std::string& label) {
    auto& answers_of = script[label];
    if (answers_of.empty())
      return {};
    auto result = answers_of.front();
    if (answers_of.size() > 1)
      answers_of.pop_front();
    return result;
  }
};

// ── answers of web servers ───────────────────────────────────────────────────────────────────────

inline http::response answered(int status, std::string body) {
  http::response result;
  result.how = http::outcome::answered;
  result.status = status;
  result.body = std::move(body);
  result.bytes = static_cast<int64_t>(result.body.size());
  result.content_type = "application/json";
  return result;
}

inline http::response failed(http::outcome how) {
  http::response result;
  result.how = how;
  result.error = to_string(how);
  return result;
}

/// KIE refuses in words, with HTTP 200 as it likes to.
inline http::response refused(int code, const std::string& why) {
  return answered(200,
                  R"({"code":)" + std::to_string(code) + R"(,"msg":")" + why + R"(","data":null})");
}

inline http::response created(const std::string& task, int code = 200) {
  return answered(200, R"({"code":)" + std::to_string(code)
                         + R"(,"msg":"success","data":{"taskId":")" + task + R"("}})");
}

inline http::response generating() {
  return answered(200,
                  R"({"code":200,"msg":"success","data":{"taskId":"t","state":"generating"}})");
}

inline http::response success(const std::string& url = "https://files.example/v/1.mp4") {
  return answered(200, R"({"code":200,"msg":"success","data":{"taskId":"t","state":"success",)"
                       R"("resultJson":"{\"resultUrls\":[\")"
                         + url + R"(\"]}"}})");
}

inline http::response task_failed(const std::string& code, const std::string& why) {
  return answered(200, R"({"code":200,"msg":"success","data":{"taskId":"t","state":"fail",)"
                       R"("failCode":")"
                         + code + R"(","failMsg":")" + why + R"("}})");
}

inline http::response unknown_task() {
  return refused(422, "recordInfo is null");
}

inline http::response video() {
  auto result = answered(200, "");
  result.bytes = 1'000'000;
  result.content_type = "video/mp4";
  return result;
}

inline http::response uploaded() {
  return answered(200, R"({"success":true,"code":200,"msg":"ok",)"
                       R"("data":{"downloadUrl":"https://kie.example/up/1.jpg"}})");
}

// ── the worker's surroundings ────────────────────────────────────────────────────────────────────

/// Names temporary files that do not exist; nothing else is asked of it.
struct nameless_files : storage::store {
  storage::action put(const storage_key&, const std::string&, const std::string&) const override {
    return {};
  }
  storage::action fetch(const storage_key&) const override { return {}; }
  storage::action remove(const storage_key&) const override { return {}; }
  storage::action list(const std::string&, const std::string&) const override { return {}; }
  storage::action check() const override { return {}; }
  std::string link(const storage_key&, storage::clock::time_point,
                   std::chrono::seconds) const override {
    return {};
  }
  std::string temporary_file(std::string_view extension) const override {
    return "/nowhere/" + std::to_string(++count) + std::string{extension};
  }
  storage::action clean_temporary(std::chrono::seconds) const override { return {}; }

  mutable int count = 0;
};

/// A worker's world with everything but the worker. By default all goes well: the database grants
/// and saves, KIE creates "task-1", which succeeds at the first look.
struct worker_fixture : actor_fixture {
  static constexpr const char* first_key = "aaaaaaaaaaaaaaaa";
  static constexpr const char* second_key = "bbbbbbbbbbbbbbbb";

  worker_fixture() {
    config::model sora;
    sora.slug = "sora";
    sora.name = "Sora 2";
    config::model kling = sora;
    kling.slug = "kling";
    kling.name = "Kling";
    kling.prompt_limit = 20;
    settings.models = {sora, kling};
    db.granted.what = store::intent_outcome::verdict::granted;
    db.granted.key = key_fingerprint{first_key};
    db.granted.model = "sora";
    web.says("kie.upload", {uploaded()});
    web.says("kie.createTask", {created("task-1")});
    web.says("kie.recordInfo", {success()});
    web.says("kie.download", {video()});
  }

  /// The context of the worker, from `settings` and `public_url` as they are now.
  std::shared_ptr<const generation_context> context() {
    const kie::api api{"https://kie.example", "https://upload.example", 60s};
    auto polling =
      std::make_shared<poller_config>(poller_config{api, counts, settings.poll_interval});
    return std::make_shared<generation_context>(
      generation_context{settings, accounts, public_url, false, api, polling, files, counts,
                         job_store, agent, objects, prompts, keys});
  }

  claimed_job fresh_job() {
    claimed_job result;
    result.id = job_id{uuid::random()};
    result.owner = user_id{42};
    result.template_type = "ugc";
    result.product_text = "a mug";
    result.attempts = 1;
    result.photo = storage_key{"photos/1.jpg"};
    return result;
  }

  /// A job whose task was created `ago`.
  claimed_job begun_job(std::chrono::seconds ago = 60s) {
    auto result = fresh_job();
    result.prompt = "A hand turns the mug.";
    result.model = "sora";
    result.key = key_fingerprint{second_key};
    result.task = kie_task_id{"task-0"};
    result.task_created_at = std::chrono::system_clock::now() - ago;
    return result;
  }

  journal log;
  fake_job_store db{log};
  fake_web web{log};
  config::kie settings;
  std::string public_url = "https://bot.example";
  std::vector<store::kie_account> accounts{
    {first_key, {key_fingerprint{first_key}, key_fingerprint{second_key}}}};
  std::shared_ptr<nameless_files> files = std::make_shared<nameless_files>();
  metrics counts{sys};
  std::deque<caf::error> storage_errors; // of the next file operations
  std::string photo_link = "https://bot.example/files/photos/1.jpg";
  std::string written = "A hand turns the mug. Steam rises.";
  caf::error no_prompt;
  std::vector<key_fingerprint> keys_asked;
  std::string missing_key; // which this node does not have

  job_store_actor job_store = db.start(*this);
  http_agent_actor agent = web.start(*this);
  object_store_actor objects = spawn_fake<object_store_actor>(
    [this](const put_file&) -> caf::result<put_result> {
      log.note("put_file");
      if (auto err = storage_trouble())
        return err;
      return put_result{1'000'000};
    },
    [this](const open_file&) -> caf::result<opened_file> {
      log.note("open_file");
      if (auto err = storage_trouble())
        return err;
      return opened_file{"/nowhere/photo.jpg", 1000, false};
    },
    [this](const link_file&) -> caf::result<file_link> {
      log.note("link_file");
      if (auto err = storage_trouble())
        return err;
      return file_link{photo_link};
    },
    [](const drop_file&) {});
  prompt_writer_actor prompts =
    spawn_fake<prompt_writer_actor>([this](const write_prompt&) -> caf::result<written_prompt> {
      log.note("write_prompt");
      if (no_prompt)
        return no_prompt;
      return written_prompt{written, "openai"};
    });
  key_ring_actor keys = spawn_fake<key_ring_actor>(
    [this](const find_key& what) {
      keys_asked.push_back(what.key);
      return found_key{secret_of(what.key)};
    },
    [this](const query_slot& what) {
      keys_asked.push_back(what.key);
      return query_turn{0s, secret_of(what.key)};
    });

private:
  caf::error storage_trouble() {
    if (storage_errors.empty())
      return {};
    auto result = storage_errors.front();
    storage_errors.pop_front();
    return result;
  }

  secret secret_of(const key_fingerprint& key) const {
    return secret{key.value == missing_key && !missing_key.empty() ? "" : "secret-" + key.value};
  }
};

/// One generation in that world.
struct generation_fixture : worker_fixture {
  /// Starts the job; `node` is the incarnation that holds it.
  void run(claimed_job what) {
    job = what.id;
    worker = own(sys.spawn<generation_impl>(context(), node, std::move(what)));
    worker->attach_functor([this](const caf::error& why) {
      ended = true;
      reason = why;
    });
    settle();
  }

  void drain() {
    caf::anon_send(worker, drain_atom_v);
    settle();
  }

  void call_back(const std::string& task) {
    caf::anon_send(worker, kie_callback{job, kie_task_id{task}});
    settle();
  }

  /// Ended quietly: nobody has to give anything back.
  bool ended_well() const { return ended && !reason; }

  incarnation node{uuid::random()};
  job_id job;
  generation_actor worker;
  bool ended = false;
  caf::error reason;
};

} // namespace neurocards::test
