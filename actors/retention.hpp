#pragma once

#include "protocol/actors.hpp"
#include "protocol/store/nodes.hpp"
#include "protocol/store/request_list.hpp"

#include <functional>
#include <memory>
#include <vector>

namespace neurocards {

/// What `retention` asks the database.
using retention_store_actor =
  store_actor<store::sweep, store::take_old_files, store::files_removed>;

/// One round of retention, on behalf of the janitor: rows a kind at a time, then files. Batches are
/// repeated until nothing is left, each a transaction of its own, with pauses in between that are a
/// multiple of what the batch took: whoever waits for the same database or disk goes first. A kind
/// or a file that fails keeps nobody else from going.
class retention : public std::enable_shared_from_this<retention> {
public:
  retention(singleton_actor::pointer self, caf::timespan keep, retention_store_actor store,
            object_store_actor objects);

  /// Begins; `done` is called at the end, unless `stop` was.
  void start(std::function<void()> done);

  /// No further batch begins.
  void stop() { done_ = nullptr; }

private:
  /// A batch of files on its way out of the storage.
  struct cleaning {
    size_t left = 0; // not yet answered for
    std::vector<storage_key> gone;
    bool more = false;
  };

  void sweep();
  void on_swept(const store::swept&);
  void on_sweep_failed(const caf::error&);
  void next_kind();
  void take_files();
  void remove_files(const store::old_files&);
  void on_answer(const std::shared_ptr<cleaning>&);
  void report(const std::shared_ptr<cleaning>&);
  void after_files(const cleaning&);
  void end();

  /// When the batch was started, and how long to pause after it.
  void begin_batch() { batch_start_ = self_->clock().now(); }
  caf::timespan pause() const;
  void after(caf::timespan, void (retention::*step)());

  singleton_actor::pointer self_;
  caf::timespan keep_;
  retention_store_actor store_;
  object_store_actor objects_;
  std::function<void()> done_; // null: not started, ended or stopped
  size_t kind_ = 0;
  int limit_;
  caf::actor_clock::time_point batch_start_;
  int64_t rows_ = 0;
  int64_t files_gone_ = 0;
  int64_t files_left_ = 0; // that the storage could not remove
};

} // namespace neurocards
