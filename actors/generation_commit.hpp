#pragma once

#include "actors/backoff.hpp"
#include "actors/generation.hpp"
#include "actors/timer_wheel.hpp"
#include "base/log.hpp"

namespace neurocards {

/// Whether the same request may be sent to the database again. All of its operations are idempotent
/// or fenced, so an unknown outcome is cured by repeating.
inline bool repeatable(const caf::error& err) {
  return err == ec::unavailable || err == ec::timed_out || err == ec::overloaded
         || err == ec::misconfigured; // the schema lacks something: a task must not be forgotten
                                      // for it
}

constexpr caf::timespan first_pause = std::chrono::milliseconds{200};
constexpr caf::timespan longest_pause = std::chrono::seconds{5};
constexpr caf::timespan longest_pause_at_stake = std::chrono::seconds{1};

/// Everything a generation writes is fenced by its claim, wherever it is written: the same node may
/// have the job again, under a later one. It tells how often KIE was asked, too.
template <class Request>
void generation::fence(Request& what) const {
  if constexpr (requires { what.claim; })
    what.claim = job_.claim;
  if constexpr (requires { what.polls; })
    what.polls = job_.polls;
}

/// Asks the database and repeats, for as long as it takes, while the database is out of reach:
/// other nodes cannot take the job over without it either. One commit at a time.
template <class Request, class F>
void generation::commit(Request what, F then, int tries) {
  committing_ = true;
  fence(what);
  self_->request(context_->store, caf::infinite, what)
    .then(
      [this, then](typename Request::answer& got) {
        committing_ = false;
        then(got);
      },
      [this, what, then, tries](const caf::error& err) {
        committing_ = false;
        on_commit_failed(err, what, then, tries + 1);
      });
}

template <class Request, class F>
void generation::on_commit_failed(const caf::error& err, Request what, F then, int tries) {
  if (!repeatable(err))
    return fault(err, "commit");
  if (draining_ && !creating_)
    return end("released"); // whoever claims the job next sees how far it came
  if (worth_a_line(tries))
    log::warn("job.commit_delayed", "job", job_.id, "tries", tries, "error", err);
  run_after(self_, backoff(tries, first_pause, at_stake_ ? longest_pause_at_stake : longest_pause),
            [this, what, then, tries] { commit(what, then, tries); });
}

} // namespace neurocards
