#pragma once

#include "actors/task_creation.hpp"
#include "actors/video_download.hpp"
#include "actors/watched_actor.hpp"

namespace neurocards {

/// The life of one job, from wherever its row says it stands to completed, failed or queued again.
/// Every step is committed before the next one starts, and every commit is fenced: when the lease
/// is lost the generation ends and changes nothing. Dying costs nothing but time: the row knows the
/// prompt, the intent and the task.
///
/// It writes the prompt and watches the task; `task_creation` and `video_download` do what lies
/// before and after, `job_settlement` ends an attempt that failed, all of them over `job_hold`.
class generation {
public:
  static constexpr const char* name = "generation";

  generation(generation_actor::pointer self, std::shared_ptr<const generation_context> context,
             incarnation node, claimed_job job);
  generation_actor::behavior_type make_behavior();

  /// For those who watch actors (actor_instance.hpp).
  std::string label() const { return to_string(id_); }
  std::string describe() const;

private:
  void begin();
  bool is_for_others() const;
  void resume_creation();
  void prepare();
  task_creation& creation();
  void save_prompt(const written_prompt&);
  void watch_again();
  void watch(caf::timespan first_poll, bool taken_over = false);
  void on_poller_down(const caf::down_msg&);
  void on_callback(const task_id&);
  void on_polled(const task_polled&);
  void on_task_ended(const task_ended&);
  void download(const task_ended&);
  void give_task_up(const std::string& reason);

  generation_actor::pointer self_;
  const job_id id_; // of the job, for those who read it from other threads
  job_hold hold_;
  job_settlement settlement_;
  std::unique_ptr<task_creation> creation_;  // once a task was to be made
  std::unique_ptr<video_download> download_; // once there is a video
  kie_poller_actor poller_;                  // of the task, while it is watched
  int polls_before_ = 0;                     // when `poller_` began
};

using generation_impl = watched_impl<generation_actor, generation>;

} // namespace neurocards
