#pragma once

#include "actors/metrics.hpp"
#include "db/database.hpp"
#include "protocol/actors.hpp"

#include <tuple>
#include <unordered_map>

namespace neurocards {

/// The node's group-committing database lanes behind messages.
class database {
public:
  static constexpr const char* name = "database";

  database(database_actor::pointer self, db::database_config config, metrics counts);
  database_actor::behavior_type make_behavior();

private:
  template <class Answer>
  using pending = std::unordered_map<uint64_t, caf::typed_response_promise<Answer>>;

  template <class Request>
  auto forward();

  template <class Answer>
  void finish(uint64_t id, caf::expected<Answer>& result);

  void export_stats();

  database_actor::pointer self_;
  metrics counts_;
  std::tuple<pending<store::update_ids>, pending<store::inbox_page>,
             pending<store::conversation_view>, pending<store::step_outcome>,
             pending<store::claimed_jobs>, pending<store::transition>,
             pending<store::intent_outcome>, pending<store::count>, pending<store::swept>,
             pending<store::committed>, pending<store::adoption>, pending<store::heartbeat_outcome>,
             pending<store::notice_page>, pending<store::late_task_page>,
             pending<store::snapshot_json>, pending<store::old_files>, pending<store::key_view>,
             pending<failure_origin>, pending<store::provider_view>>
    pending_; // promises stay in the actor: they are not for other threads
  uint64_t last_id_ = 0;
  db::database lanes_; // last: its threads end before what they answer to
};

using database_impl = database_actor::stateful_impl<database>;

} // namespace neurocards
