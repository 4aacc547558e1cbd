#pragma once

#include "actors/batch_pace.hpp"
#include "protocol/actors.hpp"
#include "protocol/store/nodes.hpp"
#include "protocol/store/request_list.hpp"

#include <functional>
#include <memory>
#include <vector>

namespace neurocards {

/// What `file_sweep` asks the database.
using old_files_store_actor = store_actor<store::take_old_files, store::files_removed>;

/// Removes the files that nobody needs any more, in batches until none is left. One that cannot be
/// removed keeps no other from going. Part of `retention`.
class file_sweep : public std::enable_shared_from_this<file_sweep> {
public:
  file_sweep(singleton_actor::pointer self, caf::timespan keep, old_files_store_actor store,
             object_store_actor objects);

  /// Begins; `done` is called at the end, unless `stop` was.
  void start(std::function<void()> done);

  /// No further batch begins.
  void stop() { done_ = nullptr; }

private:
  /// A batch of files on its way out of the storage.
  struct batch {
    size_t left = 0; // not yet answered for
    std::vector<storage_key> gone;
    bool more = false;
  };

  void take();
  void take_after(caf::timespan);
  void remove(const store::old_files&);
  void on_answer(const std::shared_ptr<batch>&);
  void report(const std::shared_ptr<batch>&);
  void after(const batch&);
  void end();

  singleton_actor::pointer self_;
  caf::timespan keep_;
  old_files_store_actor store_;
  object_store_actor objects_;
  std::function<void()> done_; // null: not started, ended or stopped
  batch_pace pace_;
  int64_t gone_ = 0;
  int64_t left_ = 0; // that the storage could not remove
};

} // namespace neurocards
