#pragma once

#include "actors/batch_pace.hpp"
#include "protocol/actors.hpp"
#include "protocol/store/nodes.hpp"
#include "protocol/store/request_list.hpp"

#include <functional>
#include <memory>

namespace neurocards {

/// Deletes the rows that retention allows, a kind at a time, in batches until nothing is left. A
/// kind that fails keeps no other from going. Part of `retention`.
class row_sweep : public std::enable_shared_from_this<row_sweep> {
public:
  row_sweep(singleton_actor::pointer self, caf::timespan keep, store_actor<store::sweep> store);

  /// Begins; `done` is called at the end, unless `stop` was.
  void start(std::function<void()> done);

  /// No further batch begins.
  void stop() { done_ = nullptr; }

private:
  void sweep();
  void sweep_later();
  void on_swept(const store::swept&);
  void on_failed(const caf::error&);
  void next_kind();

  singleton_actor::pointer self_;
  caf::timespan keep_;
  store_actor<store::sweep> store_;
  std::function<void()> done_; // null: not started, ended or stopped
  size_t kind_ = 0;
  int limit_;
  batch_pace pace_;
  int64_t rows_ = 0;
};

} // namespace neurocards
