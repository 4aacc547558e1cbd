#pragma once

#include "base/log.hpp"
#include "protocol/actors.hpp"

#include <memory>
#include <vector>

namespace neurocards {

struct janitor_config {
  caf::timespan lease;
  caf::timespan keep; // how long files stay in the storage
  caf::timespan sweep_interval{std::chrono::hours{1}};
};

/// Takes jobs back from nodes that died, deletes what retention allows, and removes files nobody
/// needs any more. One in the cluster works at a time; two would only do the same twice.
class janitor {
public:
  static constexpr const char* name = "janitor";

  janitor(janitor_actor::pointer self, janitor_config config, node_store_actor store,
          file_store_actor files, object_store_actor objects);
  janitor_actor::behavior_type make_behavior();

private:
  void rescue();
  void sweep();

  /// A batch of files on its way out of the storage.
  struct cleaning {
    size_t left = 0; // not yet answered for
    std::vector<storage_key> gone;
  };
  void clean_files();
  void remove_files(const std::vector<storage_key>&);
  void on_answer(const std::shared_ptr<cleaning>&);
  void report(const cleaning&);

  janitor_actor::pointer self_;
  janitor_config config_;
  node_store_actor store_;
  file_store_actor files_;
  object_store_actor objects_;
  bool leading_ = false;
  uint64_t term_ = 0; // of leadership: timers of an earlier one are void
  log::limiter failures_;
};

using janitor_impl = janitor_actor::stateful_impl<janitor>;

} // namespace neurocards
