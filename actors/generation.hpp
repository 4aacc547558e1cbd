#pragma once

#include "actors/kie_poller.hpp"
#include "clients/storage.hpp"
#include "domain/kie_errors.hpp"
#include "domain/models.hpp"
#include "domain/retry.hpp"
#include "protocol/config.hpp"
#include "protocol/store/kie.hpp"
#include "protocol/store/queue.hpp"
#include "protocol/store/request_list.hpp"

#include <functional>
#include <memory>

namespace neurocards {

/// What `generation` asks the database.
using generation_store_actor =
  store_actor<store::record_prompt, store::record_intent, store::record_task, store::retry_job,
              store::complete_job, store::fail_job, store::release_jobs, store::rest_key,
              store::rest_model, store::adopt_task>;

/// What all generations of a node share. Immutable.
struct generation_context {
  config::kie settings; // the catalogue of models among them
  std::vector<store::kie_account> accounts;
  std::string public_url;         // empty: KIE can neither fetch photos from us nor call back
  bool private_downloads = false; // results may lie on private addresses
  kie::api kie;
  std::shared_ptr<const poller_config> polling;
  std::shared_ptr<const storage::store> files; // for paths of temporary files
  metrics counts;
  generation_store_actor store;
  http_agent_actor http; // for KIE alone
  object_store_actor objects;
  prompt_writer_actor prompts;
  key_ring_actor keys;
  outage_watch_actor outages;

  /// How long a creation in doubt waits for its callback.
  caf::timespan grace() const { return settings.grace(!public_url.empty()); }
};

/// The life of one job, from wherever its row says it stands to completed, failed or queued again.
/// Every step is committed before the next one starts, and every commit is fenced: when the lease
/// is lost the generation ends and changes nothing. Dying costs nothing but time: the row knows the
/// prompt, the intent and the task.
class generation {
public:
  static constexpr const char* name = "generation";

  generation(generation_actor::pointer self, std::shared_ptr<const generation_context> context,
             incarnation node, claimed_job job);
  generation_actor::behavior_type make_behavior();

private:
  // generation.cpp: the way from step to step
  void begin();
  void wait_for_orphan(caf::timespan grace, std::function<void()> otherwise);
  void wait_in_queue(caf::timespan grace);
  void ask_for_orphan(caf::timespan left, const std::function<void()>& otherwise);
  caf::timespan left_of(caf::timespan limit, caf::actor_clock::time_point since) const;
  std::chrono::milliseconds since(caf::actor_clock::time_point) const;
  void adopt(const kie_task_id&);
  void prepare();
  void save_prompt(const written_prompt&);
  caf::timespan first_look_again() const;
  void watch(caf::timespan first_look);
  void on_poller_down(const caf::down_msg&);
  void on_callback(const kie_task_id&);
  void on_polled(const task_polled&);
  void on_task_ended(const task_ended&);
  void drain();
  void lose_lease();
  void end(std::string_view how);
  void on_transition(store::transition, std::string_view how);
  void fault(const caf::error&, std::string_view doing);

  // generation_create.cpp: photo, intent and task at KIE
  void offer_photo();
  void link_photo();
  void upload_with_any_key();
  void choose_upload_key(std::function<void(caf::timespan wait)> none);
  void open_photo(const secret& key);
  void on_photo_unavailable(const caf::error&);
  void upload_photo(const opened_file&, const secret& key);
  void on_uploaded(const http::response&);
  void retry_upload(const kie::signal&, failure_origin);
  void on_upload_key_refused(const kie::signal&);
  void on_photo_ready(std::string url);
  void announce();
  store::record_intent intent() const;
  void on_intent(const store::intent_outcome&);
  void withdraw();
  void fit_prompt(const config::model&);
  void find_creation_key(const config::model&);
  void create(const config::model&, const secret& key);
  void on_created(const http::response&);
  void upload_instead(const kie::signal&);
  void on_creation_in_doubt(const kie::signal&);
  void save_task(const kie_task_id&);
  void bring_task_home();

  // generation_download.cpp: from KIE's file host into our storage
  void download(const std::string& link);
  void on_downloaded(const http::response&, const std::string& file);
  void retry_download(const std::string& why);
  void wait_for_passage(const std::string& why);
  void renew_link();
  void store_video(const std::string& file);
  void wait_for_storage(const std::string& why);
  void complete(int64_t bytes);

  // generation_outage.cpp: whose fault it is
  void weigh(std::function<void(failure_origin)> then);
  void weigh_doubt();
  void give_task_up(const std::string& why);

  // generation_settle.cpp: retries and failures
  void settle(const kie::signal&);
  void settle_temporary(std::string reason);
  static void alert(const kie::verdict&, const kie::signal&);
  void apply(const kie::verdict&, job_failure,
             std::optional<std::chrono::milliseconds> retry_after = {});
  retry::situation situation(std::optional<std::chrono::milliseconds> retry_after) const;
  void rest(const kie::verdict&, std::chrono::milliseconds length, const std::string& reason,
            std::function<void()> then);
  void rest_key(kie::cooldown_scope, std::chrono::milliseconds length, const std::string& reason,
                std::function<void()> then);
  void look_for_key(const kie::verdict&, job_failure, retry::situation);
  void decide(const kie::verdict&, job_failure, const retry::situation&);
  bool task_came_back() const;
  void requeue(const retry::decision&, job_failure);
  void fail(job_failure);
  void postpone(caf::timespan delay, std::string reason);

  template <class Request>
  void fence(Request&) const;
  template <class Request, class F>
  void commit(Request what, F then, int tries = 0);
  template <class Request, class F>
  void on_commit_failed(const caf::error&, Request what, F then, int tries);

  generation_actor::pointer self_;
  std::shared_ptr<const generation_context> context_;
  incarnation node_;
  claimed_job job_;
  std::string photo_url_; // as KIE may fetch it
  enum class photo_way : uint8_t { undecided, link, upload } photo_way_ = photo_way::undecided;
  caf::actor_clock::time_point photo_ready_at_;
  std::string video_url_;                       // as KIE named it
  caf::actor_clock::time_point result_seen_at_; // when KIE was seen to have it
  int polls_before_ = 0;                        // the task's present poller began
  kie_poller_actor poller_;
  caf::disposable grace_;   // while waiting for an orphan's callback
  kie_task_id called_back_; // by a callback that came while no task was watched
  caf::actor_clock::time_point started_at_;
  caf::actor_clock::time_point task_created_at_; // by our own clock, on whichever node it was
  bool created_again_ = false; // after a creation in doubt: the next doubt costs the attempt
  std::optional<failure_origin> origin_; // of the failure that is being settled, once it is known
  int uploads_ = 0;
  size_t keys_refused_ = 0; // during uploads
  int downloads_ = 0;
  bool looked_again_ = false; // at a task whose video could not be fetched
  int storage_waits_ = 0;
  /// Stands for a creation that was sent to KIE, until its task is saved or there is none: until
  /// then nobody else knows of it.
  std::shared_ptr<const metrics::gauge> at_stake_;
  bool bereft_ = false;   // the lease has ended: what is at stake is brought home, and nothing else
  bool creating_ = false; // from the granted intent on: a task may be that nobody knows yet
  bool committing_ = false; // the database is writing for us
  bool draining_ = false;
  bool in_grace_ = false;
  bool may_finish_ = false; // the task is given up, but a late video of it would be a gift
};

using generation_impl = generation_actor::stateful_impl<generation>;

} // namespace neurocards
