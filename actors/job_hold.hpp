#pragma once

#include "actors/backoff.hpp"
#include "actors/job_record.hpp"
#include "base/log.hpp"

namespace neurocards {

/// The hold a generation has on its job: everything it writes, fenced by its claim, and every way
/// of letting go. Part of the actor `generation`; not an actor itself.
class job_hold : public job_record {
public:
  using job_record::job_record;

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

  creation creation_ = creation::none;
  std::shared_ptr<const metrics::gauge> unanswered_; // stands for a creation at stake
  bool committing_ = false;                          // the database is writing for us
  bool draining_ = false;
};

template <class Request>
void job_hold::fence(Request& request) const {
  if constexpr (requires { request.claim; })
    request.claim = job().claim;
  if constexpr (requires { request.polls; })
    request.polls = job().polls;
}

template <class Request, class F>
void job_hold::commit(Request request, F then, int tries) {
  committing_ = true;
  fence(request);
  self()
    ->request(context().store, caf::infinite, request)
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
