#pragma once

#include "base/changing.hpp"
#include "node/http/changes.hpp"
#include "node/http/event_hub.hpp"
#include "protocol/store/nodes.hpp"
#include "protocol/store/request_list.hpp"

#include <functional>
#include <memory>

#include <caf/event_based_actor.hpp>
#include <caf/expected.hpp>

namespace neurocards {

/// The state of the whole as this node's endpoint shows it: read once for all who ask within
/// `shelf_life`, and told to all who listen. Part of an actor, and used inside it only.
class live_view {
public:
  using text = std::shared_ptr<const std::string>;
  using callback = std::function<void(const caf::expected<text>&)>;

  static constexpr std::chrono::seconds shelf_life{2};
  static constexpr std::chrono::seconds patience{3};     // with the database
  static constexpr std::chrono::seconds idle_period{15}; // while nobody asks

  /// `on_read` hears what every reading came to, before those who asked do. `configured` stands in
  /// every state as the member of that name: JSON of what only this node's settings tell.
  live_view(caf::event_based_actor* self, store_actor<store::snapshot> store, std::string node,
            changing<std::string> configured, callback on_read);

  /// Calls `done` once with the snapshot: one that was read at most `most_age` ago, or the next.
  void ask(callback done, std::chrono::seconds most_age = shelf_life);

  /// What was read so far is no longer true: somebody has acted.
  void expire();

  /// Somebody wants to hear of the events.
  void listen(http_server::responder to);

  /// Reads and tells from now on by itself.
  void start();

private:
  void tick();
  void read();
  void settle(const caf::expected<text>& got);
  void tell(const std::string& snapshot);
  void tell_stalls();

  caf::event_based_actor* self_;
  store_actor<store::snapshot> store_;
  std::string node_;
  changing<std::string> configured_;
  callback on_read_;
  text last_; // null: none is known
  event_hub::time_point last_read_;
  event_hub::time_point last_told_;
  bool reading_ = false;
  bool outdated_ = false; // what is being read
  std::vector<callback> waiting_;
  event_hub hub_;
  job_changes jobs_;
  stall_changes stalls_;
};

} // namespace neurocards
