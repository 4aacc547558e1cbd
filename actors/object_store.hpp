#pragma once

#include "actors/disk_runner.hpp"
#include "actors/storage_operation.hpp"
#include "actors/watched_actor.hpp"
#include "clients/storage.hpp"
#include "protocol/actors.hpp"

#include <functional>
#include <memory>
#include <unordered_map>

namespace neurocards {

/// Carries out what a store says is to be done: requests by the http agent, disk work by a disk
/// runner. Tries three times when the fault may pass. Dying loses nothing but the answers: a `put`
/// is all or nothing, and its file is kept until it succeeded. Clears temporary files away that
/// nobody has written to for an hour: whoever was to remove them has ended (a job taken from its
/// generation, a conversation that was drained, a crash).
class object_store {
public:
  static constexpr const char* name = "object_store";

  /// `previewer`: for work that takes longer than a disk does; absent: `disk`.
  object_store(object_store_actor::pointer self, std::shared_ptr<const storage::store> files,
               disk_runner disk, http_agent_actor http, disk_runner previewer = {});
  object_store_actor::behavior_type make_behavior();

private:
  template <class Answer, class F>
  caf::result<Answer> start(std::string action, const storage_key&,
                            std::function<storage::action()> make, F to_answer);
  caf::result<put_result> put(const put_file&);
  caf::result<opened_file> open(const open_file&);
  void summarize(opened_file, caf::typed_response_promise<opened_file>);
  void run(uint64_t id);
  void wait_for_turn(uint64_t id);
  void finish(uint64_t id, storage::result&);
  void clean_temporary();

  object_store_actor::pointer self_;
  std::shared_ptr<const storage::store> files_;
  disk_runner disk_;
  http_agent_actor http_;
  disk_runner previewer_;
  std::unordered_map<uint64_t, storage_operation>
    pending_; // promises must not leave this actor's thread
  std::unordered_map<uint64_t, opened_video> videos_;
  size_t previews_ = 0;
  uint64_t last_id_ = 0;
};

using object_store_impl = watched_impl<object_store_actor, object_store>;

} // namespace neurocards
