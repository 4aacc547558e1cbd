#pragma once

#include "actors/backoff.hpp"
#include "actors/generation_context.hpp"
#include "actors/timer_wheel.hpp"
#include "base/log.hpp"

namespace neurocards {

/// The hold a generation has on its job: everything it writes, fenced by its claim, and every way
/// of letting go. Part of the actor `generation`; not an actor itself.
class job_hold {
public:
  job_hold(generation_actor::pointer self, std::shared_ptr<const generation_context> context,
           incarnation node, claimed_job job);

  generation_actor::pointer self() const { return self_; }
  const generation_context& context() const { return *context_; }

  /// Where the job's video is made, or where it will be.
  const provider_context& provider() const { return *provider_; }
  const provider::service& service() const { return provider_->service; }

  /// False: this program knows no such provider.
  [[nodiscard]] bool choose_provider(const std::string& named);
  const incarnation& node() const { return node_; }
  claimed_job& job() { return job_; }
  const claimed_job& job() const { return job_; }
  caf::actor_clock::time_point started_at() const { return started_at_; }
  std::chrono::milliseconds since(caf::actor_clock::time_point) const;

  /// How much of `limit` is left for something that began at `since`. The database's clock may have
  /// been set back since then: nothing is left of more than the whole.
  caf::timespan left_of(caf::timespan limit, caf::actor_clock::time_point since) const;

  /// How much of `limit` is left for the task.
  caf::timespan left_of_task(caf::timespan limit) const;

  /// The job has this task from now on; `commit` is the caller's business.
  void set_task(const task_id&);

  /// Drops what only a creation needs: ten thousands of jobs are watched.
  void drop_texts();

  /// The provider called back about a task while none was watched: before the answer of createTask,
  /// or about one that was given up. Empty: it did not.
  task_id called_back;

  /// Asks the database and repeats, for as long as it takes, while the database is out of reach:
  /// other nodes cannot take the job over without it either. One commit at a time.
  template <class Request, class F>
  void commit(Request request, F then, int tries = 0);

  /// Everything a generation writes is fenced by its claim, wherever it is written: the same node
  /// may have the job again, under a later one. It tells how often the provider was polled, too.
  template <class Request>
  void fence(Request&) const;

  // ── a task that only this generation knows of, or will ──
  void begin_creation(); // the intent is granted
  void send_creation();  // the provider is being asked
  bool end_creation();   // the task is saved, or there is none. False: the lease is lost
  bool draining() const { return draining_; }

  // ── ways of letting go ──
  /// At once, unless a task is coming into being or the database is writing: whatever comes next
  /// ends then.
  void drain();

  /// Others take the job over. A task that only this generation knows of, or will when the provider
  /// answers, is paid for: it is brought home, however long that takes.
  void lose_lease();
  void end(std::string_view outcome);

  /// Back into the queue, as it stands.
  void release(std::chrono::milliseconds delay);

  /// Ends after a transition: as `done_name`, or because the job is not ours any more.
  void leave(store::transition, std::string_view done_name);
  void fault(const caf::error&, std::string_view step);

  /// What `then` does with an error that nobody expects.
  auto on_fault(std::string_view step) {
    return [this, step](const caf::error& err) { fault(err, step); };
  }

private:
  /// Whether a task may come into being that nobody knows yet.
  enum class creation : uint8_t {
    none,
    granted, // its intent
    sent,    // to the provider: until its task is saved nobody else knows of it
    bereft,  // sent, and the lease has ended: the task is brought home, and nothing else
  };

  bool at_stake() const { return creation_ == creation::sent || creation_ == creation::bereft; }
  void on_commit_failed(const caf::error&, int tries, std::function<void()> repeat);

  generation_actor::pointer self_;
  std::shared_ptr<const generation_context> context_;
  incarnation node_;
  claimed_job job_;
  const provider_context* provider_; // of the context
  caf::actor_clock::time_point started_at_;
  caf::actor_clock::time_point task_created_at_; // by our own clock, on whichever node it was
  creation creation_ = creation::none;
  std::shared_ptr<const metrics::gauge> unanswered_; // stands for a creation at stake
  bool committing_ = false;                          // the database is writing for us
  bool draining_ = false;
};

template <class Request>
void job_hold::fence(Request& request) const {
  if constexpr (requires { request.claim; })
    request.claim = job_.claim;
  if constexpr (requires { request.polls; })
    request.polls = job_.polls;
}

template <class Request, class F>
void job_hold::commit(Request request, F then, int tries) {
  committing_ = true;
  fence(request);
  self_->request(context_->store, caf::infinite, request)
    .then(
      [this, then](typename Request::answer& got) {
        committing_ = false;
        then(got);
      },
      [this, request, then, tries](const caf::error& err) {
        committing_ = false;
        on_commit_failed(err, tries + 1,
                         [this, request, then, tries] { commit(request, then, tries + 1); });
      });
}

} // namespace neurocards
