#pragma once

#include "actors/kind_counters.hpp"
#include "actors/watched_actor.hpp"
#include "db/database.hpp"
#include "protocol/store/catalogue.hpp"

#include <tuple>
#include <unordered_map>
#include <vector>

#include <caf/typed_response_promise.hpp>

namespace neurocards {

/// The node's group-committing database lanes behind messages.
class database {
public:
  static constexpr const char* name = "database";

  database(database_actor::pointer self, db::database_config config, metrics counts);
  database_actor::behavior_type make_behavior();

private:
  /// Of one kind of request. Promises stay in the actor: they are not for other threads.
  template <class Request>
  struct pending {
    struct question {
      caf::typed_response_promise<typename Request::answer> promise;
      caf::actor_clock::time_point since;
    };
    std::unordered_map<uint64_t, question> questions;
    durations::histogram* lengths = nullptr; // from the first question on
  };

  template <class... Requests>
  using pending_of_each = std::tuple<pending<Requests>...>;

  template <class Request>
  auto forward();

  template <class Request>
  void finish(uint64_t id, caf::expected<typename Request::answer>& result);

  void export_stats();

  database_actor::pointer self_;
  metrics counts_;
  std::vector<kind_counters> counters_; // parallel to the kinds; from the first export on
  store::all_requests::apply<pending_of_each> pending_;
  uint64_t last_id_ = 0;
  db::database lanes_; // last: its threads end before what they answer to
};

using database_impl = watched_impl<database_actor, database>;

} // namespace neurocards
