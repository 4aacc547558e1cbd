#pragma once

#include "actors/generation.hpp"
#include "tests/support/fake_job_store.hpp"
#include "tests/support/fake_web.hpp"
#include "tests/support/nameless_files.hpp"

#include <algorithm>
#include <set>

namespace neurocards::test {

// ── the worker's surroundings ────────────────────────────────────────────────────────────────────

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
    db.granted.outcome = store::intent_outcome::verdict::granted;
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
                         job_store, agent, objects, prompts, keys, outages});
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
    result.task_age = ago;
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

  fake_job_store::actor job_store = db.start(*this);
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
  std::set<key_fingerprint> cooling;
  caf::timespan cooldown_left = 10min; // of all that rest
  key_ring_actor keys = spawn_fake<key_ring_actor>(
    [this](const find_key& request) {
      keys_asked.push_back(request.key);
      return found_key{secret_of(request.key), request.key, {}};
    },
    [this](const choose_key& wanted) { return choose(wanted.outside_of); },
    [this](const query_slot& slot) {
      keys_asked.push_back(slot.key);
      return query_turn{0s, secret_of(slot.key), 0};
    },
    [this](const store::cool_down_key& cooldown) {
      cooling.insert(cooldown.key);
      if (cooldown.whole_account)
        cooling.insert(cooldown.account_keys.begin(), cooldown.account_keys.end());
    });

  failure_origin origin = failure_origin::job; // whose fault everything is
  std::vector<weigh_failure> weighed;
  outage_watch_actor outages = spawn_fake<outage_watch_actor>(
    [this](const weigh_failure& failure) {
      weighed.push_back(failure);
      return origin;
    },
    [](wake_atom) {});

private:
  caf::error storage_trouble() {
    if (storage_errors.empty())
      return {};
    auto result = storage_errors.front();
    storage_errors.pop_front();
    return result;
  }

  found_key choose(const key_fingerprint& outside_of) const {
    for (const auto& account : accounts) {
      if (std::ranges::find(account.keys, outside_of) != account.keys.end())
        continue;
      for (const auto& key : account.keys)
        if (!cooling.contains(key))
          return {secret_of(key), key, {}};
    }
    found_key none;
    none.wait = std::chrono::duration_cast<std::chrono::milliseconds>(cooldown_left);
    return none;
  }

  secret secret_of(const key_fingerprint& key) const {
    return secret{key.value == missing_key && !missing_key.empty() ? "" : "secret-" + key.value};
  }
};

/// One generation in that world.
class generation_fixture : public worker_fixture {
  /// Outlives the fixture's members: a worker may end with the fixture.
  struct fate {
    bool ended = false;
    caf::error reason;
  };
  std::shared_ptr<fate> fate_ = std::make_shared<fate>();

public:
  /// Starts the job; `node` is the incarnation that holds it.
  void run(claimed_job claimed) {
    job = claimed.id;
    worker = own(sys.spawn<generation_impl>(context(), node, std::move(claimed)));
    worker->attach_functor([fate = fate_](const caf::error& cause) {
      fate->ended = true;
      fate->reason = cause;
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
  bool& ended = fate_->ended;
  caf::error& reason = fate_->reason;
};

} // namespace neurocards::test
