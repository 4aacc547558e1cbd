#pragma once

#include "actors/file_sweep.hpp"
#include "actors/row_sweep.hpp"

namespace neurocards {

/// What `retention` asks the database.
using retention_store_actor =
  store_actor<store::sweep, store::take_old_files, store::files_removed>;

/// One round of retention, on behalf of the janitor: rows, then files, which old drafts still held.
/// Batches are repeated until nothing is left, each a transaction of its own, with pauses in
/// between.
class retention {
public:
  retention(singleton_actor::pointer self, caf::timespan keep, const retention_store_actor& store,
            object_store_actor objects);

  /// Begins; `done` is called at the end, unless `stop` was.
  void start(std::function<void()> done);

  /// No further batch begins.
  void stop();

private:
  std::shared_ptr<row_sweep> rows_;
  std::shared_ptr<file_sweep> files_;
};

} // namespace neurocards
