#pragma once

#include "actors/generation.hpp"
#include "tests/support/fake_job_store.hpp"
#include "tests/support/fake_web.hpp"
#include "tests/support/nameless_files.hpp"

#include <set>

namespace neurocards::test {

// ── the worker's surroundings ────────────────────────────────────────────────────────────────────

/// A worker's world with everything but the worker. By default all goes well: the database grants
/// and saves, KIE creates "task-1", which succeeds at the first look.
struct worker_fixture : actor_fixture {
  static constexpr const char* first_key = "aaaaaaaaaaaaaaaa";
  static constexpr const char* second_key = "bbbbbbbbbbbbbbbb";

  worker_fixture();
  ~worker_fixture();

  /// The context of the worker, from `settings` and `public_url` as they are now.
  std::shared_ptr<const generation_context> context();
  claimed_job fresh_job();

  /// A job whose task was created `ago`.
  claimed_job begun_job(std::chrono::seconds ago = 60s);

  journal log;
  fake_job_store db{log};
  fake_web web{log};
  config::generation settings;
  std::string public_url = "https://bot.example";
  std::vector<store::account> accounts{
    {first_key, {key_fingerprint{first_key}, key_fingerprint{second_key}}}};
  std::vector<store::account> runware_accounts; // none: there is KIE alone
  std::string photo_path = "/nowhere/photo.jpg";
  std::shared_ptr<nameless_files> files = std::make_shared<nameless_files>();
  metrics counts{sys};
  std::deque<caf::error> storage_errors; // of the next file operations
  std::vector<std::string> opened;       // keys
  std::vector<std::string> linked;
  std::string photo_link = "https://bot.example/files/photos/1.jpg";
  std::string written = "A hand turns the mug. Steam rises.";
  std::string narration = "Тепло.";
  caf::error no_prompt;
  std::vector<key_fingerprint> keys_asked;
  std::string missing_key; // which this node does not have

  fake_job_store::actor job_store = db.start(*this);
  http_agent_actor agent = web.start(*this);
  object_store_actor objects = fake_objects();
  prompt_writer_actor prompts = fake_prompts();
  std::set<key_fingerprint> cooling;
  caf::timespan cooldown_left = 10min; // of all that rest
  key_ring_actor keys = fake_keys();

  failure_origin origin = failure_origin::job; // whose fault everything is
  std::vector<weigh_failure> weighed;
  outage_watch_actor outages = fake_outages();

private:
  object_store_actor fake_objects();
  prompt_writer_actor fake_prompts();
  key_ring_actor fake_keys();
  outage_watch_actor fake_outages();

  caf::error storage_trouble();
  found_key choose(const key_fingerprint& outside_of) const;
  secret secret_of(const key_fingerprint& key) const;
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
  generation_fixture();
  ~generation_fixture();

  /// Starts the job; `node` is the incarnation that holds it.
  void run(claimed_job claimed);
  void drain();
  void call_back(const std::string& task);

  /// Ended quietly: nobody has to give anything back.
  bool ended_well() const { return ended && !reason; }

  incarnation node{uuid::random()};
  job_id job;
  generation_actor worker;
  bool& ended = fate_->ended;
  caf::error& reason = fate_->reason;
};

} // namespace neurocards::test
