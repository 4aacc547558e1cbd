#include "db/database.hpp"

#include "db/lane.hpp"
#include "protocol/fwd.hpp"

namespace neurocards::db {

class database::impl {
public:
  explicit impl(database_config config) : queues(config) {
    config.connection.lock_timeout = config.lock_wait;
    try {
      for (const auto own : {way::pulse, way::inbox})
        lanes.push_back(std::make_unique<lane>(config.connection, queues, dog, own));
      for (int i = 0; i < config.lanes; ++i)
        lanes.push_back(std::make_unique<lane>(config.connection, queues, dog, way::common));
    } catch (...) { // no thread to be had: those that run wait for the end before they are joined
      queues.stop();
      throw;
    }
  }

  impl(const impl&) = delete;
  impl& operator=(const impl&) = delete;

  ~impl() {
    queues.stop();
    lanes.clear();
    queues.fail_all(caf::make_error(ec::shutting_down, "the database lanes are closed"));
  }

  watchdog dog;
  scheduler queues;
  std::vector<std::unique_ptr<lane>> lanes;
};

database::database(database_config config) : impl_(std::make_unique<impl>(std::move(config))) {
  // nop
}

database::~database() = default;

template <class Request>
void database::submit(Request request, completion<typename Request::answer> done) {
  impl_->queues.add(std::move(request), std::move(done));
}

database_stats database::stats() const {
  database_stats result;
  result.kinds = impl_->queues.stats();
  for (const auto& x : impl_->lanes) {
    result.lanes_connected += x->connected() ? 1 : 0;
    result.connections_lost += x->connections_lost();
  }
  return result;
}

#define NEUROCARDS_SUBMIT(type)                                                                    \
  template void database::submit(store::type, completion<store::type::answer>);

NEUROCARDS_SUBMIT(put_updates)
NEUROCARDS_SUBMIT(pending_updates)
NEUROCARDS_SUBMIT(load_conversation)
NEUROCARDS_SUBMIT(commit_step)
NEUROCARDS_SUBMIT(claim_jobs)
NEUROCARDS_SUBMIT(held_jobs)
NEUROCARDS_SUBMIT(record_prompt)
NEUROCARDS_SUBMIT(record_intent)
NEUROCARDS_SUBMIT(record_task)
NEUROCARDS_SUBMIT(retry_job)
NEUROCARDS_SUBMIT(complete_job)
NEUROCARDS_SUBMIT(fail_job)
NEUROCARDS_SUBMIT(release_jobs)
NEUROCARDS_SUBMIT(add_job_event)
NEUROCARDS_SUBMIT(rest_key)
NEUROCARDS_SUBMIT(rest_model)
NEUROCARDS_SUBMIT(look_at_keys)
NEUROCARDS_SUBMIT(adopt_task)
NEUROCARDS_SUBMIT(give_video)
NEUROCARDS_SUBMIT(settle_task)
NEUROCARDS_SUBMIT(late_tasks)
NEUROCARDS_SUBMIT(heartbeat)
NEUROCARDS_SUBMIT(leave_cluster)
NEUROCARDS_SUBMIT(show_cluster)
NEUROCARDS_SUBMIT(rescue_expired_jobs)
NEUROCARDS_SUBMIT(sweep)
NEUROCARDS_SUBMIT(take_old_files)
NEUROCARDS_SUBMIT(files_removed)
NEUROCARDS_SUBMIT(ping)
NEUROCARDS_SUBMIT(paint_cards)
NEUROCARDS_SUBMIT(snapshot)
NEUROCARDS_SUBMIT(due_notices)
NEUROCARDS_SUBMIT(mark_sent)
NEUROCARDS_SUBMIT(defer_notice)
NEUROCARDS_SUBMIT(drop_notice)
NEUROCARDS_SUBMIT(report_failures)
NEUROCARDS_SUBMIT(report_probe)
NEUROCARDS_SUBMIT(watch_provider)

} // namespace neurocards::db
