#pragma once

#include "protocol/fwd.hpp"

#include <array>
#include <concepts>

#include <caf/result.hpp>
#include <caf/typed_actor.hpp>

/// Every request there is, and the interfaces made of them. Needs no more of a request than that it
/// exists: who asks includes the header of his subject, who serves all of them
/// `protocol/store/catalogue.hpp`.
namespace neurocards::store {

template <class... Requests>
struct request_list {
  static constexpr size_t size = sizeof...(Requests);

  template <class Request>
  static constexpr bool contains = (std::same_as<Request, Requests> || ...);

  /// Counted from 0.
  template <class Request>
  static constexpr size_t position = [] {
    constexpr std::array same{std::same_as<Request, Requests>...};
    size_t result = 0;
    while (!same.at(result))
      ++result;
    return result;
  }();

  /// Calls `f` with all requests as its template arguments.
  template <class F>
  static constexpr decltype(auto) visit(F f) {
    return f.template operator()<Requests...>();
  }

  template <template <class...> class Template>
  using apply = Template<Requests...>;
};

using all_requests =
  request_list<put_updates, pending_updates, load_conversation, commit_step, claim_jobs, held_jobs,
               record_prompt, record_intent, record_task, retry_job, complete_job, fail_job,
               release_jobs, cool_down_key, cool_down_model, adopt_task, give_video, settle_task,
               late_tasks, heartbeat, leave_cluster, show_cluster, rescue_expired_jobs, sweep,
               take_old_files, files_removed, ping, snapshot, refresh_progress, due_notifications,
               mark_sent, defer_notification, drop_notification, read_keys, report_failures,
               report_probe, watch_provider, show_job, take_ended, jobs_page, errors_page,
               actions_page, act_on_jobs, pull_lever, raise_alert, tell_operators, release_news,
               note_bot, read_durations, keep_outlook>;

static_assert(all_requests::visit([]<class... Requests>() {
                return (caf::has_type_id_v<Requests> && ...);
              }),
              "a request has no line in the type-id block of protocol/fwd.hpp");

template <class Request>
concept listed = all_requests::contains<Request>;

template <listed Request>
struct signature {
  using type = caf::result<typename Request::answer>(Request);
};

} // namespace neurocards::store

namespace neurocards {

/// Who takes these requests: the node's database, or a test's stand-in that can no more. Errors are
/// `ec::unavailable`, `ec::rejected`, `ec::timed_out`, `ec::overloaded`, `ec::misconfigured`.
template <class... Requests>
using store_actor = caf::typed_actor<typename store::signature<Requests>::type...>;

} // namespace neurocards
