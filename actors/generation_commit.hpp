#pragma once

#include "actors/backoff.hpp"
#include "actors/generation.hpp"
#include "actors/timer_wheel.hpp"
#include "base/log.hpp"

namespace neurocards {

/// Whether the same request may be sent to the database again. All of its operations are idempotent
/// or fenced, so an unknown outcome is cured by repeating.
inline bool repeatable(const caf::error& err) {
  return err == ec::unavailable || err == ec::timed_out || err == ec::overloaded;
}

constexpr caf::timespan first_pause = std::chrono::milliseconds{200};
constexpr caf::timespan longest_pause = std::chrono::seconds{5};

/// Asks the database and repeats, for as long as it takes, while the database is out of reach:
/// other nodes cannot take the job over without it either.
template <class Request, class F>
void generation::commit(Request what, F then, int tries) {
  self_->request(context_->store, caf::infinite, what)
    .then([then](typename Request::answer& got) { then(got); },
          [this, what, then, tries](const caf::error& err) {
            if (!repeatable(err))
              return fault(err, "commit");
            run_after(self_, backoff(tries + 1, first_pause, longest_pause),
                      [this, what, then, tries] { commit(what, then, tries + 1); });
          });
}

} // namespace neurocards
