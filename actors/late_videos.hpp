#pragma once

#include "actors/generation_context.hpp"
#include "actors/leadership.hpp"
#include "actors/watched_actor.hpp"
#include "base/changing.hpp"
#include "base/log.hpp"
#include "protocol/actors.hpp"
#include "protocol/store/provider.hpp"
#include "protocol/store/request_list.hpp"

#include <deque>
#include <optional>

namespace neurocards {

/// What `late_videos` asks the database.
using late_video_store_actor =
  store_actor<store::late_tasks, store::give_video, store::settle_task>;

struct late_videos_config {
  changing<caf::timespan> interval{std::chrono::minutes{2}}; // between two rounds
};

/// Polls tasks that their jobs went on without: when one brings a video after all, it is
/// paid for, so the user gets it late. One in the cluster works at a time; each task is given
/// once, whoever polls.
class late_videos {
public:
  static constexpr const char* name = "late_videos";

  late_videos(singleton_actor::pointer self, late_videos_config config,
              changing<generation_context> context, late_video_store_actor store);
  singleton_actor::behavior_type make_behavior();

private:
  void begin_round();
  void next();
  void schedule_next_round();
  void schedule_next_round_if(uint64_t term);
  void poll(const secret& key);
  void on_poll(const provider::task_state&);
  void fetch(const provider::succeeded&);
  void give(const storage_key& video, int64_t bytes, std::optional<double> cost);
  void settle();

  singleton_actor::pointer self_;
  late_videos_config config_;
  changing<generation_context> contexts_;
  std::shared_ptr<const generation_context> context_; // of this round
  late_video_store_actor store_;
  const provider_context* provider_ = nullptr; // of the first task
  std::deque<store::late_task> tasks_;         // of this round; the first is in hand
  size_t round_ = 0;                           // another stand-in polls in each, if its key is gone
  leadership leader_;
};

using late_videos_impl = watched_impl<singleton_actor, late_videos>;

} // namespace neurocards
