#pragma once

#include "actors/orphan_wait.hpp"
#include "actors/photo_offer.hpp"

namespace neurocards {

/// From a photo to a task that the job's row knows: the intent, the call to the provider, and what
/// to do about a call whose outcome is unknown. Part of the actor `generation`; not an actor
/// itself.
class task_creation {
public:
  /// `created` is called once the database knows the task, with the delay of its first poll.
  task_creation(job_hold& hold, job_settlement& settlement,
                std::function<void(caf::timespan first_poll)> created);

  /// Offers the photo and has a task created.
  void start();

  /// Sends the creation that somebody announced once more, under its token. False: it cannot be.
  bool repeat();

  /// Somebody died between announcing a task and saving it; `otherwise`: nobody knows it.
  void wait_for_orphan(caf::timespan grace, std::function<void()> otherwise);

  /// The provider called back. False: no callback is waited for.
  bool on_callback(const task_id&);

  /// What only a creation needs: nothing waits for the photo once there is a task.
  void drop_photo() { photo_.reset(); }

private:
  orphan_wait& orphan();
  void offer_photo(size_t run);
  void offer_photo_for(const std::string& model);
  void try_next_form(caf::timespan wait);
  bool may_be_chosen(size_t run) const;
  void send(const config::model&);
  void repeat_later(const provider::signal&);
  void announce();
  store::record_intent intent() const;
  void on_intent(const store::intent_outcome&);
  void fit_prompt(const config::model&);
  void find_key(const config::model&);
  void create(const config::model&, const secret& key);
  void on_answer(const http::response&);
  void on_refused(const provider::signal&);
  void on_outcome_unknown(const provider::signal&);
  void save(const task_id&);
  void bring_home();

  job_hold& hold_;
  job_settlement& settlement_;
  std::function<void(caf::timespan)> created_;
  std::unique_ptr<photo_offer> photo_;  // while there is no task: ten thousands of jobs are watched
  std::unique_ptr<orphan_wait> orphan_; // once an outcome was unknown
  std::vector<models::form_run> runs_;  // models by their provider and the form they are given
  size_t run_ = 0;                      // the one for which the photo is ready
  bool several_ = false;                // providers: the database says whose turn it is
  caf::timespan models_wait_{0};        // until the first model of the earlier ones is free
  caf::actor_clock::time_point announced_;
  int repeats_ = 0;              // of the creation, in this claim
  bool outcome_unknown_ = false; // it may have been made: its token is kept, and it is repeated
  bool created_again_ = false;   // after an unknown outcome: the next one costs the attempt
};

} // namespace neurocards
